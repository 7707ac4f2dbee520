// kappa = a^2 (2/pi) atan2(2 b^2 c, W) + c^2, kappa-dot = a^2 b^2 (4/pi) / W, W^2 = 1 + 2 b^2 (q1 + q2) + 4 b^4 gram: no difference in
// sight.
#include "activations/differences.hpp"

namespace ntkc::activations {
namespace {

Form dual(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance, int i, int j) {
  const K k(b, covariance);
  const Num a = real(b, args, "a"), rate = square(real(b, args, "b")), shift = real(b, args, "c");
  const Num w = sqrt(1 + 2 * rate * (k.q1 + k.q2) + 4 * rate * rate * k.gram);
  if (i == 0 && j == 0) return (a * a * (2 / pi(b)) * atan2(2 * rate * k.c, w) + shift * shift).v;
  if (i == 1 && j == 1) return (a * a * rate * (4 / pi(b)) / w).v;
  return std::nullopt;
}

Form mean(ir::Builder& b, const graph::Args& args, Value q, int order) {
  const Num a = real(b, args, "a"), rate = real(b, args, "b");
  if (order == 0) return real(b, args, "c").v;
  if (order == 1) return (a * rate * (2 / sqrt(pi(b))) / sqrt(1 + 2 * rate * rate * ir::num(b, q))).v;
  return std::nullopt;
}

Form distance(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance) {
  const K k(b, covariance);
  return (2 * square(real(b, args, "a")) / pi(b) * Roots(k, 2 * square(real(b, args, "b"))).arc_distance(k)).v;
}

Form gram(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance) {
  const expr::Expr& shift = real(args, "c");
  const K given(b, covariance), k = shift == expr::Expr(0) ? folded(given) : given;
  const Num a2 = 2 * square(real(b, args, "a")) / pi(b), rate = 2 * square(real(b, args, "b"));
  const auto moment = [&](Num q) { return a2 * atan2(rate * q, sqrt(1 + 2 * rate * q)) + square(exact(b, shift)); };
  return gram_from_distance(moment(k.q1), moment(k.q2), ir::num(b, *dual(b, args, covariance, 0, 0)), a2 * Roots(k, rate).arc_distance(k))
      .v;
}

}  // namespace

Activation erf() {
  using enum graph::ArgumentType;
  return {.name = "erf",
          .arguments = {{"a", real, "1", "factor"}, {"b", real, "1", "rate"}, {"c", real, "0", "shift"}},
          .doc = "a erf(b x) + c",
          .reference = "Williams 1997",
          .phi =
              [](const graph::Args& args) {
                return expr::simplify(activations::real(args, "a") * expr::erf(activations::real(args, "b") * expr::Expr::variable()) +
                                      activations::real(args, "c"));
              },
          .closed = Closed{dual, mean, distance, gram},
          .examples = {"erf", "erf(a = 1.5, b = 0.7, c = 0.2)"}};
}

}  // namespace ntkc::activations
