// E[(f(u) - f(v))(g(u) - g(v))] by terms that vanish with D. For exponentials of rates l, m (imaginary ones for waves), with p = l m,
// s = (l + m)^2, t = l^2 - m^2 and the gap q1 - q2, it is
// exp(s (q1 + q2) / 4) [4 sinh^2(s gap / 8) - 4 sinh^2(t gap / 8) exp(-p D / 2) - 2 expm1(-p D / 2)].
#include <algorithm>

#include "activations/differences.hpp"
#include "activations/parts.hpp"
#include "activations/powers.hpp"

namespace ntkc::activations {
namespace {

using expr::Expr;
using Kind = Part::Kind;
using Answer = std::optional<Num>;

bool is_wave(const Part& p) { return p.kind == Kind::sine || p.kind == Kind::cosine || p.kind == Kind::versine; }
bool is_exponential(const Part& p) { return p.kind == Kind::exponential || p.kind == Kind::rise; }
bool is_line(const Part& p) { return p.kind == Kind::power && p.degree == 1; }

// 4 exp(x) sinh^2(z) = exp(x + 2 |z|) expm1(-2 |z|)^2, which does not overflow before its value does.
Num weighted_sinh(Num x, Num z) {
  const Num twice = 2 * ir::apply(Function::abs, z);
  return exp(x + twice) * square(expm1(-twice));
}

Num of_exponentials(ir::Builder& b, const Expr& p, const Expr& s, const Expr& t, const K& k) {
  const Num gap = k.q1 - k.q2, front = exact(b, simplify(s / 4)) * (k.q1 + k.q2), y = exact(b, simplify(p / 2)) * k.D, zero = number(b, 0);
  const Num rest = select(less(y, zero), exp(front - y) * expm1(y), -(exp(front) * expm1(-y)));
  return weighted_sinh(front, exact(b, simplify(s / 8)) * gap) - weighted_sinh(front - y, exact(b, simplify(t / 8)) * gap) + 2 * rest;
}

// sin sin and cos cos from rates i a and -+ i b.
Num of_waves(ir::Builder& b, const Part& f, const Part& g, const K& k) {
  const Expr &a1 = f.rate, &a2 = g.rate, t = a2 * a2 - a1 * a1;
  const Num near = of_exponentials(b, a1 * a2, -(a1 - a2) * (a1 - a2), t, k),
            far = of_exponentials(b, -(a1 * a2), -(a1 + a2) * (a1 + a2), t, k);
  return f.kind == Kind::sine ? (near - far) / 2 : (near + far) / 2;
}

// (u - v) has the covariances (D + q1 - q2) / 2 with u and -(D - q1 + q2) / 2 with v (Stein 1981).
Answer with_line(ir::Builder& b, const Part& g, const K& k) {
  const auto first = expectation(b, {g}, 1, k.q1.v), second = expectation(b, {g}, 1, k.q2.v);
  if (!first || !second) return std::nullopt;
  return ((k.D + (k.q1 - k.q2)) * *first + (k.D - (k.q1 - k.q2)) * *second) / 2;
}

Answer of_row(ir::Builder& b, const Part& f, const K& k) {
  if (!f.row->closed->distance) return std::nullopt;
  const Num rate = square(exact(b, f.rate));
  const Form d =
      f.row->closed->distance(b, {}, {(rate * k.q1).v, (rate * k.q2).v, (rate * k.c).v, (rate * k.D).v, (square(rate) * k.gram).v});
  return d ? Answer(ir::num(b, *d)) : std::nullopt;
}

// Both with their factors but where a line's is put in; f and g in either order.
Answer of_two(ir::Builder& b, const Part& f, const Part& g, const K& k) {
  if (is_line(f) || is_line(g)) return with_line(b, is_line(f) ? g : f, k);
  if (is_wave(f) && is_wave(g)) {
    if ((f.kind == Kind::sine) != (g.kind == Kind::sine)) return number(b, 0);
    const Num d = of_waves(b, f, g, k);
    return (f.kind == Kind::versine) != (g.kind == Kind::versine) ? -d : d;
  }
  if (is_exponential(f) && is_exponential(g))
    return of_exponentials(b, f.rate * g.rate, (f.rate + g.rate) * (f.rate + g.rate), f.rate * f.rate - g.rate * g.rate, k);
  if (f.kind == Kind::row && f.row == g.row && f.rate == g.rate) return of_row(b, f, k);
  return std::nullopt;
}

}  // namespace

std::optional<Num> sum_distance(ir::Builder& b, const Parts& parts, const ir::Builder::Covariance& covariance) {
  const K k(b, covariance);
  Num sum = number(b, 0);
  for (const Part& f : parts)
    for (const Part& g : parts) {
      if ((f.kind == Kind::power && f.degree == 0) || (g.kind == Kind::power && g.degree == 0)) continue;
      Part plain_f = f, plain_g = g;
      plain_f.factor = plain_g.factor = 1;
      const Answer d = of_two(b, plain_f, plain_g, k);
      if (!d) return std::nullopt;
      sum = sum + exact(b, simplify(f.factor * g.factor)) * *d;
    }
  return sum;
}

std::optional<Num> sum_gram(ir::Builder& b, const Parts& parts, const ir::Builder::Covariance& k) {
  const auto distance = sum_distance(b, parts, k);
  const Value zero = b.constant(0);
  const auto kappa = [&](const ir::Builder::Covariance& at) { return expectation(b, parts, 0, parts, 0, at); };
  const auto first = kappa({k.q1, k.q1, k.q1, zero, zero}), second = kappa({k.q2, k.q2, k.q2, zero, zero}), both = kappa(k);
  if (!distance || !first || !second || !both) return std::nullopt;
  return gram_from_distance(*first, *second, *both, *distance);
}

}  // namespace ntkc::activations
