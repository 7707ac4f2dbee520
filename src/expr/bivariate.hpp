// P(U > h, V > k) and E[(U - h)+ (V - k)+] of two standard normals of covariance (c, gram), to the digits of any number type: the integrals
// of include/ntk/runtime/bivariate.hpp from rho = +-1, by the rule of Takahasi & Mori 1974 (tanh-sinh). Slow: for the judge and for tests.
#pragma once
#include <array>
#include <cmath>
#include <limits>
#include <mutex>
#include <vector>

namespace ntkc::expr::detail {

inline constexpr std::size_t kTanhSinhLevels = 10;

template <class T>
struct TanhSinhNode {
  T share, weight;  // of the length
};
// The nodes that a halving of the step adds, both ends alike: shares of the length from 0, and what they weigh before the step.
template <class T>
const std::vector<TanhSinhNode<T>>& tanh_sinh_nodes(std::size_t level) {
  using std::atan, std::cosh, std::exp, std::sinh;
  static std::array<std::vector<TanhSinhNode<T>>, kTanhSinhLevels> levels;
  static std::array<std::once_flag, kTanhSinhLevels> made;
  std::call_once(made[level], [&] {
    const T half_turn = 4 * atan(T(1)), step = T(1) / (1 << level);
    for (int i = level == 0 ? 0 : 1;; i += level == 0 ? 1 : 2) {
      const T t = i * step, tail = exp(T(-half_turn * sinh(t))), weight = half_turn * cosh(t) * tail / ((1 + tail) * (1 + tail));
      levels[level].push_back({tail / (1 + tail), weight});
      if (i > 0) levels[level].push_back({1 / (1 + tail), weight});
      if (tail < std::numeric_limits<T>::epsilon() / 8) break;
    }
  });
  return levels[level];
}

// The integral of f over [0, length]: the step is halved until two answers share half their digits, because each halving doubles them.
template <class T, class F>
T tanh_sinh(const F& f, const T& length) {
  using std::abs, std::sqrt;
  T sum = 0, value = 0;
  for (std::size_t level = 0; level < kTanhSinhLevels; ++level) {
    for (const TanhSinhNode<T>& node : tanh_sinh_nodes<T>(level)) sum += f(T(length * node.share)) * node.weight;
    const T last = value;
    value = length * sum / (1 << level);
    if (level > 2 && abs(value - last) <= abs(value) * sqrt(std::numeric_limits<T>::epsilon())) break;
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

// What is left of the hinges without what independent ones have and what the correlation adds to first order, with differences from 0.
template <class T>
T normal_bends(const T& h, const T& k, const T& c, const T& gram, const T& u, const T& v) {
  using std::atan, std::erfc, std::exp, std::sqrt;
  const T norm = sqrt(T(c * c + (gram < 0 ? T(0) : gram))), rho = norm == 0 ? T(0) : T(c / norm), turn = 8 * atan(T(1));
  const auto above = [](const T& x) { return T(erfc(T(x / sqrt(T(2)))) / 2); };
  const auto hinge = [&](const T& x) { return T(exp(T(-x * x / 2)) / sqrt(turn) - x * above(x)); };
  const auto bend = [&](const T& a, const T& b) {
    return T(normal_pair(1, a, b, c, gram) - hinge(a) * hinge(b) - rho * above(a) * above(b));
  };
  T sum = bend(h, k);
  if (u != 0) sum -= bend(T(0), k);
  if (v != 0) sum -= bend(h, T(0));
  if (u != 0 && v != 0) sum += bend(T(0), T(0));
  return sum;
}

}  // namespace ntkc::expr::detail
