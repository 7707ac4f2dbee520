// Sums, products and quotients are rounded by the sign of their error, which is a double (Knuth's sum, fused multiply-add).
#include "expr/interval.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "numeric/real.hpp"

namespace ntkc::expr {
namespace {

constexpr double kTiny = 1e-280;  // below it errors may underflow

double next(double x) {
  if (x == 0 || x == kInfinity) return x == 0 ? std::numeric_limits<double>::denorm_min() : x;
  return std::bit_cast<double>(std::bit_cast<std::int64_t>(x) + (x > 0 ? 1 : -1));
}
Interval sane(double low, double high) { return {std::min(low, kLargest), std::max(high, -kLargest)}; }
double divide_down(double a, double b) { return -divide_up(-a, b); }
double multiply_down(double a, double b) { return -multiply_up(-a, b); }

}  // namespace

double raised(double x, double ulps) {
  return std::isfinite(x) ? next(x + std::abs(x) * ulps * std::numeric_limits<double>::epsilon()) : x;
}

double add_up(double a, double b) {
  const double sum = a + b;
  if (!std::isfinite(sum)) return std::isinf(a) || std::isinf(b) || sum > 0 ? sum : -kLargest;
  const double part = sum - a, error = (a - (sum - part)) + (b - part);
  return error > 0 ? next(sum) : sum;
}

double multiply_up(double a, double b) {
  if (a == 0 || b == 0) return 0;
  const double product = a * b;
  if (!std::isfinite(product)) return std::isinf(a) || std::isinf(b) || product > 0 ? product : -kLargest;
  return std::abs(product) < kTiny || std::fma(a, b, -product) > 0 ? next(product) : product;
}

double divide_up(double a, double b) {
  if (a == 0 || std::isinf(b)) return 0;
  const double quotient = a / b;
  if (!std::isfinite(quotient)) return std::isinf(a) || quotient > 0 ? quotient : -kLargest;
  const double rest = std::fma(-quotient, b, a);
  const bool below = rest != 0 && (rest > 0) == (b > 0);
  return std::abs(quotient) < kTiny || std::abs(a) < kTiny || below ? next(quotient) : quotient;
}

double Interval::most() const { return std::max(-low, high) + 0.0; }  // not -0
double Interval::least() const { return low > 0 ? low : high < 0 ? -high : 0; }

Interval operator-(Interval a) { return {-a.high, -a.low}; }
Interval operator+(Interval a, Interval b) { return sane(-add_up(-a.low, -b.low), add_up(a.high, b.high)); }
Interval operator-(Interval a, Interval b) { return a + -b; }

Interval operator*(Interval a, Interval b) {
  if (a.low < 0 && a.high <= 0) return -(-a * b);
  if (b.low < 0 && b.high <= 0) return -(a * -b);
  if (a.low < 0 && b.low < 0)
    return sane(std::min(multiply_down(a.low, b.high), multiply_down(a.high, b.low)),
                std::max(multiply_up(a.low, b.low), multiply_up(a.high, b.high)));
  return sane(multiply_down(b.low < 0 ? a.high : a.low, a.low < 0 ? b.high : b.low), multiply_up(a.high, b.high));
}

Interval operator/(Interval a, Interval b) {
  if (b.low < 0 && b.high <= 0) return -a / -b;
  if (b.low < 0 || b.high == 0) return kAllReals;
  if (b.low == 0) {  // whatever is near 0 may be divided by what is near 0
    return {a.low < 0 ? -kInfinity : std::min(divide_down(a.low, b.high), kLargest), a.high > 0 ? kInfinity : divide_up(a.high, b.high)};
  }
  return sane(divide_down(a.low, a.low < 0 ? b.low : b.high), divide_up(a.high, a.high < 0 ? b.high : b.low));
}

Interval hull(Interval a, Interval b) { return {std::min(a.low, b.low), std::max(a.high, b.high)}; }

Interval meet(Interval a, Interval b) {
  const Interval both{std::max(a.low, b.low), std::min(a.high, b.high)};
  return both.low <= both.high ? both : a;
}

Interval interval(const numeric::Number& number) {
  const double nearest = number.to_double();
  if (std::isnan(nearest)) return kAllReals;
  if (std::isinf(nearest)) return nearest > 0 ? Interval{kLargest, kInfinity} : Interval{-kInfinity, -kLargest};
  if (number == numeric::Number(nearest)) return {nearest, nearest};
  return number < numeric::Number(nearest) ? Interval{std::nextafter(nearest, -kInfinity), nearest} : Interval{nearest, next(nearest)};
}

Seams operator&(const Seams& a, const Seams& b) { return {a.smooth && b.smooth, a.continuous && b.continuous, a.defined && b.defined}; }

}  // namespace ntkc::expr
