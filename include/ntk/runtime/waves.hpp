// Hermite functions h_j(z) exp(-z^2/4) of high degree j as waves, degrees between whole ones included.
//
// They solve y'' + Q y = 0, Q = j + 1/2 - z^2/4, so y = C cos(t) / sqrt(N) (even) or C sin(t) / sqrt(N) (odd) with t' = N and
// N^2 = Q - N''/(2N) + 3 N'^2/(4 N^2). In powers of 1/Q^2 (the expansion of Liouville and Green, see Olver 1974, chapter 6), with u =
// z/sqrt(Q),
//   N = sqrt(Q) (1 + (8 + 5 u^2)/(128 Q^2) - (1216 + 3536 u^2 + 1105 u^4)/(32768 Q^4) + ...),
// and t by integration. What is left out is about 1/Q^6 of N. The signs (-1)^(j/2) and (-1)^((j-1)/2) are dropped.
#pragma once
#ifndef NTK_RUNTIME_WAVES_HPP
#define NTK_RUNTIME_WAVES_HPP
#include <cmath>

#include "ntk/runtime/math.hpp"

namespace ntk::NTK_ABI::quadrature {

// |h_{2i}(0)| = sqrt((2i - 1)!! / (2i)!!), i >= 100.
inline double hermite_at_zero(double i) {
  const double r = 1 / i, square = 1 + r * (-1.0 / 8 + r * (1.0 / 128 + r * (5.0 / 1024 - r * 21.0 / 32768)));
  return std::sqrt(square * std::sqrt(r / 3.14159265358979323846));
}

class Wave {
 public:
  Wave(double j, bool odd) : top_(j + 0.5), odd_(odd) {
    const double square = top_ * top_;
    const double at_zero = std::sqrt(top_) * (1 + 1 / (16 * square) - 19 / (512 * square * square));  // N(0)
    size_ = odd ? std::sqrt(j) * hermite_at_zero(0.5 * (j - 1)) / std::sqrt(at_zero) : hermite_at_zero(0.5 * j) * std::sqrt(at_zero);
  }
  Lanes operator()(const Lanes& z) const {
    const Lanes q = top_ - 0.25 * (z * z), root = math::sqrt(q), u = z / root, v = u * u, r = 1.0 / (q * q);
    const Lanes first = 1.0 + (5.0 / 24) * v;
    const Lanes second = 1216.0 + v * (4144.0 / 3 + v * (2949.0 / 5 + v * (110.5 + v * (1105.0 / 144))));
    const Lanes phase = top_ * math::asin((0.5 / std::sqrt(top_)) * z) + z * (0.5 * root) +
                        (u / top_) * ((1.0 / 16) * first - (1 / (32768 * top_ * top_)) * second);
    const Lanes n = root * (1.0 + r * ((8.0 + 5.0 * v) * (1.0 / 128) - r * ((1216.0 + v * (3536.0 + 1105.0 * v)) * (1.0 / 32768))));
    return size_ * (odd_ ? math::sin(phase) : math::cos(phase)) / math::sqrt(n);
  }

 private:
  double top_, size_ = 0;
  bool odd_;
};

}  // namespace ntk::NTK_ABI::quadrature
#endif
