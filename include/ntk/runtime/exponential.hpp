// exp and log and what is made of them, without branches or calls, so that loops over them are vectorised. math.hpp has their errors.
#pragma once
#ifndef NTK_RUNTIME_EXPONENTIAL_HPP
#define NTK_RUNTIME_EXPONENTIAL_HPP
#include <limits>

#include "ntk/runtime/basic.hpp"
#include "ntk/runtime/bits.hpp"

namespace ntk::NTK_ABI::math {
namespace exponential {

// log 2 in two parts: a whole number up to 2^20 times the first has no rounding.
inline constexpr double kLog2High = 0x1.62e42fee00000p-1, kLog2Low = 0x1.a39ef35793c76p-33, kInverseLog2 = 1.4426950408889634;

// x - low = n log 2 + r + rest, |r| <= log(2) / 2.
template <class T>
struct Reduced {
  T n, r, rest;
  NTK_INLINE explicit Reduced(const T& x, const T& low = T(0.0)) : n(whole(x * T(kInverseLog2))) {
    const T first = x - n * T(kLog2High), second = n * T(kLog2Low) + low;
    r = first - second, rest = (first - r) - second;
  }
};

// (exp r - 1 - r) / r^2 for |r| <= 0.3475: interpolated at Chebyshev nodes in 60 digits, error 1e-18 of exp r.
template <class T>
NTK_INLINE T beyond_line(const T& r) {
  return horner(r, 2.091488256348507e-09, 2.5105490906986696e-08, 2.7557273171941026e-07, 2.7557254740405416e-06, 2.4801587325920163e-05,
                0.00019841269875342141, 0.0013888888888883642, 0.008333333333325985, 0.04166666666666667, 0.1666666666666667, 0.5);
}
template <class T>
NTK_INLINE T exp_of(const Reduced<T>& of) {
  return T(1.0) + (of.r + (of.rest + of.r * of.r * beyond_line(of.r)));
}

// 2^power exp(x - low): two factors, so that neither overflows before the result does.
template <class T>
NTK_INLINE T exp_times(const T& x, const T& low, double power) {
  const T inside = max(min(x, T(711.0)), T(-747.0));
  const Reduced<T> of(inside, low);
  const T n = of.n + T(power), half = whole(T(0.5) * n);
  return exp_of(of) * power_of_two(half) * power_of_two(n - half);
}

// log(1 + f) = f - (half - s (half + R)), s = f / (2 + f), half = f^2 / 2, for 1 + f in [sqrt(1/2), sqrt 2]: what is taken from f, by the
// polynomial of FreeBSD's msun e_log.c (Sun Microsystems 1993), error below 2^-58.
template <class T>
NTK_INLINE T log_rest(const T& f) {
  const T s = f / (T(2.0) + f), z = s * s, half = T(0.5) * f * f;
  const T p = horner(z, 1.479819860511658591e-01, 1.531383769920937332e-01, 1.818357216161805012e-01, 2.222219843214978396e-01,
                     2.857142874366239149e-01, 3.999999999940941908e-01, 6.666666666666735130e-01);
  return half - s * (half + z * p);
}

// log(2^shift (x + rest)) of a normal x, where rest is no more than a rounding error.
template <class T>
NTK_INLINE T log_of(const T& x, const T& rest, const T& shift) {
  const T m = significand(x);
  const auto large = T(1.4142135623730951) < m;
  const T e = exponent(x) + shift + select(large, T(1.0), T(0.0)), f = select(large, T(0.5) * m, m) - T(1.0);
  return e * T(kLog2High) - ((log_rest(f) - (e * T(kLog2Low) + rest / x)) - f);
}
// What log gives at the ends of its range, and `inside` between them.
template <class T>
NTK_INLINE T log_ends(const T& x, const T& inside) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity(), kNaN = std::numeric_limits<double>::quiet_NaN();
  return select(T(0.0) < x, select(x < T(kInfinity), inside, T(kInfinity)), select(x == T(0.0), T(-kInfinity), T(kNaN)));
}

}  // namespace exponential

template <Vectorised T>
NTK_INLINE T exp(const T& x) {
  return exponential::exp_times(x, T(0.0), 0);
}
template <Vectorised T>
NTK_INLINE T expm1(const T& x) {
  const exponential::Reduced<T> of(max(min(x, T(709.9)), T(-50.0)));
  const T p = of.r + (of.rest + of.r * of.r * exponential::beyond_line(of.r)), half = power_of_two(of.n - T(1.0));
  return select(abs(x) < T(0x1p-54), x, T(2.0) * (half * p + (half - T(0.5))));
}

template <Vectorised T>
NTK_INLINE T log(const T& x) {
  const auto tiny = x < T(0x1p-1022);
  const T scaled = select(tiny, x * T(0x1p54), x), shift = select(tiny, T(-54.0), T(0.0));
  return exponential::log_ends(x, exponential::log_of(scaled, T(0.0), shift));
}
template <Vectorised T>
NTK_INLINE T log1p(const T& x) {
  const T u = T(1.0) + x, rest = select(x < T(1.0), x - (u - T(1.0)), T(1.0) - (u - x));
  return select(abs(x) < T(0x1p-54), x, exponential::log_ends(u, exponential::log_of(u, rest, T(0.0))));
}

template <Vectorised T>
NTK_INLINE T sinh(const T& x) {
  const T size = abs(x), e = expm1(min(size, T(30.0)));
  const T small = T(0.5) * (e + e / (e + T(1.0))), large = exponential::exp_times(size, T(0.0), -1);
  return with_sign(select(T(30.0) < size, large, small), x);
}
template <Vectorised T>
NTK_INLINE T cosh(const T& x) {
  const T half = exponential::exp_times(abs(x), T(0.0), -1);
  return half + T(0.25) / half;
}
template <Vectorised T>
NTK_INLINE T tanh(const T& x) {
  const T e = expm1(T(-2.0) * abs(x));
  return with_sign(e / (T(2.0) + e), x);  // the sign of x, whatever that of e
}

}  // namespace ntk::NTK_ABI::math
#endif
