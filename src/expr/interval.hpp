// Intervals that hold every real value of a function of the language: ends are rounded outward.
#pragma once
#include <cmath>
#include <limits>

#include "expr/expr.hpp"

namespace ntkc::expr {

// All reals from low to high; an end may be infinite. A low end is never +inf, a high end never -inf.
struct Interval {
  double low, high;
  bool contains(double x) const { return low <= x && x <= high; }
  double most() const;   // the largest |x| in it
  double least() const;  // the smallest
};
inline constexpr double kInfinity = HUGE_VAL, kLargest = std::numeric_limits<double>::max();
inline constexpr Interval kAllReals{-kInfinity, kInfinity};
Interval operator+(Interval a, Interval b);
Interval operator-(Interval a, Interval b);
Interval operator*(Interval a, Interval b);
Interval operator/(Interval a, Interval b);  // all reals where b holds 0 inside
Interval operator-(Interval a);
Interval hull(Interval a, Interval b);
Interval meet(Interval a, Interval b);  // of two that hold the same values
Interval interval(const numeric::Number& value);

// Rounded up; -add_up(-a, -b) rounds down. What is exact stays.
double add_up(double a, double b);
double multiply_up(double a, double b);  // 0 * inf = 0
double divide_up(double a, double b);    // x / inf = 0
double raised(double x, double ulps);    // x and so many units in its last place
inline double lowered(double x, double ulps) { return -raised(-x, ulps); }

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
