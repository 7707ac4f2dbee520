#include "activations/forms.hpp"

namespace ntkc::activations {

static expr::Expr phi(const graph::Args&) {
  const expr::Expr x = expr::Expr::variable();
  return min(max(x, -1), 1);
}

Activation hard_tanh() { return {.name = "hard_tanh", .doc = "min(max(x, -1), 1)", .reference = "PyTorch Hardtanh", .phi = phi}; }

}  // namespace ntkc::activations
