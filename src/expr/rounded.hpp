// Sums, products and quotients of doubles, rounded up by the sign of their error, which is a double (Knuth's sum, fused multiply-add).
// -add_up(-a, -b) rounds down. What is exact stays.
#pragma once
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace ntkc::expr {

inline constexpr double kInfinity = HUGE_VAL, kLargest = std::numeric_limits<double>::max();

inline double next_above(double x) {
  if (x == 0 || x == kInfinity) return x == 0 ? std::numeric_limits<double>::denorm_min() : x;
  return std::bit_cast<double>(std::bit_cast<std::int64_t>(x) + (x > 0 ? 1 : -1));
}

// x and so many units in its last place.
inline double raised(double x, double ulps) {
  return std::isfinite(x) ? next_above(x + std::abs(x) * ulps * std::numeric_limits<double>::epsilon()) : x;
}
inline double lowered(double x, double ulps) { return -raised(-x, ulps); }

inline double add_up(double a, double b) {
  const double sum = a + b;
  if (!std::isfinite(sum)) return std::isinf(a) || std::isinf(b) || sum > 0 ? sum : -kLargest;
  const double part = sum - a, error = (a - (sum - part)) + (b - part);
  return error > 0 ? next_above(sum) : sum;
}

inline constexpr double kTiny = 1e-280;  // below it errors may underflow

// 0 * inf = 0
inline double multiply_up(double a, double b) {
  if (a == 0 || b == 0) return 0;
  const double product = a * b;
  if (!std::isfinite(product)) return std::isinf(a) || std::isinf(b) || product > 0 ? product : -kLargest;
  return std::abs(product) < kTiny || std::fma(a, b, -product) > 0 ? next_above(product) : product;
}
inline double multiply_down(double a, double b) { return -multiply_up(-a, b); }

// x / inf = 0
inline double divide_up(double a, double b) {
  if (a == 0 || std::isinf(b)) return 0;
  const double quotient = a / b;
  if (!std::isfinite(quotient)) return std::isinf(a) || quotient > 0 ? quotient : -kLargest;
  const double rest = std::fma(-quotient, b, a);
  const bool below = rest != 0 && (rest > 0) == (b > 0);
  return std::abs(quotient) < kTiny || std::abs(a) < kTiny || below ? next_above(quotient) : quotient;
}
inline double divide_down(double a, double b) { return -divide_up(-a, b); }

}  // namespace ntkc::expr
