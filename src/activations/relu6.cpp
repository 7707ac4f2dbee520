#include "activations/forms.hpp"

namespace ntkc::activations {

static expr::Expr phi(const graph::Args&) {
  const expr::Expr x = expr::Expr::variable();
  return min(max(x, 0), 6);
}

Activation relu6() { return {.name = "relu6", .doc = "min(max(x, 0), 6)", .reference = "PyTorch ReLU6", .phi = phi}; }

}  // namespace ntkc::activations
