// The error function and the normal distribution, without branches or calls. math.hpp has their errors.
#pragma once
#ifndef NTK_RUNTIME_ERROR_FUNCTION_HPP
#define NTK_RUNTIME_ERROR_FUNCTION_HPP
#include "ntk/runtime/exponential.hpp"

namespace ntk::NTK_ABI::math {
namespace error_function {

// erf(x) / x as a polynomial in z = x^2 for |x| <= 1/2: interpolated at Chebyshev nodes in 60 digits, error 2e-17 of it.
template <class T>
NTK_INLINE T erf_small(const T& x) {
  const T z = x * x;
  const T p = horner(z, -1.462091340945175e-07, 1.637123442577e-06, -1.4923003368152099e-05, 0.00012055286202005714, -0.0008548326510724796,
                     0.0052239776220169365, -0.02686617064499972, 0.1128379167095487, -0.3761263890318375, 1.1283791670955126);
  return x * p;
}

// exp(x^2) erfc(x) for x in [1/2, 28]: 1 / (x + 1/2) times a polynomial in 8 / (x + 4) - 1 = (4 - x) / (4 + x) that varies little (in the
// manner of Shepherd & Laframboise 1981), interpolated in the same way, error 1e-16 of it.
template <class T>
NTK_INLINE T scaled_erfc(const T& x) {
  return horner(T(8.0) / (x + T(4.0)) - T(1.0), -4.727991469936371e-09, -3.694840222416957e-08, 2.9706689775659356e-08,
                3.9058928925875763e-07, 1.5421339327221013e-07, -2.839223259338696e-06, -5.615217497425963e-06, 1.2192727149923192e-05,
                7.53123513256064e-05, 9.96302734836115e-05, -0.0003788869876133496, -0.002515985328752879, -0.008098866981100466,
                -0.018583757732579045, -0.03316518290993995, -0.04686641750129717, -0.05051953301799649, -0.034048527127289056,
                0.007689826051307429, 0.0698105584202808, 0.6164975593127763) /
         (x + T(0.5));
}

// 2^power exp(-factor x^2): the square in two parts, lest its rounding error grow by its size.
template <class T>
NTK_INLINE T bell(const T& x, double factor, double power) {
  const T high = upper(x);
  return exponential::exp_times(T(-factor) * (high * high), T(factor) * ((x - high) * (x + high)), power);
}

// 2^power erfc(factor x), `square` the square of the factor: 1 - erf for |factor x| < 1/2, beyond it the tail, or 2 - tail on the left.
template <class T>
NTK_INLINE T erfc_of(const T& x, double factor, double square, double power) {
  const T size = min(abs(x), T(40.0)), at = T(factor) * size, most = power_of_two(T(power));
  const T tail = scaled_erfc(max(at, T(0.5))) * bell(size, square, power);
  const T middle = most - most * erf_small(T(factor) * x);
  const T outer = select(x < T(0.0), T(2.0) * most - tail, tail);
  return select(at < T(0.5), middle, outer);
}

}  // namespace error_function

template <Vectorised T>
NTK_INLINE T erf(const T& x) {
  const T size = abs(x), far = max(min(size, T(6.0)), T(0.5));
  const T outer = with_sign(T(1.0) - error_function::scaled_erfc(far) * error_function::bell(far, 1, 0), x);
  return select(size < T(0.5), error_function::erf_small(x), outer);
}
template <Vectorised T>
NTK_INLINE T erfc(const T& x) {
  return error_function::erfc_of(x, 1, 1, 0);
}

// P(U < x) of a standard normal U, and its density.
template <Vectorised T>
NTK_INLINE T norm_cdf(const T& x) {
  return error_function::erfc_of(-x, 0.70710678118654752440, 0.5, -1);
}
template <Vectorised T>
NTK_INLINE T norm_pdf(const T& x) {
  return T(0.39894228040143267794) * error_function::bell(max(min(x, T(40.0)), T(-40.0)), 0.5, 0);
}

}  // namespace ntk::NTK_ABI::math
#endif
