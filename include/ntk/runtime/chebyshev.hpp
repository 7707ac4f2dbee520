// Chebyshev interpolation on [-1, 1]: a polynomial through the values at the nodes cos(pi (k + 1/2) / n) (Trefethen, Approximation Theory
// and Approximation Practice, 2013, chapters 3 and 4).
#pragma once
#ifndef NTK_RUNTIME_CHEBYSHEV_HPP
#define NTK_RUNTIME_CHEBYSHEV_HPP
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "ntk/runtime/abi.hpp"

namespace ntk::NTK_ABI::chebyshev {

inline constexpr double kPi = 3.14159265358979323846;

inline std::vector<double> nodes(std::size_t n) {
  std::vector<double> x(n);
  for (std::size_t k = 0; k < n; ++k) x[k] = std::cos(kPi * (static_cast<double>(k) + 0.5) / static_cast<double>(n));
  return x;
}

// T_0(x) ... T_{n-1}(x), `stride` apart.
inline void polynomials(double x, std::size_t n, double* out, std::size_t stride = 1) {
  double before = x, now = 1;  // T_{-1} = T_1
  for (std::size_t m = 0; m < n; ++m) {
    out[m * stride] = now;
    const double next = 2 * x * now - before;
    before = now, now = next;
  }
}

// The matrix from values at n nodes to n coefficients: row m, column k.
inline std::vector<double> transform(std::size_t n) {
  std::vector<double> out(n * n);
  for (std::size_t m = 0; m < n; ++m)
    for (std::size_t k = 0; k < n; ++k) {
      const std::size_t turns = m * (2 * k + 1) % (4 * n);  // of pi / 2n: reduced, so that no digit is lost
      out[m * n + k] = (m == 0 ? 1 : 2) * std::cos(kPi * static_cast<double>(turns) / static_cast<double>(2 * n)) / static_cast<double>(n);
    }
  return out;
}

// Values at the nodes of one axis become coefficients, in place: the axis has n entries `stride` apart, at `count` places that lie
// `stride * n` apart in blocks of `stride` neighbours.
inline void to_coefficients(std::size_t n, std::size_t stride, std::size_t count, double* values) {
  const std::vector<double> matrix = transform(n);
  std::vector<double> lines(n * stride);
  for (std::size_t block = 0; block < count; ++block) {
    double* const at = values + block * n * stride;
    std::fill(lines.begin(), lines.end(), 0.0);
    for (std::size_t m = 0; m < n; ++m)
      for (std::size_t k = 0; k < n; ++k)
        for (std::size_t s = 0; s < stride; ++s) lines[m * stride + s] += matrix[m * n + k] * at[k * stride + s];
    std::copy(lines.begin(), lines.end(), at);
  }
}

}  // namespace ntk::NTK_ABI::chebyshev
#endif
