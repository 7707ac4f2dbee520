// a cos(b x + c) = a (cos b x cos c - sin b x sin c).
#include "activations/sines.hpp"

namespace ntkc::activations {
namespace {

Wave parts(const graph::Args& args) {
  const expr::Expr& phase = real(args, "c");
  return {real(args, "a"), real(args, "b"), expr::simplify(-expr::sin(phase)), expr::simplify(expr::cos(phase))};
}

}  // namespace

Activation cos() {
  using enum graph::ArgumentType;
  return {.name = "cos",
          .arguments = {{"a", real, "1", "factor"}, {"b", real, "1", "rate"}, {"c", real, "0", "phase"}},
          .doc = "a cos(b x + c)",
          .reference = "Pearce, Tsuchida et al. 2019",
          .phi =
              [](const graph::Args& args) {
                return expr::simplify(activations::real(args, "a") *
                                      expr::cos(activations::real(args, "b") * expr::Expr::variable() + activations::real(args, "c")));
              },
          .closed = wave_forms<parts>(),
          .examples = {"cos", "cos(a = 1.3, b = 0.8, c = 0.4)"}};
}

}  // namespace ntkc::activations
