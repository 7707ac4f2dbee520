// E[(u)_+^n (v)_+^n] = [(pi - t) P_n + R Q_n] / (2 pi), R = sqrt(gram), P_n = E[u^n v^n] and Q_n polynomials in c and q1 q2. Since the
// derivative in c is n^2 times the form of n - 1 (Price 1958): P_n - c Q_n + gram Q_n' = n^2 gram Q_(n-1), which gives Q_n from the highest
// power of c down.
#include "activations/differences.hpp"
#include "activations/powers.hpp"

namespace ntkc::activations {
namespace {

using numeric::Number;

// sum over i of a[i] c^i (q1 q2)^((degree - i) / 2), of the parity of its degree.
using Form2 = std::vector<Number>;

Form2 remainder(int n) {
  Form2 q;  // Q_0 = 0
  for (int m = 1; m <= n; ++m) {
    const Form2 p = moment_coefficients(m), before = std::move(q);
    const auto at = [&](const Form2& f, int i) { return i >= 0 && i < static_cast<int>(f.size()) ? f[i] : Number(0); };
    q.assign(m, Number(0));
    for (int i = m; i >= 1; i -= 2)
      q[i - 1] = (at(p, i) + Number(i + 1) * at(q, i + 1) - Number(m * m) * (at(before, i) - at(before, i - 2))) / Number(i);
  }
  return q;
}

Num value(ir::Builder& b, const Form2& f, Num c, Num product) {
  const int degree = static_cast<int>(f.size()) - 1;
  Num sum = number(b, 0);
  for (int i = degree; i >= 0; i -= 2) sum = sum + exact(b, expr::Expr(f[i])) * (power(c, i) * power(product, (degree - i) / 2));
  return sum;
}

Num expectation(ir::Builder& b, int n, const K& k) {
  const Num product = k.q1 * k.q2;
  return (angle(k.gram, -k.c) * value(b, moment_coefficients(n), k.c, product) + sqrt(k.gram) * value(b, remainder(n), k.c, product)) /
         (2 * pi(b));
}

Form dual(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance, int i, int j) {
  const int n = integer(args, "n");
  if (i != j || i > n) return std::nullopt;
  const Number factor = factorial(n) / factorial(n - i);
  return (exact(b, expr::Expr(factor * factor)) * expectation(b, n - i, K(b, covariance))).v;
}

// E[(u)_+^n] = E|u|^n / 2.
Form mean(ir::Builder& b, const graph::Args& args, Value q, int order) {
  const int n = integer(args, "n"), m = n - order;
  if (m < 0) return std::nullopt;
  const Num s = ir::sqrt(ir::num(b, q)), factor = exact(b, expr::Expr(factorial(n) / factorial(m) * odd_factorial(m)));
  const Num half = m % 2 ? 1 / sqrt(2 * pi(b)) : number(b, 0.5);
  return (factor * half * power(s, m)).v;
}

// root1 root2 - kappa, the roots of the second moments: [pi (P_n(s1 s2) - P_n(c)) + F_n] / (2 pi), F_n = t P_n(c) - R Q_n(c). As dF_n/dc =
// n^2 F_(n-1), F_n = (-1)^n (n!)^2 (s1 s2)^n t^(2n+1) / (2n+1)!! (1 + O(t^2)), which for n > 1 is all that counts below t = 1e-3; above,
// the two terms of F_n cancel.
Num deficit(ir::Builder& b, int n, const K& k) {
  const Num product = k.q1 * k.q2, theta = angle(k.gram, k.c);
  const Form2 p = moment_coefficients(n);
  Num polynomial = number(b, 0);
  for (int i = n; i >= 1; i -= 2) polynomial = polynomial + exact(b, expr::Expr(p[i])) * power(product, (n - i) / 2) * power_gap(k, i);
  const Num leading = exact(b, expr::Expr(factorial(n) * factorial(n) / odd_factorial(2 * n + 2) * Number(n % 2 ? -1 : 1)));
  const Num direct = theta * value(b, p, k.c, product) - sqrt(k.gram) * value(b, remainder(n), k.c, product);
  const Num rest = n == 1 ? -(sqrt(product) * apply(Function::sin_minus_x_cos, theta))
                          : select(less(theta, number(b, 1e-3)), leading * power(sqrt(product), n) * power(theta, 2 * n + 1), direct);
  return polynomial / 2 + rest / (2 * pi(b));
}

Num half_moment(ir::Builder& b, int n) { return exact(b, expr::Expr(odd_factorial(2 * n)) / 2); }

Form distance(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance) {
  const int n = integer(args, "n");
  const K k(b, covariance);
  return (half_moment(b, n) * square_power_gap(k, n) + 2 * positive_part(deficit(b, n, k))).v;
}

Form gram(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance) {
  const int n = integer(args, "n");
  const K k(b, covariance);
  const Num e = positive_part(deficit(b, n, k));
  return (e * positive_part(2 * half_moment(b, n) * power(sqrt(k.q1 * k.q2), n) - e)).v;
}

}  // namespace

Activation rectified_power() {
  return {.name = "rectified_power",
          .arguments = {{"n", graph::ArgumentType::size, "", "the exponent, at most 32"}},
          .doc = "max(x, 0)^n",
          .reference = "Cho & Saul 2009 (arc-cosine kernel of order n)",
          .phi = [](const graph::Args& args) { return power(max(expr::Expr::variable(), 0), integer(args, "n")); },
          .closed = Closed{dual, mean, distance, gram, 7e-15},
          .fault = degree_fault,
          .examples = {"rectified_power(n = 1)", "rectified_power(n = 2)", "rectified_power(n = 3)", "rectified_power(n = 5)"}};
}

}  // namespace ntkc::activations
