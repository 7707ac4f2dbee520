#include "activations/forms.hpp"

namespace ntkc::activations {

static expr::Expr phi(const graph::Args&) {
  const expr::Expr x = expr::Expr::variable();
  // The paper's alpha and lambda, for which mean 0 and variance 1 are a fixed point.
  const expr::Expr alpha = numeric::Number::parse("1.6732632423543772848170429916717");
  const expr::Expr lambda = numeric::Number::parse("1.0507009873554804934193349852946");
  return lambda * (max(x, 0) + alpha * expr::expm1(min(x, 0)));
}

Activation selu() {
  return {.name = "selu",
          .doc = "1.0507 (max(x, 0) + 1.67326 (exp(min(x, 0)) - 1))",
          .reference = "Klambauer, Unterthiner, Mayr & Hochreiter 2017",
          .phi = phi};
}

}  // namespace ntkc::activations
