// E[(u)_+^n (v)_+^n] = [(pi - t) P_n + R Q_n] / (2 pi), R = sqrt(gram), P_n = E[u^n v^n] and Q_n polynomials in c and q1 q2. Since the
// derivative in c is n^2 times the form of n - 1 (Price 1958): P_n - c Q_n + gram Q_n' = n^2 gram Q_(n-1), which gives Q_n from the highest
// power of c down.
#include "activations/powers.hpp"

namespace ntkc::activations {
namespace {

using numeric::Number;

// sum over i of a[i] c^i (q1 q2)^((degree - i) / 2), of the parity of its degree.
using Form2 = std::vector<Number>;

Form2 moment(int n) {
  Form2 p(n + 1, Number(0));
  for (int k = n % 2; k <= n; k += 2) p[k] = factorial(k) * choose(n, k) * choose(n, k) * odd_factorial(n - k) * odd_factorial(n - k);
  return p;
}

Form2 remainder(int n) {
  Form2 q;  // Q_0 = 0
  for (int m = 1; m <= n; ++m) {
    const Form2 p = moment(m), before = std::move(q);
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
  return (angle(k.gram, -k.c) * value(b, moment(n), k.c, product) + sqrt(k.gram) * value(b, remainder(n), k.c, product)) / (2 * pi(b));
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

}  // namespace

Activation rectified_power() {
  return {.name = "rectified_power",
          .arguments = {{"n", graph::ArgumentType::size, "", "the exponent, at most 32"}},
          .doc = "max(x, 0)^n",
          .reference = "Cho & Saul 2009 (arc-cosine kernel of order n)",
          .phi = [](const graph::Args& args) { return power(max(expr::Expr::variable(), 0), integer(args, "n")); },
          .closed = Closed{dual, mean},
          .fault = degree_fault,
          .examples = {"rectified_power(n = 1)", "rectified_power(n = 2)", "rectified_power(n = 3)", "rectified_power(n = 5)"}};
}

}  // namespace ntkc::activations
