#include "activations/powers.hpp"

#include <fmt/format.h>

#include <algorithm>

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

Value polynomial_mean(ir::Builder& b, const Coefficients& f, Value q) {
  return f.empty() ? b.constant(0) : coefficient(b, f, 0, ir::num(b, q)).v;
}

}  // namespace ntkc::activations
