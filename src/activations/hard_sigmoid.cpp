#include "activations/forms.hpp"

namespace ntkc::activations {

static expr::Expr phi(const graph::Args&) {
  const expr::Expr x = expr::Expr::variable();
  return min(max(x + 3, 0), 6) / 6;
}

Activation hard_sigmoid() {
  return {.name = "hard_sigmoid", .doc = "min(max(x + 3, 0), 6) / 6", .reference = "PyTorch Hardsigmoid", .phi = phi};
}

}  // namespace ntkc::activations
