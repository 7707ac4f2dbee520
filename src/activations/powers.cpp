#include "activations/powers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "activations/differences.hpp"

namespace ntkc::activations {

using numeric::Number;

std::optional<std::string> degree_fault(const graph::Args& args) {
  if (args.find("n")->second.integer() <= kHighestDegree) return std::nullopt;
  return fmt::format("n must be at most {}: higher moments of the normal distribution leave the range of numbers", kHighestDegree);
}

Number factorial(int n) {
  Number product = 1;
  for (int i = 2; i <= n; ++i) product = product * Number(i);
  return product;
}

Number choose(int n, int k) { return factorial(n) / (factorial(k) * factorial(n - k)); }

Number odd_factorial(int n) {
  Number product = 1;
  for (int i = n - 1; i > 1; i -= 2) product = product * Number(i);
  return product;
}

expr::Expr power(const expr::Expr& x, int n) { return n == 0 ? expr::Expr(1) : n == 1 ? x : n == 2 ? x * x : pow(x, n); }

Coefficients differentiated(Coefficients c, int times) {
  for (int t = 0; t < times; ++t) {
    for (std::size_t i = 1; i < c.size(); ++i) c[i - 1] = c[i] * static_cast<int>(i);
    if (!c.empty()) c.pop_back();
  }
  return c;
}

Num power_gap(const K& k, int n) {
  ir::Builder& b = *k.c.b;
  const Num s = sqrt(k.q1 * k.q2), zero = number(b, 0), one = number(b, 1);
  if (n == 0) return zero;
  Num ratio = one;
  if (n % 2 == 0) {
    for (int i = 1; i < n / 2; ++i) ratio = power(k.q1 * k.q2, i) + k.c * k.c * ratio;
    return k.gram * ratio;
  }
  for (int i = 1; i < n; ++i) ratio = power(s, i) + k.c * ratio;
  return select(less(zero, k.c), k.gram / (s + k.c) * ratio, power(s, n) - power(k.c, n));
}

std::vector<Number> moment_coefficients(int n) {
  std::vector<Number> m(n + 1, Number(0));
  for (int k = n % 2; k <= n; k += 2) m[k] = factorial(k) * choose(n, k) * choose(n, k) * odd_factorial(n - k) * odd_factorial(n - k);
  return m;
}

namespace {

// A_k(q) = sum over m of f_m C(m, k) (m - k - 1)!! q^((m - k) / 2), by Horner's rule.
Num coefficient(ir::Builder& b, const Coefficients& f, int k, Num q) {
  const int last = static_cast<int>(f.size()) - 1;
  Num sum = number(b, 0);
  for (int m = last - (last - k) % 2; m >= k; m -= 2) sum = sum * q + exact(b, f[m] * expr::Expr(choose(m, k) * odd_factorial(m - k)));
  return sum;
}

}  // namespace

Value polynomial_dual(ir::Builder& b, const Coefficients& f, const Coefficients& g, const K& k) {
  Num sum = number(b, 0);
  for (int n = static_cast<int>(std::min(f.size(), g.size())) - 1; n >= 0; --n)
    sum = sum * k.c + exact(b, expr::Expr(factorial(n))) * (coefficient(b, f, n, k.q1) * coefficient(b, g, n, k.q2));
  return sum.v;
}

Value polynomial_distance(ir::Builder& b, const Coefficients& f, const K& k) {
  const Num s1 = sqrt(k.q1), s2 = sqrt(k.q2);
  Num sum = number(b, 0);
  for (int n = 0; n < static_cast<int>(f.size()); ++n) {
    const Num a1 = coefficient(b, f, n, k.q1), a2 = coefficient(b, f, n, k.q2);
    sum = sum + exact(b, expr::Expr(factorial(n))) * (square(a1 * power(s1, n) - a2 * power(s2, n)) + 2 * a1 * a2 * power_gap(k, n));
  }
  return sum.v;
}

Value polynomial_gram(ir::Builder& b, const Coefficients& f, const K& given) {
  const auto zero = [](const expr::Expr& c) { return c == expr::Expr(0); };
  bool even = true, odd = true;
  for (std::size_t i = 0; i < f.size(); ++i) (i % 2 ? even : odd) &= zero(f[i]);
  const K k = even || odd ? folded(given) : given;
  const auto moment = [&](Num q) {
    Num sum = number(b, 0);
    for (int n = static_cast<int>(f.size()) - 1; n >= 0; --n)
      sum = sum * q + exact(b, expr::Expr(factorial(n))) * square(coefficient(b, f, n, q));
    return sum;
  };
  return gram_from_distance(moment(k.q1), moment(k.q2), ir::num(b, polynomial_distance(b, f, k))).v;
}

Value polynomial_mean(ir::Builder& b, const Coefficients& f, Value q) {
  return f.empty() ? b.constant(0) : coefficient(b, f, 0, ir::num(b, q)).v;
}

}  // namespace ntkc::activations
