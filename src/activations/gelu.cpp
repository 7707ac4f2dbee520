// With W^2 = (1 + q1)(1 + q2) - c^2 = 1 + q1 + q2 + gram and P = (1 + q1)(1 + q2):
// kappa = c/4 + [c atan2(c, W) + (c^2 + q1 q2 W^2) / (P W)] / (2 pi),
// kappa-dot = 1/4 + atan2(c, W) / (2 pi) + c / (2 pi W) (1/W^2 + (1 - q1 q2) / P + 1).
#include "activations/differences.hpp"

namespace ntkc::activations {
namespace {

Form dual(ir::Builder& b, const graph::Args&, const ir::Builder::Covariance& covariance, int i, int j) {
  const K k(b, covariance);
  const Num w2 = 1 + k.q1 + k.q2 + k.gram, w = sqrt(w2), p = (1 + k.q1) * (1 + k.q2), q = k.q1 * k.q2, two_pi = 2 * pi(b);
  const Num arc = atan2(k.c, w);
  if (i == 0 && j == 0) return (k.c / 4 + (k.c * arc + (k.c * k.c + q * w2) / (p * w)) / two_pi).v;
  if (i == 1 && j == 1) return (0.25 + arc / two_pi + k.c / (two_pi * w) * (1 / w2 + (1 - q) / p + 1)).v;
  return std::nullopt;
}

Form mean(ir::Builder& b, const graph::Args&, Value variance, int order) {
  const Num q = ir::num(b, variance);
  if (order == 0) return (q / sqrt(2 * pi(b) * (1 + q))).v;
  if (order == 1) return b.constant(0.5);
  return std::nullopt;
}

// The second differences of c/4, of c atan2(c, W) and of (c^2 + q1 q2 W^2) / (P W) = 1/W + W (q1 q2 - 1) / P.
Form distance(ir::Builder& b, const graph::Args&, const ir::Builder::Covariance& covariance) {
  const K k(b, covariance);
  const Roots roots(k, number(b, 1));
  const Num p = (1 + k.q1) * (1 + k.q2);
  const Num arcs = (k.q1 + k.q2) / 2 * roots.arc_distance(k) + k.D * atan2(k.c, roots.w) + roots.gap * roots.between() / 2;
  const Num rest =
      roots.inverse_distance() + (k.q1 * k.q2 - 1) / p * roots.distance() + 2 * square(roots.gap) / ((roots.w1 + roots.w2) * p);
  return (k.D / 4 + (arcs + rest) / (2 * pi(b))).v;
}

Form gram(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance) {
  const auto moment = [&](Num q) {
    const Num w = sqrt(1 + 2 * q);
    return q / 4 + (q * atan2(q, w) + 2 * q * q / ((1 + q) * w)) / (2 * pi(b));
  };
  const K k(b, covariance);
  return gram_from_distance(moment(k.q1), moment(k.q2), ir::num(b, *dual(b, args, covariance, 0, 0)),
                            ir::num(b, *distance(b, args, covariance)))
      .v;
}

}  // namespace

Activation gelu() {
  return {.name = "gelu",
          .doc = "x norm_cdf(x)",
          .reference = "Tsuchida et al. 2021",
          .phi = [](const graph::Args&) { return expr::Expr::variable() * expr::norm_cdf(expr::Expr::variable()); },
          .closed = Closed{dual, mean, distance, gram}};
}

}  // namespace ntkc::activations
