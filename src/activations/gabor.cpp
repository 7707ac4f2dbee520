// With d = 4 gram, S = q1 + q2, n = 2S + d + 1, E = exp(-(S + d + 2c) / (2n)), M = expm1(2c/n): kappa = E M / (2 sqrt n),
// kappa-dot = E (A (2 + M) + B M) / (2 n^(5/2)), A = 1 + 2S + 4 (c^2 + q1 q2), B = 4c (d + 3S + 2).
#include "activations/differences.hpp"

namespace ntkc::activations {
namespace {

Form dual(ir::Builder& b, const graph::Args&, const ir::Builder::Covariance& covariance, int i, int j) {
  const K k(b, covariance);
  const Num d = 4 * k.gram, sum = k.q1 + k.q2, n = 2 * sum + d + 1;
  const Num damping = exp(-((sum + d + 2 * k.c) / (2 * n))), m = expm1(2 * k.c / n);
  if (i == 0 && j == 0) return (damping * m / (2 * sqrt(n))).v;
  const Num even = 1 + 2 * sum + 4 * (k.c * k.c + k.q1 * k.q2), odd = 4 * k.c * (d + 3 * sum + 2);
  if (i == 1 && j == 1) return (damping * (even * (2 + m) + odd * m) / (2 * n * n * sqrt(n))).v;
  return std::nullopt;
}

// E[phi'(u)] = (1 + 2q)^(-3/2) exp(-q / (2 (1 + 2q))), by Stein's lemma.
Form mean(ir::Builder& b, const graph::Args&, Value variance, int order) {
  if (order == 0) return b.constant(0);
  const Num q = ir::num(b, variance), n = 1 + 2 * q;
  if (order == 1) return (exp(-(q / (2 * n))) / (n * sqrt(n))).v;
  return std::nullopt;
}

// kappa = (exp(-(D + d) / (2n)) / sqrt(n) - T) / 2 with T = exp(-(q1 + q2 + 2c + d) / (2n)) / sqrt(n). Of T against the root of T1 T2 the
// logarithm is -log(n / sqrt(n1 n2)) / 2 + D / (2n) - (4 (q1 - q2)^2 + d (1 + 2S)) / (2 n n1 n2).
Num square_difference(const K& k) {
  const Roots roots(k, number(*k.c.b, 2));
  const Num n = roots.w * roots.w, d = 4 * k.gram, n1 = 1 + 4 * k.q1, n2 = 1 + 4 * k.q2, product = roots.w1 * roots.w2;
  const auto root = [](Num q, Num w) { return sqrt(exp(-(2 * q / (w * w))) / w); };
  const Num t1 = root(k.q1, roots.w1), t2 = root(k.q2, roots.w2);
  const Num log_ratio =
      (k.D - (4 * square(roots.gap) + d * roots.sum) / (n1 * n2)) / (2 * n) - apply(Function::log1p, roots.excess / product) / 2;
  return (roots.inverse_distance() - square(t1 - t2)) / 2 - expm1(-((k.D + d) / (2 * n))) / roots.w + t1 * t2 * expm1(log_ratio);
}

Form distance(ir::Builder& b, const graph::Args&, const ir::Builder::Covariance& covariance) {
  return square_difference(K(b, covariance)).v;
}

Form gram(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance) {
  const auto moment = [](Num q) { return -expm1(-(2 * q / (1 + 4 * q))) / (2 * sqrt(1 + 4 * q)); };
  const K k = folded(K(b, covariance));
  return gram_from_distance(moment(k.q1), moment(k.q2), ir::num(b, *dual(b, args, covariance, 0, 0)), square_difference(k)).v;
}

}  // namespace

Activation gabor() {
  return {.name = "gabor",
          .doc = "exp(-x^2) sin(x)",
          .reference = "a Gaussian integral; Han et al. 2022 list it",
          .phi =
              [](const graph::Args&) {
                const expr::Expr x = expr::Expr::variable();
                return expr::exp(-(x * x)) * expr::sin(x);
              },
          .closed = Closed{dual, mean, distance, gram}};
}

}  // namespace ntkc::activations
