// With W^2 = (1 + q1)(1 + q2) - c^2 = 1 + q1 + q2 + gram and P = (1 + q1)(1 + q2):
// kappa = c/4 + [c atan2(c, W) + (c^2 + q1 q2 W^2) / (P W)] / (2 pi),
// kappa-dot = 1/4 + atan2(c, W) / (2 pi) + c / (2 pi W) (1/W^2 + (1 - q1 q2) / P + 1).
#include "activations/forms.hpp"

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

}  // namespace

Activation gelu() {
  return {.name = "gelu",
          .doc = "x norm_cdf(x)",
          .reference = "Tsuchida et al. 2021",
          .phi = [](const graph::Args&) { return expr::Expr::variable() * expr::norm_cdf(expr::Expr::variable()); },
          .closed = Closed{dual, mean}};
}

}  // namespace ntkc::activations
