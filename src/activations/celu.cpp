#include "activations/elu_family.hpp"

namespace ntkc::activations {

static expr::Expr phi(const graph::Args& args) {
  const expr::Expr x = expr::Expr::variable();
  const expr::Expr& alpha = real(args, "alpha");
  return expr::simplify(max(x, 0) + alpha * expr::expm1(min(x, 0) / alpha));
}

static Saturation saturation(const graph::Args& args) { return {1, real(args, "alpha"), 1 / real(args, "alpha")}; }

Activation celu() {
  return {.name = "celu",
          .arguments = {{"alpha", graph::ArgumentType::positive, "1", "the limit below, negated"}},
          .doc = "max(x, 0) + alpha (exp(min(x, 0) / alpha) - 1)",
          .reference = "Barron 2017",
          .phi = phi,
          .closed = saturating<saturation>(),
          .examples = {"celu", "celu(alpha = 2)"}};
}

}  // namespace ntkc::activations
