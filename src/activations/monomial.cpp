// E[u^m v^n] = sum over k of k! C(m, k) C(n, k) (m - k - 1)!! (n - k - 1)!! c^k q1^((m - k)/2) q2^((n - k)/2).
#include <algorithm>

#include "activations/differences.hpp"
#include "activations/powers.hpp"

namespace ntkc::activations {
namespace {

Coefficients coefficients(const graph::Args& args) {
  Coefficients c(integer(args, "n") + 1, expr::Expr(0));
  c.back() = 1;
  return c;
}

Form dual(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& k, int i, int j) {
  return polynomial_dual(b, differentiated(coefficients(args), i), differentiated(coefficients(args), j), K(b, k));
}

Form mean(ir::Builder& b, const graph::Args& args, Value q, int order) {
  return polynomial_mean(b, differentiated(coefficients(args), order), q);
}

// The square of E[u^n v^n] is a polynomial in c^2 and q1 q2 with positive coefficients, so the determinant is gram times another.
Num determinant(ir::Builder& b, int n, const K& k) {
  const std::vector<numeric::Number> m = moment_coefficients(n);
  Num sum = number(b, 0);
  numeric::Number above = 0;
  for (int i = n - 1; i >= 0; --i) {
    for (int j = std::max(0, 2 * i + 2 - n); j <= std::min(n, 2 * i + 2); ++j) above = above + m[j] * m[2 * i + 2 - j];
    sum = sum + exact(b, expr::Expr(above)) * (power(k.c * k.c, i) * power(k.q1 * k.q2, n - 1 - i));
  }
  return k.gram * sum;
}

// (root1 - root2)^2 + 2 (root1 root2 - kappa), the roots of the second moments.
Form distance(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance) {
  const K k(b, covariance);
  const int n = integer(args, "n");
  if (n == 0) return b.constant(0);
  if (n == 1) return k.D.v;
  const Num kappa = ir::num(b, polynomial_dual(b, coefficients(args), coefficients(args), k)),
            factor = exact(b, expr::Expr(odd_factorial(2 * n)));
  const Num roots = factor * power(sqrt(k.q1 * k.q2), n);
  const Num near = factor * square_power_gap(k, n) + 2 * determinant(b, n, k) / (roots + kappa);
  return select(less(number(b, 0), kappa), near, factor * (power(k.q1, n) + power(k.q2, n)) - 2 * kappa).v;
}

Form gram(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance) {
  return determinant(b, integer(args, "n"), K(b, covariance)).v;
}

}  // namespace

Activation monomial() {
  return {.name = "monomial",
          .arguments = {{"n", graph::ArgumentType::count, "", "the exponent, at most 32"}},
          .doc = "x^n",
          .reference = "Isserlis 1918",
          .phi = [](const graph::Args& args) { return power(expr::Expr::variable(), integer(args, "n")); },
          .closed = Closed{dual, mean, distance, gram, 5e-15},
          .fault = degree_fault,
          .examples = {"monomial(n = 1)", "monomial(n = 2)", "monomial(n = 3)", "monomial(n = 6)"}};
}

}  // namespace ntkc::activations
