#include "activations/forms.hpp"

namespace ntkc::activations {

static expr::Expr phi(const graph::Args&) {
  const expr::Expr x = expr::Expr::variable();
  return x * expr::tanh(expr::softplus(x));
}

Activation mish() { return {.name = "mish", .doc = "x tanh(log(1 + exp(x)))", .reference = "Misra 2019; PyTorch Mish", .phi = phi}; }

}  // namespace ntkc::activations
