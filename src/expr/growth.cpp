// Sums, products and quotients of scales are scales; exp(g) lies between exponentials of lines through g(start) with the least and the
// largest slope of g. Factors are kept by their logarithms, rounded the safe way: `most` up, `least` down.
#include "expr/growth.hpp"

#include <algorithm>

namespace ntkc::expr {
namespace {

using Bound = std::optional<Scale>;

constexpr double kNothing = -1e300;  // the logarithm of 0
constexpr double kLog2 = 0.6931471805599453;

// Rounding of logarithms and exponentials: 8 units in the last place.
double above(double x) { return raised(x, 8); }
double below(double x) { return -raised(-x, 8); }
Scale flipped(const Scale& s) { return {-s.log_factor, -s.power, -s.rate}; }  // 1 / s; `most` becomes `least`

Scale times(const Scale& a, const Scale& b) {
  return {add_up(a.log_factor, b.log_factor), add_up(a.power, b.power), -add_up(-a.rate, -b.rate)};
}
Bound product(const Bound& a, const Bound& b) { return a && b ? Bound(times(*a, *b)) : std::nullopt; }
Bound product_below(const Bound& a, const Bound& b) { return a && b ? Bound(flipped(times(flipped(*a), flipped(*b)))) : std::nullopt; }
Bound inverse(const Bound& a) { return a ? Bound(flipped(*a)) : std::nullopt; }

// s^(n / d), n, d > 0
Scale to_power(const Scale& s, double n, double d) {
  const auto up = [&](double x) { return divide_up(multiply_up(x, n), d); };
  return {up(s.log_factor), up(s.power), -up(-s.rate)};
}
Growth to_power(const Growth& g, double n, double d = 1) {
  Growth out;
  if (g.most) out.most = to_power(*g.most, n, d);
  if (g.least) out.least = flipped(to_power(flipped(*g.least), n, d));
  return out;
}
Growth inverse(const Growth& g) { return {inverse(g.least), inverse(g.most)}; }

Bound constant(double most) {
  if (!std::isfinite(most)) return std::nullopt;
  return Scale{most > 0 ? above(std::log(most)) : kNothing, 0, 0};
}
Bound constant_below(double least) { return least > 0 && std::isfinite(least) ? Bound(Scale{below(std::log(least)), 0, 0}) : std::nullopt; }

// The supremum of s over t >= start.
double largest(const Scale& s, double start) {
  if (s.rate < 0 || (s.rate == 0 && s.power > 0)) return kInfinity;
  const double place = s.rate > 0 ? std::max(start, s.power / s.rate) : start;
  const double part = s.power * std::log(place), log = above(above(s.log_factor + part - s.rate * place) + 1e-15 * std::abs(part));
  return above(std::exp(log));
}

// a + b, by the one that is larger far out and what the other adds to it.
Bound sum(const Bound& a, const Bound& b, double start) {
  if (!a || !b) return std::nullopt;
  if (a->log_factor <= kNothing || b->log_factor <= kNothing) return a->log_factor <= kNothing ? b : a;
  const bool second = b->rate != a->rate ? b->rate < a->rate : b->power > a->power;
  const Scale &large = second ? *b : *a, &small = second ? *a : *b;
  const double share = largest(times(small, flipped(large)), start);
  if (!std::isfinite(share)) return std::nullopt;
  return Scale{add_up(large.log_factor, above(std::log1p(share))), large.power, large.rate};
}

// Of two of one sign the larger one far out; else what the smaller one leaves of the larger one.
Bound sum_below(const Growth* g, bool same_sign, double start) {
  if (same_sign) {
    if (!g[0].least || !g[1].least) return g[0].least ? g[0].least : g[1].least;
    const Scale &a = *g[0].least, &b = *g[1].least;
    return (b.rate != a.rate ? b.rate < a.rate : b.power > a.power) ? b : a;
  }
  for (const int i : {0, 1}) {
    if (!g[i].least || !g[1 - i].most) continue;
    const double share = largest(times(*g[1 - i].most, flipped(*g[i].least)), start);
    if (share < 1) return Scale{below(g[i].least->log_factor + below(std::log1p(-share))), g[i].least->power, g[i].least->rate};
  }
  return std::nullopt;
}

// log(1 + |g|), and log |g| where that is positive: log t <= t for t >= 1.
Bound logarithm(const Bound& g) {
  if (!g) return std::nullopt;
  const double sum = std::max(g->log_factor, 0.0) + std::max(g->power, 0.0) + std::max(-g->rate, 0.0) + kLog2;
  return Scale{above(std::log(above(sum))), 1, 0};
}

bool positive(const Interval& x) { return x.low >= 0; }
bool negative(const Interval& x) { return x.high <= 0; }

// exp(g) with g below the line through its start.
Bound exponential(const Ahead& g, double start) {
  if (!std::isfinite(g.slope.high) || !std::isfinite(g.at_start.high)) return std::nullopt;
  return Scale{above(add_up(g.at_start.high, multiply_up(-g.slope.high, start))), 0, -g.slope.high};
}
Bound exponential_below(const Ahead& g, double start) { return inverse(exponential({-g.at_start, -g.slope}, start)); }

Bound scaled(Bound b, double log_factor) {
  if (b) b->log_factor = add_up(b->log_factor, log_factor);
  return b;
}
Bound scaled_below(Bound b, double log_factor) { return inverse(scaled(inverse(b), -log_factor)); }

// |f(t)| <= |f(start)| + slope (t - start)
Bound line(const Ahead& f) {
  const double slope = f.slope.most(), at = f.at_start.most();
  if (!std::isfinite(slope) || !std::isfinite(at)) return std::nullopt;
  Bound b = constant(add_up(at, slope));
  if (b) b->power = 1;
  return b;
}

Ahead minus(const Ahead& g) { return {-g.at_start, -g.slope}; }
// -g^2 / 2 and its slope - g g', where g keeps its sign.
Ahead half_square(const Ahead& g, Interval range) { return {-(g.at_start * g.at_start) * Interval{0.5, 0.5}, -(range * g.slope)}; }

Growth of_call(Function f, const Range* args, const Growth* g, const Ahead& first, double start) {
  const Interval x = args[0].value, y = arity(f) > 1 ? args[1].value : x;
  const bool same = (positive(x) && positive(y)) || (negative(x) && negative(y));
  const bool opposite = (positive(x) && negative(y)) || (negative(x) && positive(y));
  switch (f) {
    case Function::add:
      return {sum(g[0].most, g[1].most, start), sum_below(g, same, start)};
    case Function::sub:
      return {sum(g[0].most, g[1].most, start), sum_below(g, opposite, start)};
    case Function::mul:
      return {product(g[0].most, g[1].most), product_below(g[0].least, g[1].least)};
    case Function::div:
      return {product(g[0].most, inverse(g[1].least)), product_below(g[0].least, inverse(g[1].most))};
    case Function::neg:
    case Function::abs:
      return g[0];
    case Function::sqrt:
      return to_power(g[0], 1, 2);
    case Function::cbrt:
      return to_power(g[0], 1, 3);
    case Function::pow:
      if (y.low != y.high || y.low == 0) return {};
      return y.low > 0 ? to_power(g[0], y.low) : inverse(to_power(g[0], -y.low));
    case Function::min:
    case Function::max: {
      const bool lower = f == Function::min;
      if (x.high <= y.low) return g[lower ? 0 : 1];
      if (y.high <= x.low) return g[lower ? 1 : 0];
      return {sum(g[0].most, g[1].most, start), std::nullopt};
    }
    case Function::select:
      if (!x.contains(0)) return g[1];
      if (x.low == 0 && x.high == 0) return g[2];
      return {sum(g[1].most, g[2].most, start), std::nullopt};
    case Function::exp:
      return {exponential(first, start), exponential_below(first, start)};
    case Function::expm1:
      if (x.low >= 1) return {exponential(first, start), scaled_below(exponential_below(first, start), -0.46)};  // log(1 - 1/e) > -0.46
      return {};
    case Function::sinh:
    case Function::cosh: {  // exp(|g|) / 2, but for what is lost at 1: log((1 - exp(-2)) / 2) > -0.84
      if (!positive(x) && !negative(x)) return {};
      const Ahead size = positive(x) ? first : minus(first);
      const bool even = f == Function::cosh;
      return {scaled(exponential(size, start), even ? above(std::log1p(std::exp(-2 * x.least())) - kLog2) : -kLog2),
              even             ? scaled_below(exponential_below(size, start), -kLog2)
              : x.least() >= 1 ? scaled_below(exponential_below(size, start), -0.84)
                               : Bound{}};
    }
    case Function::sigmoid:
      if (negative(x)) return {exponential(first, start), scaled_below(exponential_below(first, start), -kLog2)};
      return {};
    case Function::softplus:  // log1p(y) >= y log 2 for y <= 1; g <= softplus(g) <= g + log 2 for g >= 0
      if (negative(x)) return {exponential(first, start), scaled_below(exponential_below(first, start), std::log(kLog2))};
      if (positive(x)) return {sum(g[0].most, constant(kLog2), start), g[0].least};
      return {};
    case Function::norm_pdf:
      return {exponential(half_square(first, x), start), std::nullopt};
    case Function::norm_cdf:
      if (negative(x)) return {exponential(half_square(first, x), start), std::nullopt};
      return {};
    case Function::erfc:
      if (positive(x)) {
        const Ahead h = half_square(first, x);
        return {exponential({h.at_start + h.at_start, h.slope + h.slope}, start), std::nullopt};
      }
      return {};
    case Function::log:
    case Function::log1p: {  // slope g' / g
      const Interval inside = f == Function::log ? x : x + Interval{1, 1};
      if (!(inside.low > 0)) return {};
      Range at{first.at_start, {}};
      const Bound steep = line({image(f, &at).value, first.slope / inside});
      return {steep || !(inside.low >= 1) ? steep : logarithm(g[0].most), std::nullopt};
    }
    default:
      return {};
  }
}

}  // namespace

Growth growth_of_variable() { return {Scale{0, 1, 0}, Scale{0, 1, 0}}; }
Growth growth_within(Interval range) { return {constant(range.most()), constant_below(range.least())}; }

bool looks_ahead(Function f) {
  switch (f) {
    case Function::exp:
    case Function::expm1:
    case Function::sinh:
    case Function::cosh:
    case Function::sigmoid:
    case Function::softplus:
    case Function::norm_pdf:
    case Function::norm_cdf:
    case Function::erfc:
    case Function::log:
    case Function::log1p:
      return true;
    default:
      return false;
  }
}

Growth growth(Function f, const Range* args, const Growth* growths, const Ahead& first, const Range& range, double start) {
  Growth made = of_call(f, args, growths, first, start);
  const Growth plain = growth_within(range.value);
  if (!made.most || (plain.most && made.most->rate <= 0 && made.most->power >= 0)) made.most = plain.most;
  if (!made.least || (plain.least && made.least->rate >= 0 && made.least->power <= 0)) made.least = plain.least;
  return made;
}

Interval tightened(Interval range, const Growth& growth, double start) {
  if (growth.most) {
    const double most = largest(*growth.most, start);
    range = meet(range, {-most, most});
  }
  if (growth.least) {
    const double least = below(1 / largest(flipped(*growth.least), start));
    if (range.low >= 0) range = meet(range, {least, kInfinity});
    if (range.high <= 0) range = meet(range, {-kInfinity, -least});
  }
  return range;
}

}  // namespace ntkc::expr
