#include "activations/elu_family.hpp"

namespace ntkc::activations {

// The paper's alpha and lambda, for which mean 0 and variance 1 are a fixed point.
static Saturation saturation(const graph::Args&) {
  return {numeric::Number::parse("1.0507009873554804934193349852946"), numeric::Number::parse("1.6732632423543772848170429916717"), 1};
}

static expr::Expr phi(const graph::Args& args) {
  const expr::Expr x = expr::Expr::variable();
  const Saturation s = saturation(args);
  return s.scale * (max(x, 0) + s.depth * expr::expm1(min(x, 0)));
}

Activation selu() {
  return {.name = "selu",
          .doc = "1.0507 (max(x, 0) + 1.67326 (exp(min(x, 0)) - 1))",
          .reference = "Klambauer, Unterthiner, Mayr & Hochreiter 2017",
          .phi = phi,
          .closed = saturating<saturation>()};
}

}  // namespace ntkc::activations
