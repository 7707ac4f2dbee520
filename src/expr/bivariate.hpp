// P(U > h, V > k) and E[(U - h)+ (V - k)+] of two standard normals of covariance (c, gram), to the digits of any number type: the integrals
// of include/ntk/runtime/bivariate.hpp from rho = +-1, by the rule of Takahasi & Mori 1974 (tanh-sinh). Slow: for the judge and for tests.
#pragma once
#include <cmath>
#include <limits>

namespace ntkc::expr::detail {

// The integral of f over [0, length]; halved until two answers share half their digits, because each halving doubles them.
template <class T, class F>
T tanh_sinh(const F& f, const T& length) {
  using std::abs, std::atan, std::cosh, std::exp, std::sinh, std::sqrt;
  const T half_turn = 4 * atan(T(1)), epsilon = std::numeric_limits<T>::epsilon();
  T step = 1, sum = 0, value = 0;
  for (int level = 0; level < 12; ++level) {
    for (int sign = -1; sign <= 1; sign += 2)
      for (int i = level == 0 && sign > 0 ? 0 : 1;; i += level == 0 ? 1 : 2) {
        const T t = sign * i * step, tail = exp(T(-half_turn * sinh(abs(t))));  // of the nearer end
        const T share = t < 0 ? T(tail / (1 + tail)) : T(1 / (1 + tail));
        sum += f(T(length * share)) * half_turn * cosh(t) * tail / ((1 + tail) * (1 + tail));
        if (tail < epsilon * epsilon) break;
      }
    const T last = value;
    value = length * step * sum;
    if (level > 2 && abs(value - last) <= abs(value) * sqrt(epsilon)) break;
    step /= 2;
  }
  return value;
}

// moment 0: the orthant, 1: the hinges.
template <class T>
T normal_pair(int moment, const T& h, const T& k_, const T& c, const T& gram) {
  using std::abs, std::atan, std::erfc, std::exp, std::sqrt;
  const T det = gram < 0 ? T(0) : gram, norm = sqrt(T(c * c + det));
  const T rho = norm == 0 ? T(0) : T(abs(c) / norm), y = norm == 0 ? T(1) : T(sqrt(det) / (norm + abs(c))), k = c < 0 ? T(-k_) : k_;
  const T gap = (h - k) * (h - k) / 8, sum = (h + k) * (h + k) / 8, half_turn = 4 * atan(T(1));
  const auto crossing = [&](const T& t) -> T {
    const T z = t * t;
    if (z == 0) return gap == 0 && moment == 0 ? T(exp(T(-sum))) : T(0);
    const T value = exp(T(-(gap * (1 + 1 / z) + sum * (1 + z)))) / (1 + z);
    return moment == 0 ? value : T(2 * value * (y - t) * (y + t) / ((1 + z) * (1 + y * y)));
  };
  const auto above = [](const T& x) { return T(erfc(T(x / sqrt(T(2)))) / 2); };
  const auto equal = [&](const T& high, const T& low) -> T {  // of V = U
    if (moment == 0) return above(high);
    const T density = exp(T(-high * high / 2)) / sqrt(T(2 * half_turn));
    return rho * above(high) - low * (density - high * above(high));
  };
  const T part = y == 0 ? T(0) : T(tanh_sinh(crossing, y) / half_turn);
  if (c < 0) return h < k ? T((moment == 0 ? equal(h, k) - equal(k, h) : equal(k, h) - equal(h, k)) + part) : part;
  const T both = h < k ? equal(k, h) : equal(h, k);
  return moment == 0 ? T(both - part) : T(both + part);
}

}  // namespace ntkc::expr::detail
