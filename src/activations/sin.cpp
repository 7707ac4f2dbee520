// a sin(b x + c) = a (sin b x cos c + cos b x sin c), and the sine and the cosine of b u are uncorrelated.
#include "activations/sines.hpp"

namespace ntkc::activations {
namespace {

Form dual(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance, int i, int j) {
  const Num a = real(b, args, "a"), rate = real(b, args, "b");
  const Num cosine = exact(b, expr::cos(real(args, "c"))), sine = exact(b, expr::sin(real(args, "c")));
  const Waves e(K(b, covariance), rate);
  if (i == 0 && j == 0) return (a * a * (cosine * cosine * e.sine + sine * sine * e.cosine)).v;
  if (i == 1 && j == 1) return (a * a * rate * rate * (cosine * cosine * e.cosine + sine * sine * e.sine)).v;
  return std::nullopt;
}

Form mean(ir::Builder& b, const graph::Args& args, Value q, int order) {
  const Num a = real(b, args, "a"), rate = real(b, args, "b"), damping = exp(-(rate * rate * ir::num(b, q) / 2));
  if (order == 0) return (a * exact(b, expr::sin(real(args, "c"))) * damping).v;
  if (order == 1) return (a * rate * exact(b, expr::cos(real(args, "c"))) * damping).v;
  return std::nullopt;
}

Form distance(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance) {
  const Num along = exact(b, expr::cos(real(args, "c"))), across = exact(b, expr::sin(real(args, "c")));
  return wave_distance(K(b, covariance), real(b, args, "a"), real(b, args, "b"), along, across);
}

Form gram(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance) {
  const expr::Expr& phase = real(args, "c");
  return wave_gram(K(b, covariance), real(b, args, "a"), real(b, args, "b"), expr::simplify(expr::cos(phase)),
                   expr::simplify(expr::sin(phase)));
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
          .closed = Closed{dual, mean, distance, gram},
          .examples = {"sin", "sin(a = 1.3, b = 0.8, c = 0.4)"}};
}

}  // namespace ntkc::activations
