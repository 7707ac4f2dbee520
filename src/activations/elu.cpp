#include "activations/elu_family.hpp"

namespace ntkc::activations {

static expr::Expr phi(const graph::Args& args) {
  const expr::Expr x = expr::Expr::variable();
  return expr::simplify(max(x, 0) + real(args, "alpha") * expr::expm1(min(x, 0)));
}

static Saturation saturation(const graph::Args& args) { return {1, real(args, "alpha"), 1}; }

Activation elu() {
  return {.name = "elu",
          .arguments = {{"alpha", graph::ArgumentType::real, "1", "the limit below, negated"}},
          .doc = "max(x, 0) + alpha (exp(min(x, 0)) - 1)",
          .reference = "Clevert, Unterthiner & Hochreiter 2016",
          .phi = phi,
          .closed = saturating<saturation>(),
          .examples = {"elu", "elu(alpha = 0.6)"}};
}

}  // namespace ntkc::activations
