// kappa = 1/4 + atan2(c, W) / (2 pi), W^2 = (1 + q1)(1 + q2) - c^2 = 1 + q1 + q2 + gram.
#include "activations/differences.hpp"

namespace ntkc::activations {
namespace {

Form dual(ir::Builder& b, const graph::Args&, const ir::Builder::Covariance& covariance, int i, int j) {
  const K k(b, covariance);
  const Num w = sqrt(1 + k.q1 + k.q2 + k.gram);
  if (i == 0 && j == 0) return (0.25 + atan2(k.c, w) / (2 * pi(b))).v;
  if (i == 1 && j == 1) return (1 / (2 * pi(b) * w)).v;
  return std::nullopt;
}

Form mean(ir::Builder& b, const graph::Args&, Value q, int order) {
  if (order == 0) return b.constant(0.5);
  if (order == 1) return (1 / sqrt(2 * pi(b) * (1 + ir::num(b, q)))).v;
  return std::nullopt;
}

Form distance(ir::Builder& b, const graph::Args&, const ir::Builder::Covariance& covariance) {
  const K k(b, covariance);
  return (Roots(k, number(b, 1)).arc_distance(k) / (2 * pi(b))).v;
}

Form gram(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance) {
  const auto moment = [&](Num q) { return 0.25 + atan2(q, sqrt(1 + 2 * q)) / (2 * pi(b)); };
  const K k(b, covariance);
  return gram_from_distance(moment(k.q1), moment(k.q2), ir::num(b, *dual(b, args, covariance, 0, 0)),
                            ir::num(b, *distance(b, args, covariance)))
      .v;
}

}  // namespace

Activation norm_cdf() {
  return {.name = "norm_cdf",
          .doc = "the standard normal distribution function, (1 + erf(x / sqrt(2))) / 2",
          .reference = "Williams 1997",
          .phi = [](const graph::Args&) { return expr::norm_cdf(expr::Expr::variable()); },
          .closed = Closed{dual, mean, distance, gram}};
}

}  // namespace ntkc::activations
