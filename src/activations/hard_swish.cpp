#include "activations/forms.hpp"

namespace ntkc::activations {

static expr::Expr phi(const graph::Args&) {
  const expr::Expr x = expr::Expr::variable();
  return x * min(max(x + 3, 0), 6) / 6;
}

Activation hard_swish() {
  return {.name = "hard_swish", .doc = "x min(max(x + 3, 0), 6) / 6", .reference = "PyTorch Hardswish (Howard et al. 2019)", .phi = phi};
}

}  // namespace ntkc::activations
