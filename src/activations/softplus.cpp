#include "activations/forms.hpp"

namespace ntkc::activations {

static expr::Expr phi(const graph::Args&) {
  const expr::Expr x = expr::Expr::variable();
  return expr::softplus(x);
}

Activation softplus() { return {.name = "softplus", .doc = "log(1 + exp(x))", .reference = "PyTorch Softplus with beta = 1", .phi = phi}; }

}  // namespace ntkc::activations
