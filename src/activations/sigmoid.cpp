#include "activations/forms.hpp"

namespace ntkc::activations {

static expr::Expr phi(const graph::Args&) {
  const expr::Expr x = expr::Expr::variable();
  return expr::sigmoid(x);
}

Activation sigmoid() { return {.name = "sigmoid", .doc = "1 / (1 + exp(-x))", .reference = "PyTorch Sigmoid", .phi = phi}; }

}  // namespace ntkc::activations
