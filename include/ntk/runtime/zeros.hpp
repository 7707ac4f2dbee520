// Where a function of one variable changes its sign.
#pragma once
#ifndef NTK_RUNTIME_ZEROS_HPP
#define NTK_RUNTIME_ZEROS_HPP
#include <vector>

#include "ntk/runtime/abi.hpp"

namespace ntk::NTK_ABI::quadrature {

// The places between -kFarthest and kFarthest where `f` changes its sign between the ends of one of so many cells, by bisection; as
// compilers find them at known params (variances to 100 reach no further).
inline constexpr double kFarthestZero = 160;
inline constexpr int kZeroCells = 10240;
template <class F>
void add_sign_changes(const F& f, std::vector<double>& places) {
  const auto x = [](int i) { return -kFarthestZero + 2 * kFarthestZero * i / kZeroCells; };
  for (int i = 0; i < kZeroCells; ++i) {
    double low = x(i), high = x(i + 1);
    const bool sign = f(low) < 0;
    if ((f(high) < 0) == sign) continue;
    for (int step = 0; step < 200; ++step) {
      const double middle = low + (high - low) / 2;
      if (middle <= low || middle >= high) break;
      ((f(middle) < 0) == sign ? low : high) = middle;
    }
    places.push_back(high);
  }
}

}  // namespace ntk::NTK_ABI::quadrature
#endif
