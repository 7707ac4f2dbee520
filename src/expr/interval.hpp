// Intervals that hold every real value of a function of the language: ends are rounded outward.
#pragma once
#include <algorithm>

#include "expr/expr.hpp"
#include "expr/rounded.hpp"

namespace ntkc::expr {

// All reals from low to high; an end may be infinite. A low end is never +inf, a high end never -inf.
struct Interval {
  double low, high;
  bool contains(double x) const { return low <= x && x <= high; }
  double most() const { return std::max(-low, high) + 0.0; }             // the largest |x| in it; not -0
  double least() const { return low > 0 ? low : high < 0 ? -high : 0; }  // the smallest
};
inline constexpr Interval kAllReals{-kInfinity, kInfinity};

inline Interval sane(double low, double high) { return {std::min(low, kLargest), std::max(high, -kLargest)}; }
inline Interval operator-(Interval a) { return {-a.high, -a.low}; }
inline Interval operator+(Interval a, Interval b) { return sane(-add_up(-a.low, -b.low), add_up(a.high, b.high)); }
inline Interval operator-(Interval a, Interval b) { return a + -b; }

inline Interval operator*(Interval a, Interval b) {
  if (a.low < 0 && a.high <= 0) return -(-a * b);
  if (b.low < 0 && b.high <= 0) return -(a * -b);
  if (a.low < 0 && b.low < 0)
    return sane(std::min(multiply_down(a.low, b.high), multiply_down(a.high, b.low)),
                std::max(multiply_up(a.low, b.low), multiply_up(a.high, b.high)));
  return sane(multiply_down(b.low < 0 ? a.high : a.low, a.low < 0 ? b.high : b.low), multiply_up(a.high, b.high));
}

// All reals where b holds 0 inside.
inline Interval operator/(Interval a, Interval b) {
  if (b.low < 0 && b.high <= 0) return -a / -b;
  if (b.low < 0 || b.high == 0) return kAllReals;
  if (b.low == 0) {  // whatever is near 0 may be divided by what is near 0
    return {a.low < 0 ? -kInfinity : std::min(divide_down(a.low, b.high), kLargest), a.high > 0 ? kInfinity : divide_up(a.high, b.high)};
  }
  return sane(divide_down(a.low, a.low < 0 ? b.low : b.high), divide_up(a.high, a.high < 0 ? b.high : b.low));
}

inline Interval hull(Interval a, Interval b) { return {std::min(a.low, b.low), std::max(a.high, b.high)}; }

// Of two that hold the same values.
inline Interval meet(Interval a, Interval b) {
  const Interval both{std::max(a.low, b.low), std::min(a.high, b.high)};
  return both.low <= both.high ? both : a;
}

Interval interval(const numeric::Number& value);

// What is known of an expression on the inside of an interval of the variable, but for isolated points.
struct Seams {
  bool smooth = true;      // analytic
  bool continuous = true;  // no condition changes
  bool defined = true;     // a real number everywhere
};
Seams operator&(const Seams& a, const Seams& b);

// The values that f takes where its arguments take those of `args` (image.cpp).
struct Range {
  Interval value = kAllReals;
  Seams seams = {};
};
Range image(Function f, const Range* args);

}  // namespace ntkc::expr
