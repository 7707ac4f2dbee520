// With det^2 = (1 - 2 b q1)(1 - 2 b q2) - 4 b^2 c^2 = 1 - 2 b (q1 + q2) + 4 b^2 gram: kappa = a^2 / det, kappa-dot = 4 a^2 b^2 c / det^3.
#include "activations/differences.hpp"

namespace ntkc::activations {
namespace {

std::optional<expr::Expr> largest_variance(const graph::Args& args) {
  const expr::Expr& rate = real(args, "b");
  if (rate.is_constant() && rate.value() <= numeric::Number(0)) return std::nullopt;
  return expr::simplify(select(expr::Expr(0) < rate, 1 / (4 * rate), expr::Expr(1) / 0));
}

// Infinite where the second moment is, so that no kernel of such a sample is finite.
Num variance(ir::Builder& b, const graph::Args& args, Num q) {
  if (!largest_variance(args)) return q;
  const Num share = 4 * real(b, args, "b") * q, one = number(b, 1);
  return select(less(share, one), q, q / positive_part(one - share));
}

K covariance_of(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance) {
  K k(b, covariance);
  k.q1 = variance(b, args, k.q1);
  k.q2 = variance(b, args, k.q2);
  return k;
}

Form dual(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance, int i, int j) {
  const K k = covariance_of(b, args, covariance);
  const Num a = real(b, args, "a"), rate = real(b, args, "b");
  const Num square_det = 1 - 2 * rate * (k.q1 + k.q2) + 4 * rate * rate * k.gram, det = sqrt(square_det);
  if (i == 0 && j == 0) return (a * a / det).v;
  if (i == 1 && j == 1) return (4 * a * a * rate * rate * k.c / (square_det * det)).v;
  return std::nullopt;
}

Form mean(ir::Builder& b, const graph::Args& args, Value q, int order) {
  if (order == 0) return (real(b, args, "a") / sqrt(1 - 2 * real(b, args, "b") * variance(b, args, ir::num(b, q)))).v;
  if (order == 1) return b.constant(0);
  return std::nullopt;
}

Form distance(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance) {
  return (square(real(b, args, "a")) * Roots(covariance_of(b, args, covariance), -2 * real(b, args, "b")).inverse_distance()).v;
}

Form gram(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance) {
  return (power(real(b, args, "a"), 4) * Roots(covariance_of(b, args, covariance), -2 * real(b, args, "b")).inverse_gram()).v;
}

}  // namespace

Activation gaussian() {
  using enum graph::ArgumentType;
  return {.name = "gaussian",
          .arguments = {{"a", real, "1", "factor"}, {"b", real, "-1", "rate; for b > 0 variances must be below 1 / (4 b)"}},
          .doc = "a exp(b x^2)",
          .reference = "a Gaussian integral (Williams 1997)",
          .phi =
              [](const graph::Args& args) {
                return expr::simplify(activations::real(args, "a") *
                                      expr::exp(activations::real(args, "b") * (expr::Expr::variable() * expr::Expr::variable())));
              },
          .closed = Closed{dual, mean, distance, gram},
          .largest_variance = largest_variance,
          .examples = {"gaussian", "gaussian(a = 1.2, b = -0.4)", "gaussian(b = 0.1)"}};
}

}  // namespace ntkc::activations
