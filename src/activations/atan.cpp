#include "activations/forms.hpp"

namespace ntkc::activations {

static expr::Expr phi(const graph::Args&) {
  const expr::Expr x = expr::Expr::variable();
  return expr::atan(x);
}

Activation atan() { return {.name = "atan", .doc = "atan(x)", .reference = "the inverse of the tangent", .phi = phi}; }

}  // namespace ntkc::activations
