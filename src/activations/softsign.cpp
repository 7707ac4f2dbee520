#include "activations/forms.hpp"

namespace ntkc::activations {

static expr::Expr phi(const graph::Args&) {
  const expr::Expr x = expr::Expr::variable();
  return x / (1 + expr::abs(x));
}

Activation softsign() { return {.name = "softsign", .doc = "x / (1 + |x|)", .reference = "PyTorch Softsign", .phi = phi}; }

}  // namespace ntkc::activations
