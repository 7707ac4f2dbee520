#include "numeric/double_double.hpp"

#include <array>

#include "ntk/runtime/trigonometric.hpp"

namespace ntkc::numeric {

DoubleDouble pi() { return DoubleDouble(3.141592653589793) + 1.2246467991473532e-16; }

DoubleDouble sqrt(const DoubleDouble& x) {
  if (!(0 < x.high)) return 0.0;
  const double root = std::sqrt(x.high);
  return DoubleDouble(root) + (x - DoubleDouble::product(root, root)).high / (2 * root);
}

namespace {

constexpr int kTerms = 17;
// 1 / k!
std::array<DoubleDouble, kTerms + 1> inverse_factorials() {
  std::array<DoubleDouble, kTerms + 1> out;
  out[0] = 1.0;
  for (int k = 1; k <= kTerms; ++k) out[static_cast<std::size_t>(k)] = out[static_cast<std::size_t>(k) - 1] / DoubleDouble(k);
  return out;
}

}  // namespace

// Of x / 64 by Taylor's series, then doubled; 1 - cos in place of cos keeps its digits.
SinCos sin_cos(const DoubleDouble& x) {
  static const auto inverse = inverse_factorials();
  constexpr int kHalvings = 6;
  const DoubleDouble part = x * 0.015625, minus = -(part * part);
  DoubleDouble sin = inverse[kTerms], versine = inverse[kTerms - 1];
  for (std::size_t k = kTerms - 2; k > 1; k -= 2) sin = sin * minus + inverse[k], versine = versine * minus + inverse[k - 1];
  sin = (sin * minus + 1.0) * part;
  versine = versine * -minus;
  for (int i = 0; i < kHalvings; ++i) {
    const DoubleDouble twice = sin * sin * 2.0;
    sin = sin * (DoubleDouble(1.0) - versine) * 2.0;
    versine = twice;
  }
  return {sin, DoubleDouble(1.0) - versine};
}

// One step of Newton's method from an angle of double precision.
DoubleDouble atan2(const DoubleDouble& y, const DoubleDouble& x) {
  const DoubleDouble radius = sqrt(x * x + y * y);
  if (radius == 0.0) return 0.0;
  const double near = ::ntk::math::atan2(y.high, x.high);
  const auto at = sin_cos(near);
  return DoubleDouble(near) + (y * at.cos - x * at.sin) / radius;
}

// Below 1 by its series, because the two terms cancel: sum over k of (-1)^(k+1) 2k x^(2k+1) / (2k+1)!.
DoubleDouble sin_minus_x_cos(const DoubleDouble& x) {
  if (!(std::fabs(x.high) < 1)) {
    const auto at = sin_cos(x);
    return at.sin - x * at.cos;
  }
  const DoubleDouble square = x * x;
  DoubleDouble term = x * square / 3.0, sum = term;
  for (int k = 2; k < 16; ++k) {
    term = term * square / DoubleDouble(-static_cast<double>((2 * k - 2) * (2 * k + 1)));
    sum = sum + term;
  }
  return sum;
}

}  // namespace ntkc::numeric
