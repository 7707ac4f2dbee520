// The scalar functions of the language, as templates over a number type: double, lanes of doubles, or any other with operators,
// comparisons and the usual functions (dual numbers).
#pragma once
#ifndef NTK_RUNTIME_MATH_HPP
#define NTK_RUNTIME_MATH_HPP
#include <cmath>

#include "ntk/runtime/lanes.hpp"

namespace ntk::math {

inline bool logical_and(bool a, bool b) { return a && b; }
inline bool logical_or(bool a, bool b) { return a || b; }
inline bool logical_not(bool a) { return !a; }
template <class T>
NTK_INLINE T select(bool condition, const T& a, const T& b) {
  return condition ? a : b;
}

template <class T>
NTK_INLINE T min(const T& a, const T& b) {
  return select(b < a, b, a);
}
template <class T>
NTK_INLINE T max(const T& a, const T& b) {
  return select(a < b, b, a);
}
template <class T>
NTK_INLINE T abs(const T& x) {
  return select(x < T(0.0), -x, x + T(0.0));
}  // + 0: of -0 too it is 0
template <class T>
NTK_INLINE T step(const T& x) {
  return select(T(0.0) < x, T(1.0), T(0.0));
}
template <class T>
NTK_INLINE T sign(const T& x) {
  return select(T(0.0) < x, T(1.0), select(x < T(0.0), T(-1.0), T(0.0)));
}

// What the library has; in lanes one after the other.
#define NTK_MATH_1(name)                                                         \
  template <class T>                                                             \
  T name(const T& x) {                                                           \
    using std::name;                                                             \
    return name(x);                                                              \
  }                                                                              \
  inline Lanes name(const Lanes& x) {                                            \
    Lanes out;                                                                   \
    for (std::size_t i = 0; i < lanes::kCount; ++i) out.set(i, std::name(x[i])); \
    return out;                                                                  \
  }
NTK_MATH_1(cbrt)
NTK_MATH_1(exp)
NTK_MATH_1(expm1)
NTK_MATH_1(log)
NTK_MATH_1(log1p)
NTK_MATH_1(sin)
NTK_MATH_1(cos)
NTK_MATH_1(tan)
NTK_MATH_1(asin)
NTK_MATH_1(acos)
NTK_MATH_1(atan)
NTK_MATH_1(sinh)
NTK_MATH_1(cosh)
NTK_MATH_1(tanh)
NTK_MATH_1(erf)
NTK_MATH_1(erfc)
#undef NTK_MATH_1
template <class T>
NTK_INLINE T sqrt(const T& x) {
  using std::sqrt;
  return sqrt(x);
}
#define NTK_MATH_2(name)                                                               \
  template <class T>                                                                   \
  T name(const T& x, const T& y) {                                                     \
    using std::name;                                                                   \
    return name(x, y);                                                                 \
  }                                                                                    \
  inline Lanes name(const Lanes& x, const Lanes& y) {                                  \
    Lanes out;                                                                         \
    for (std::size_t i = 0; i < lanes::kCount; ++i) out.set(i, std::name(x[i], y[i])); \
    return out;                                                                        \
  }
NTK_MATH_2(pow)
NTK_MATH_2(atan2)
#undef NTK_MATH_2

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

// atan(x) for |x| <= 7/16: the polynomial of FreeBSD's msun s_atan.c (Sun Microsystems 1993), error below 2^-59 there.
template <class T>
NTK_INLINE T atan_small(const T& x) {
  const T z = x * x, w = z * z;
  const T odd =
      z * (T(3.33333333333329318027e-01) +
           w * (T(1.42857142725034663711e-01) +
                w * (T(9.09088713343650656196e-02) +
                     w * (T(6.66107313738753120669e-02) + w * (T(4.97687799461593236017e-02) + w * T(1.62858201153657823623e-02))))));
  const T even =
      w * (T(-1.99999999998764832476e-01) +
           w * (T(-1.11111104054623557880e-01) +
                w * (T(-7.69187620504482999495e-02) + w * (T(-5.83357013379057348645e-02) + w * T(-3.65315727442169155270e-02)))));
  return x - x * (odd + even);
}

// atan2(sqrt(gram), c) in [0, pi], and pi/2 at (0, 0); a gram below 0 counts as 0. Without branches; within 2.5 ulp.
template <class T>
NTK_INLINE T angle(const T& gram, const T& c) {
  constexpr double kTan = 0.41421356237309504880, kQuarter = 0.78539816339744830962, kQuarterRest = 3.061616997868382943e-17;
  const T y = sqrt(max(gram, T(0.0))), x = abs(c);
  const auto steep = x < y;
  const T small = select(steep, x, y), big = select(steep, y, x);
  const auto nothing = big == T(0.0);
  const auto middle = T(kTan) * big < small;  // turn by pi/4: atan(s/b) = pi/4 + atan((s - b)/(s + b))
  const T numerator = select(middle, small - big, small), denominator = select(middle, small + big, big);
  const T t = atan_small(numerator / select(nothing, T(1.0), denominator));
  const T first = select(middle, T(kQuarter) + (t + T(kQuarterRest)), t);
  const T second = select(steep, T(2.0 * kQuarter) - (first - T(2.0 * kQuarterRest)), first);
  const T third = select(c < T(0.0), T(4.0 * kQuarter) - (second - T(4.0 * kQuarterRest)), second);
  return select(nothing, T(2.0 * kQuarter), third);
}

// sin x - x cos x = sum of (-1)^(k+1) 2k / (2k+1)! x^(2k+1), for |x| <= 3.2: the first term left out is below 2e-19 there.
// Within 1 ulp up to 1 and 8 ulp at pi, where the terms cancel.
template <class T>
NTK_INLINE T sin_minus_x_cos_series(const T& x) {
  const T z = x * x;
  T sum = T(3.6483751246605535e-33);
  for (const double term :
       {-3.166789608205361e-30, 2.387759364586842e-27, -1.5472680682522736e-24, 8.509974375387505e-22, -3.9145882126782523e-19,
        1.4797143443923793e-16, -4.498331606952833e-14, 1.0706029224547743e-11, -1.9270852604185937e-09, 2.505210838544172e-07,
        -2.2045855379188714e-05, 0.0011904761904761906, -0.03333333333333333, 0.3333333333333333})
    sum = sum * z + T(term);
  return x * (z * sum);
}
inline constexpr double kSeriesEnd = 3.2;
template <class T>
T sin_minus_x_cos(const T& x) {
  return abs(x) <= T(kSeriesEnd) ? sin_minus_x_cos_series(x) : sin(x) - x * cos(x);
}
inline Lanes sin_minus_x_cos(const Lanes& x) {
  Lanes out = sin_minus_x_cos_series(x);
  for (std::size_t i = 0; i < lanes::kCount; ++i)
    if (!(std::fabs(x[i]) <= kSeriesEnd)) out.set(i, sin_minus_x_cos(x[i]));
  return out;
}

}  // namespace ntk::math
#endif
