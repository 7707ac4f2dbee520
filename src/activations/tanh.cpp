#include "activations/forms.hpp"

namespace ntkc::activations {

static expr::Expr phi(const graph::Args&) {
  const expr::Expr x = expr::Expr::variable();
  return expr::tanh(x);
}

Activation tanh() { return {.name = "tanh", .doc = "tanh(x)", .reference = "PyTorch Tanh", .phi = phi}; }

}  // namespace ntkc::activations
