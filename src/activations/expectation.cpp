// Expectations of two parts, u and v jointly Gaussian. With r = a b for rates a, b and the exponents
// a^2 q1 + b^2 q2 -+ 2 r c = r (q1 + q2 -+ 2c) + (a - b)(a q1 - b q2), which do not cancel for equal rates:
// waves from E[exp(i a u) exp(+-i b v)] (Pearce, Tsuchida et al. 2019), powers by Price's theorem, erf from Williams 1997, whose W^2 is
// (1 + 2 a^2 q1)(1 + 2 b^2 q2) - 4 r^2 c^2 = 1 + 2 a^2 q1 + 2 b^2 q2 + 4 r^2 gram.
#include <algorithm>

#include "activations/parts.hpp"
#include "activations/powers.hpp"

namespace ntkc::activations {
namespace {

using expr::Expr;
using Kind = Part::Kind;
using Answer = std::optional<Num>;

Num sqrt_pi(ir::Builder& b) { return sqrt(pi(b)); }

// 1: f(-x) = f(x), -1: f(-x) = -f(x), 0: neither, or not known.
int parity(const Part& p) {
  switch (p.kind) {
    case Kind::power:
      return p.degree % 2 ? -1 : 1;
    case Kind::sine:
    case Kind::erf:
    case Kind::gaussian_slope:
      return -1;
    case Kind::cosine:
    case Kind::versine:
    case Kind::gaussian:
      return 1;
    default:
      return 0;
  }
}

Num rate_of(ir::Builder& b, const Part& p) { return exact(b, p.rate); }

// exp(-(a^2 q1 + b^2 q2 -+ 2 a b c) / 2), and what the functions that are 0 at 0 need: E[(1 - cos au)(1 - cos bv)] is the product of the
// means and a covariance, both positive.
struct Waving {
  Num product, near, far;
  Waving(ir::Builder& b, const Part& f, const Part& g, const K& k)
      : product(exact(b, simplify(f.rate * g.rate))), near(product), far(product) {
    const Num spread = exact(b, simplify(f.rate - g.rate)) * (rate_of(b, f) * k.q1 - rate_of(b, g) * k.q2);
    near = exp(-((product * k.D + spread) / 2));
    far = exp(-((product * sum_of_squares(k) + spread) / 2));
  }
  Num sines(const K& k) const {  // (near - far) / 2
    const Num twice = 2 * product * k.c, zero = number(*k.c.b, 0);
    return select(less(twice, zero), far * expm1(twice), -(near * expm1(-twice))) / 2;
  }
  Num covariance_of_cosines(const K& k) const {  // exp(-(a^2 q1 + b^2 q2) / 2) (cosh(a b c) - 1)
    const Num r = product * k.c, zero = number(*k.c.b, 0);
    return select(less(r, zero), far * square(expm1(r)), near * square(expm1(-r))) / 2;
  }
};

// E[u^n exp(rate v)] / E[exp(rate v)] = sum over even n - j of C(n, j) (n - j - 1)!! q1^((n - j) / 2) shift^j, shift = rate c; of the wave
// exp(i rate v) the terms shift^j have the signs of i^j.
Num shifted_moment(int n, Num q, Num shift, bool wave, int first) {
  ir::Builder& b = *q.b;
  Num sum = number(b, 0);
  for (int j = first; j <= n; j += 2) {
    const Expr factor = Expr(choose(n, j) * odd_factorial(n - j)) * (wave && j / 2 % 2 ? -1 : 1);
    sum = sum + exact(b, factor) * power(q, (n - j) / 2) * power(shift, j);
  }
  return sum;
}

Answer row_mean(ir::Builder& b, const Part& p, int order, Num q) {
  const Num rate = rate_of(b, p);
  if (!p.row->closed->mean) return std::nullopt;
  const Form m = p.row->closed->mean(b, {}, (rate * rate * q).v, p.degree + order);
  if (!m) return std::nullopt;
  return order ? rate * ir::num(b, *m) : ir::num(b, *m);
}

// E[u^n g(v)]
Answer with_power(ir::Builder& b, int n, const Part& g, const K& k) {
  const Num rate = rate_of(b, g);
  switch (g.kind) {
    case Kind::exponential:
      return exp(rate * rate * k.q2 / 2) * shifted_moment(n, k.q1, rate * k.c, false, n % 2);
    case Kind::rise: {
      const Num b2 = rate * rate * k.q2 / 2, shifted = exp(b2) * shifted_moment(n, k.q1, rate * k.c, false, n % 2 ? 1 : 2);
      return n % 2 ? shifted : shifted + exact(b, Expr(odd_factorial(n))) * power(k.q1, n / 2) * expm1(b2);
    }
    case Kind::versine: {  // n is even
      const Num b2 = rate * rate * k.q2 / 2;
      return -(exp(-b2) * shifted_moment(n, k.q1, rate * k.c, true, 2) +
               exact(b, Expr(odd_factorial(n))) * power(k.q1, n / 2) * expm1(-b2));
    }
    case Kind::sine:
    case Kind::cosine:
      return exp(-(rate * rate * k.q2 / 2)) * shifted_moment(n, k.q1, rate * k.c, true, n % 2);
    case Kind::erf:  // E[u g(v)] = c E[g'(v)]
      if (n == 1) return k.c * 2 * rate / (sqrt_pi(b) * sqrt(1 + 2 * rate * rate * k.q2));
      return std::nullopt;
    case Kind::gaussian:
      if (n == 0) return 1 / sqrt(1 - 2 * rate * k.q2);
      return std::nullopt;
    case Kind::gaussian_slope:
      if (n == 1) return k.c * 2 * rate / power(sqrt(1 - 2 * rate * k.q2), 3);
      return std::nullopt;
    case Kind::row:
      if (n == 0) return row_mean(b, g, 0, k.q2);
      if (n == 1)
        if (const Answer slope = row_mean(b, g, 1, k.q2)) return k.c * *slope;
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

Answer of_rows(ir::Builder& b, const Part& f, const Part& g, const K& k) {
  if (f.row != g.row || !(f.rate == g.rate)) return std::nullopt;
  const Num square_rate = square(rate_of(b, f));
  const Form value = f.row->closed->dual(b, {},
                                         {(square_rate * k.q1).v, (square_rate * k.q2).v, (square_rate * k.c).v, (square_rate * k.D).v,
                                          (square_rate * square_rate * k.gram).v},
                                         f.degree, g.degree);
  return value ? Answer(ir::num(b, *value)) : std::nullopt;
}

// E[f(u) g(v)] without their factors, f of no later kind than g.
Answer ordered(ir::Builder& b, const Part& f, const Part& g, const K& k) {
  if (parity(f) * parity(g) < 0) return number(b, 0);
  if (f.kind == Kind::power && g.kind == Kind::power) {
    Coefficients first(f.degree + 1, 0), second(g.degree + 1, 0);
    first.back() = second.back() = 1;
    return ir::num(b, polynomial_dual(b, first, second, k));
  }
  if (f.kind == Kind::power) return with_power(b, f.degree, g, k);
  const Num r = exact(b, simplify(f.rate * g.rate)), first = rate_of(b, f), second = rate_of(b, g);
  if (f.kind == Kind::sine && g.kind == Kind::sine) return Waving(b, f, g, k).sines(k);
  if (f.kind == Kind::cosine && g.kind == Kind::cosine) {
    const Waving w(b, f, g, k);
    return (w.near + w.far) / 2;
  }
  const Num half1 = first * first * k.q1 / 2, half2 = second * second * k.q2 / 2;
  if (f.kind == Kind::versine && g.kind == Kind::versine)
    return expm1(-half1) * expm1(-half2) + Waving(b, f, g, k).covariance_of_cosines(k);
  if (f.kind == Kind::versine && g.kind == Kind::rise)
    return 2 * exp(half2 - half1) * square(ir::apply(Function::sin, r * k.c / 2)) - expm1(-half1) * expm1(half2);
  if (f.kind == Kind::rise && g.kind == Kind::rise) return exp(half1 + half2) * expm1(r * k.c) + expm1(half1) * expm1(half2);
  if (g.kind == Kind::exponential || (f.kind == Kind::sine && g.kind == Kind::rise)) {
    if (f.kind == Kind::exponential) return exp(half1 + half2 + r * k.c);
    if (f.kind == Kind::versine) return std::nullopt;
    const Num front = exp(half2 - half1);
    return front * ir::apply(f.kind == Kind::sine ? Function::sin : Function::cos, r * k.c);
  }
  if (f.kind == Kind::erf && g.kind == Kind::erf) {
    const Num w = sqrt(1 + 2 * first * first * k.q1 + 2 * second * second * k.q2 + 4 * r * r * k.gram);
    return 2 / pi(b) * atan2(2 * r * k.c, w);
  }
  const Num w2 = 1 - 2 * first * k.q1 - 2 * second * k.q2 + 4 * r * k.gram;
  if (f.kind == Kind::gaussian && g.kind == Kind::gaussian) return 1 / sqrt(w2);
  if (f.kind == Kind::gaussian_slope && g.kind == Kind::gaussian_slope) return 4 * r * k.c / (w2 * sqrt(w2));
  if (f.kind == Kind::row && g.kind == Kind::row) return of_rows(b, f, g, k);
  return std::nullopt;
}

Answer of_two(ir::Builder& b, const Part& f, const Part& g, const ir::Builder::Covariance& k) {
  const bool swapped = g.kind < f.kind;
  const K sides(b, swapped ? ir::Builder::Covariance{k.q2, k.q1, k.c, k.distance, k.gram} : k);
  const Answer value = swapped ? ordered(b, g, f, sides) : ordered(b, f, g, sides);
  if (!value) return std::nullopt;
  return exact(b, simplify(f.factor * g.factor)) * *value;
}

std::optional<Part> differentiated(Part p) {
  switch (p.kind) {
    case Kind::power:
      p.factor = p.factor * p.degree;
      p.degree = std::max(0, p.degree - 1);
      break;
    case Kind::sine:
      p.kind = Kind::cosine;
      p.factor = p.factor * p.rate;
      break;
    case Kind::cosine:
      p.kind = Kind::sine;
      p.factor = -p.factor * p.rate;
      break;
    case Kind::versine:
      p.kind = Kind::sine;
      p.factor = p.factor * p.rate;
      break;
    case Kind::exponential:
    case Kind::rise:
      p.kind = Kind::exponential;
      p.factor = p.factor * p.rate;
      break;
    case Kind::erf:
      p = {Kind::gaussian, 2 * p.factor * p.rate / sqrt(4 * atan(Expr(1))), simplify(-(p.rate * p.rate))};
      break;
    case Kind::gaussian:
      p.kind = Kind::gaussian_slope;
      break;
    case Kind::row:
      p.factor = p.factor * p.rate;
      ++p.degree;
      break;
    default:
      return std::nullopt;
  }
  p.factor = simplify(p.factor);
  return p;
}

std::optional<Parts> differentiated(const Parts& parts, int times) {
  Parts out;
  for (const Part& part : parts) {
    std::optional<Part> p = part;
    for (int i = 0; i < times && p; ++i) p = differentiated(*p);
    if (!p) return std::nullopt;
    if (!(p->factor == Expr(0))) out.push_back(std::move(*p));
  }
  return out;
}

}  // namespace

std::optional<Num> expectation(ir::Builder& b, const Parts& f, int i, const Parts& g, int j, const ir::Builder::Covariance& k) {
  const auto left = differentiated(f, i), right = differentiated(g, j);
  if (!left || !right) return std::nullopt;
  Num sum = number(b, 0);
  for (const Part& p : *left)
    for (const Part& q : *right) {
      const Answer term = of_two(b, p, q, k);
      if (!term) return std::nullopt;
      sum = sum + *term;
    }
  return sum;
}

std::optional<Num> expectation(ir::Builder& b, const Parts& f, int i, Value q) {
  return expectation(b, f, i, {Part{}}, 0, {q, q, q, b.constant(0), b.constant(0)});
}

}  // namespace ntkc::activations
