// The scalar functions of the language, as templates over a number type: double, lanes of doubles, or any other with operators,
// comparisons and the usual functions (dual numbers).
//
// Errors in units in the last place of the result, below 2^-1022 of the smallest number: of double and of each of the lanes, for every
// instruction set (tests/runtime/test_functions and tests/engine/test_functions). Infinities, signed zeros and NaN as the library's.
//   function            ulp   arguments
//   sqrt                0.5   all
//   exp, log, log1p     1     all
//   sin, cos            1     |x| <= 2^20; the library's beyond
//   expm1, cosh         1.5   all
//   sinh, erf, atan     2     all
//   atan2               2     all
//   norm_pdf            2     all
//   sigmoid, softplus   2     all
//   angle               2.5   all
//   tanh, erfc          3     all
//   asin, acos          3     [-1, 1]
//   sin_minus_x_cos     3     [-1, 1]; 8 to pi, where its terms cancel
//   norm_cdf            4     all
//   cbrt, tan, pow            the library's, one lane after the other
#pragma once
#ifndef NTK_RUNTIME_MATH_HPP
#define NTK_RUNTIME_MATH_HPP
#include <cmath>

#include "ntk/runtime/error_function.hpp"
#include "ntk/runtime/trigonometric.hpp"

namespace ntk::NTK_ABI::math {

// What the library has for other types.
#define NTK_MATH_1(name) \
  template <class T>     \
  T name(const T& x) {   \
    using std::name;     \
    return name(x);      \
  }
NTK_MATH_1(exp)
NTK_MATH_1(expm1)
NTK_MATH_1(log)
NTK_MATH_1(log1p)
NTK_MATH_1(sin)
NTK_MATH_1(cos)
NTK_MATH_1(asin)
NTK_MATH_1(acos)
NTK_MATH_1(atan)
NTK_MATH_1(sinh)
NTK_MATH_1(cosh)
NTK_MATH_1(tanh)
NTK_MATH_1(erf)
NTK_MATH_1(erfc)
NTK_MATH_1(cbrt)
NTK_MATH_1(tan)
#undef NTK_MATH_1
#define NTK_MATH_2(name)           \
  template <class T>               \
  T name(const T& x, const T& y) { \
    using std::name;               \
    return name(x, y);             \
  }
NTK_MATH_2(pow)
NTK_MATH_2(atan2)
#undef NTK_MATH_2
inline Lanes cbrt(const Lanes& x) {
  return lanes::each([](double a) { return std::cbrt(a); }, x);
}
inline Lanes tan(const Lanes& x) {
  return lanes::each([](double a) { return std::tan(a); }, x);
}
inline Lanes pow(const Lanes& x, const Lanes& y) {
  return lanes::each([](double a, double b) { return std::pow(a, b); }, x, y);
}

template <class T>
T sin_minus_x_cos(const T& x) {
  return abs(x) <= T(sin_minus_x_cos_end) ? sin_minus_x_cos_near(x) : sin(x) - x * cos(x);
}

// Without overflow, and of full relative accuracy on both sides.
template <class T>
inline T sigmoid(const T& x) {
  const T e = exp(-abs(x));
  return select(x < T(0.0), e, T(1.0)) / (T(1.0) + e);
}
template <class T>
inline T softplus(const T& x) {
  return max(x, T(0.0)) + log1p(exp(-abs(x)));
}
template <class T>
inline T norm_cdf(const T& x) {
  return T(0.5) * erfc(x * T(-0.70710678118654752440));
}
template <class T>
inline T norm_pdf(const T& x) {
  return T(0.39894228040143267794) * exp(T(-0.5) * (x * x));
}

}  // namespace ntk::NTK_ABI::math
#endif
