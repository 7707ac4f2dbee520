// Unevaluated sums of two doubles: 31 digits by the operations of IEEE 754 alone, so the same bits on every machine (Dekker 1971; Knuth,
// TAOCP 2, 4.2.2). Its users are compiled without fused multiply-adds. For numbers of moderate size: no infinities.
#pragma once
#include <cmath>

namespace ntkc::numeric {

struct DoubleDouble {
  double high = 0, low = 0;

  DoubleDouble() = default;
  DoubleDouble(double h) : high(h) {}
  static DoubleDouble sum(double a, double b) {
    const double s = a + b, t = s - a;
    return {s, (a - (s - t)) + (b - t)};
  }
  static DoubleDouble product(double a, double b) {
    const auto split = [](double x) {
      const double c = 134217729.0 * x, high_part = c - (c - x);  // 2^27 + 1
      return DoubleDouble(high_part, x - high_part);
    };
    const double p = a * b;
    const DoubleDouble u = split(a), v = split(b);
    return {p, ((u.high * v.high - p) + u.high * v.low + u.low * v.high) + u.low * v.low};
  }
  friend DoubleDouble operator+(const DoubleDouble& a, const DoubleDouble& b) {
    const DoubleDouble s = sum(a.high, b.high), t = sum(a.low, b.low);
    const DoubleDouble first = quick(s.high, s.low + t.high);
    return quick(first.high, first.low + t.low);
  }
  friend DoubleDouble operator-(const DoubleDouble& a) { return {-a.high, -a.low}; }
  friend DoubleDouble operator-(const DoubleDouble& a, const DoubleDouble& b) { return a + -b; }
  friend DoubleDouble operator*(const DoubleDouble& a, const DoubleDouble& b) {
    const DoubleDouble p = product(a.high, b.high);
    return quick(p.high, p.low + (a.high * b.low + a.low * b.high));
  }
  friend DoubleDouble operator/(const DoubleDouble& a, const DoubleDouble& b) {
    const double first = a.high / b.high;
    const DoubleDouble rest = a - b * first;
    const double second = rest.high / b.high;
    return quick(first, second) + (rest - b * second).high / b.high;
  }
  friend bool operator<(const DoubleDouble& a, const DoubleDouble& b) { return a.high < b.high || (a.high == b.high && a.low < b.low); }
  friend bool operator==(const DoubleDouble& a, const DoubleDouble& b) { return a.high == b.high && a.low == b.low; }
  double value() const { return high + low; }

 private:
  DoubleDouble(double h, double l) : high(h), low(l) {}
  static DoubleDouble quick(double a, double b) {
    const double s = a + b;
    return {s, b - (s - a)};
  }
};

DoubleDouble pi();
DoubleDouble sqrt(const DoubleDouble& x);
struct SinCos {
  DoubleDouble sin, cos;
};
SinCos sin_cos(const DoubleDouble& x);                             // |x| <= 4
DoubleDouble atan2(const DoubleDouble& y, const DoubleDouble& x);  // 0 at (0, 0)
DoubleDouble sin_minus_x_cos(const DoubleDouble& x);

}  // namespace ntkc::numeric
