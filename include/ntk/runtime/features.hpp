// Numbers read off rows of data: means over channels. Sums run in eight strands, so that compilers vectorise them and their error is small.
#pragma once
#ifndef NTK_RUNTIME_FEATURES_HPP
#define NTK_RUNTIME_FEATURES_HPP
#include <cmath>
#include <cstddef>
#include <type_traits>

#include "ntk/runtime/abi.hpp"

namespace ntk::NTK_ABI {

template <class T, class F>
T mean_over(std::size_t n, F term) {
  T strands[8] = {T(0.0), T(0.0), T(0.0), T(0.0), T(0.0), T(0.0), T(0.0), T(0.0)};
  std::size_t k = 0;
  for (; k + 8 <= n; k += 8)
    for (std::size_t s = 0; s < 8; ++s) strands[s] = strands[s] + term(k + s);
  for (std::size_t s = 0; s < 8 && k + s < n; ++s) strands[s] = strands[s] + term(k + s);
  const T sum = ((strands[0] + strands[4]) + (strands[2] + strands[6])) + ((strands[1] + strands[5]) + (strands[3] + strands[7]));
  return sum / T(static_cast<double>(n));
}

template <class T>
T channel_mean(std::size_t n, const T* a) {
  return mean_over<T>(n, [=](std::size_t k) { return a[k]; });
}

// The mean of the product.
template <class T>
T inner(std::size_t n, const T* a, const T* b) {
  return mean_over<T>(n, [=](std::size_t k) { return a[k] * b[k]; });
}

// The mean of the squared difference: nothing cancels, and it is 0 for equal rows.
template <class T>
T distance(std::size_t n, const T* a, const T* b) {
  return mean_over<T>(n, [=](std::size_t k) { return (a[k] - b[k]) * (a[k] - b[k]); });
}

// inner(a, a) inner(b, b) - inner(a, b)²: the squared norm of what a projection leaves of one row, times that of the other. The product is
// exact in the residual (fma), and an error of its factor is orthogonal to it: good to some 1e-15 of itself, and 0 for equal rows.
template <class T>
T gram_determinant(std::size_t n, const T* a, const T* b) {
  T long_norm = inner(n, a, a), short_norm = inner(n, b, b);
  const T product = inner(n, a, b);
  if (long_norm < short_norm) {
    const T swapped = long_norm;
    long_norm = short_norm, short_norm = swapped;
    const T* row = a;
    a = b, b = row;
  }
  if (!(long_norm > T(0.0))) return T(0.0);
  const T factor = product / long_norm;
  const T left = mean_over<T>(n, [=](std::size_t k) {
    T r;
    if constexpr (std::is_floating_point_v<T>)
      r = std::fma(-factor, a[k], b[k]);
    else
      r = b[k] - factor * a[k];
    return r * r;
  });
  return long_norm * left;
}

}  // namespace ntk::NTK_ABI
#endif
