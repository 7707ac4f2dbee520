// The normalised Hermite polynomial h_n = He_n / sqrt(n!). At variance q, He_n(u) = sum over j of n! / (2^j j! k!) (q - 1)^j He_k^[q](u), k
// = n - 2j, where He_k^[q] are orthogonal for N(0, q): E[He_k^[q1](u) He_k^[q2](v)] = k! c^k. At q1 = q2 = 1 this is rho^n (Daniely et al.
// 2016). h_n' = sqrt(n) h_(n-1).
#include "activations/differences.hpp"
#include "activations/powers.hpp"

namespace ntkc::activations {
namespace {

using numeric::Number;

Num coefficient(int n, int j, Num q) {
  const Number top = factorial(n) / (factorial(j) * factorial(n - 2 * j));
  return exact(*q.b, expr::Expr(top) / pow(expr::Expr(2), j)) * power(q - 1, j);
}

// n! / (n - i)!, by which He_n^(i) = that times He_(n-i).
Number falling(int n, int i) { return factorial(n) / factorial(n - i); }

Form dual(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance, int i, int j) {
  const K k(b, covariance);
  const int n = integer(args, "n");
  if (i > n || j > n || (i + j) % 2 != 0) return b.constant(0);
  const Number factor = falling(n, i) * falling(n, j) / factorial(n);
  Num sum = number(b, 0);
  for (int m = std::min(n - i, n - j); m >= 0; m -= 2) {
    const Num term = exact(b, expr::Expr(factorial(m) * factor)) *
                     (coefficient(n - i, (n - i - m) / 2, k.q1) * coefficient(n - j, (n - j - m) / 2, k.q2));
    sum = sum + term * power(k.c, m);
  }
  return sum.v;
}

Num square_difference(int n, const K& k) {
  ir::Builder& b = *k.c.b;
  if (n == 1) return k.D;
  const Num s1 = sqrt(k.q1), s2 = sqrt(k.q2);
  Num sum = number(b, 0);
  for (int m = n; m >= 0; m -= 2) {
    const Num a1 = coefficient(n, (n - m) / 2, k.q1), a2 = coefficient(n, (n - m) / 2, k.q2);
    const Num terms = square(a1 * power(s1, m) - a2 * power(s2, m)) + 2 * a1 * a2 * power_gap(k, m);
    sum = sum + exact(b, expr::Expr(factorial(m) / factorial(n))) * terms;
  }
  return sum;
}

Form mean(ir::Builder& b, const graph::Args& args, Value q, int order) {
  const int n = integer(args, "n"), m = n - order;
  if (m < 0 || m % 2 != 0) return b.constant(0);
  return (exact(b, expr::Expr(falling(n, order)) / sqrt(expr::Expr(factorial(n)))) * coefficient(m, m / 2, ir::num(b, q))).v;
}

// As polynomial_distance, but with the coefficients of the dual above: k! A_k(q1) A_k(q2) of its terms c^k.
Form distance(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance) {
  return square_difference(integer(args, "n"), K(b, covariance)).v;
}

Form gram(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance) {
  const int n = integer(args, "n");
  const K given(b, covariance);
  if (n <= 1) return n == 0 ? b.constant(0) : given.gram.v;
  const auto moment = [&](Num q) {
    Num sum = number(b, 0);
    for (int m = n; m >= 0; m -= 2)
      sum = sum + exact(b, expr::Expr(factorial(m) / factorial(n))) * square(coefficient(n, (n - m) / 2, q)) * power(q, m);
    return sum;
  };
  const K k = folded(given);
  return gram_from_distance(moment(k.q1), moment(k.q2), ir::num(b, *dual(b, args, covariance, 0, 0)), square_difference(n, k)).v;
}

expr::Expr phi(const graph::Args& args) {
  const int n = integer(args, "n");
  expr::Expr sum = 0;
  for (int j = 0; 2 * j <= n; ++j) {
    const Number top = factorial(n) / (factorial(j) * factorial(n - 2 * j));
    sum = sum + expr::Expr(top) / pow(expr::Expr(-2), j) / sqrt(expr::Expr(factorial(n))) * power(expr::Expr::variable(), n - 2 * j);
  }
  return expr::simplify(sum);
}

}  // namespace

Activation hermite() {
  return {.name = "hermite",
          .arguments = {{"n", graph::ArgumentType::count, "", "the degree, at most 32"}},
          .doc = "the normalised probabilists' Hermite polynomial of degree n",
          .reference = "Daniely, Frostig & Singer 2016",
          .phi = phi,
          .closed = Closed{dual, mean, distance, gram, 7e-15},
          .fault = degree_fault,
          .examples = {"hermite(n = 1)", "hermite(n = 2)", "hermite(n = 5)"}};
}

}  // namespace ntkc::activations
