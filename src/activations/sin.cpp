// a sin(b x + c) = a (sin b x cos c + cos b x sin c).
#include "activations/sines.hpp"

namespace ntkc::activations {
namespace {

Wave parts(const graph::Args& args) {
  const expr::Expr& phase = real(args, "c");
  return {real(args, "a"), real(args, "b"), expr::simplify(expr::cos(phase)), expr::simplify(expr::sin(phase))};
}

}  // namespace

Activation sin() {
  using enum graph::ArgumentType;
  return {.name = "sin",
          .arguments = {{"a", real, "1", "factor"}, {"b", real, "1", "rate"}, {"c", real, "0", "phase"}},
          .doc = "a sin(b x + c)",
          .reference = "Pearce, Tsuchida et al. 2019",
          .phi =
              [](const graph::Args& args) {
                return expr::simplify(activations::real(args, "a") *
                                      expr::sin(activations::real(args, "b") * expr::Expr::variable() + activations::real(args, "c")));
              },
          .closed = wave_forms<parts>(),
          .examples = {"sin", "sin(a = 1.3, b = 0.8, c = 0.4)"}};
}

}  // namespace ntkc::activations
