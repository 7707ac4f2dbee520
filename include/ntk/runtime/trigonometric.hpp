// Angles and waves, without branches or calls, so that loops over them are vectorised. math.hpp has their errors.
#pragma once
#ifndef NTK_RUNTIME_TRIGONOMETRIC_HPP
#define NTK_RUNTIME_TRIGONOMETRIC_HPP
#include <limits>

#include "ntk/runtime/basic.hpp"
#include "ntk/runtime/bits.hpp"

namespace ntk::NTK_ABI::math {
namespace trigonometric {

inline constexpr double kQuarter = 0.78539816339744830962, kQuarterRest = 3.061616997868382943e-17;  // of pi

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

// The angle of (x, y), both at least 0, in [0, pi/2]: pi/2 at (0, 0).
template <class T>
NTK_INLINE T first_quadrant(const T& y, const T& x) {
  const auto steep = x < y;
  const T small = select(steep, x, y), big = select(steep, y, x);
  const auto nothing = big == T(0.0);
  const auto middle = T(0.41421356237309504880) * big < small;  // turn by pi/4: atan(s/b) = pi/4 + atan((s - b)/(s + b))
  const T numerator = select(middle, small - big, small), denominator = select(middle, small + big, big);
  const T t = atan_small(numerator / select(nothing, T(1.0), denominator));
  const T first = select(middle, T(kQuarter) + (t + T(kQuarterRest)), t);
  return select(logical_or(steep, nothing), T(2.0 * kQuarter) - (first - T(2.0 * kQuarterRest)), first);
}
// Of (-x, y) that of (x, y) makes this.
template <class T>
NTK_INLINE T supplement(const T& of) {
  return T(4.0 * kQuarter) - (of - T(4.0 * kQuarterRest));
}

// x = n pi/2 + r + rest, |r| <= pi/4, for |x| <= 2^20: pi/2 in parts of 33 bits (msun's e_rem_pio2.c), so that two products have no
// rounding.
template <class T>
struct Turned {
  T n, r, rest;
  NTK_INLINE explicit Turned(const T& x) : n(whole(x * T(0.63661977236758134308))) {
    const T first = x - n * T(1.57079632673412561417e+00), middle = n * T(6.07710050630396597660e-11),
            last = n * T(2.02226624879595063154e-21);
    const T second = first - middle, step = second - first, lost = (first - (second - step)) - (middle + step) - last;  // Knuth's sum
    r = second + lost, rest = (second - r) + lost;
  }
  // A whole number of turns by pi/2: 0, 1, -1, or either 2 or -2.
  NTK_INLINE T quadrant() const { return n - T(4.0) * whole(T(0.25) * n); }
};

// For |r| <= pi/4 (msun's k_sin.c and k_cos.c).
template <class T>
NTK_INLINE T sin_of(const T& r, const T& rest) {
  const T z = r * r;
  const T p = horner(z, 1.58969099521155010221e-10, -2.50507602534068634195e-08, 2.75573137070700676789e-06, -1.98412698298579493134e-04,
                     8.33333333332248946124e-03);
  const T cube = z * r;
  return r - ((z * (T(0.5) * rest - cube * p) - rest) - cube * T(-1.66666666666666324348e-01));
}
template <class T>
NTK_INLINE T cos_of(const T& r, const T& rest) {
  const T z = r * r, half = T(0.5) * z, w = T(1.0) - half;
  const T p = horner(z, -1.13596475577881948265e-11, 2.08757232129817482790e-09, -2.75573143513906633035e-07, 2.48015872894767294178e-05,
                     -1.38888888888741095749e-03, 4.16666666666666019037e-02);
  return w + (((T(1.0) - w) - half) + (z * z * p - r * rest));
}

}  // namespace trigonometric

template <Vectorised T>
NTK_INLINE T atan(const T& x) {
  return with_sign(trigonometric::first_quadrant(abs(x), T(1.0)), x);
}

template <Vectorised T>
NTK_INLINE T atan2(const T& y, const T& x) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity(), kHuge = 0x1p1000;
  // Infinities become 1 beside a finite 0; what is so large that a sum of two overflows is made smaller.
  const T up = abs(y), right = abs(x), most = max(up, right);
  const auto infinite = most == T(kInfinity);
  const T scale = select(kHuge < most, T(0.25), T(1.0));
  const T a = select(infinite, select(up == T(kInfinity), T(1.0), T(0.0)), scale * up);
  const T b = select(infinite, select(right == T(kInfinity), T(1.0), T(0.0)), scale * right);
  const auto nothing = most == T(0.0);
  const T first = select(nothing, T(0.0), trigonometric::first_quadrant(a, b));
  const T angle = with_sign(select(with_sign(T(1.0), x) < T(0.0), trigonometric::supplement(first), first), y);
  return select(logical_and(x == x, y == y), angle, x + y);
}

template <Vectorised T>
NTK_INLINE T asin(const T& x) {
  const T size = abs(x);
  return with_sign(trigonometric::first_quadrant(size, sqrt((T(1.0) - size) * (T(1.0) + size))), x);
}
template <Vectorised T>
NTK_INLINE T acos(const T& x) {
  const T size = abs(x), first = trigonometric::first_quadrant(sqrt((T(1.0) - size) * (T(1.0) + size)), size);
  return select(x < T(0.0), trigonometric::supplement(first), first);
}

// The angle of (c, sqrt(gram)) in [0, pi], and pi/2 at (0, 0); a gram below 0 counts as 0.
template <class T>
NTK_INLINE T angle(const T& gram, const T& c) {
  const T first = trigonometric::first_quadrant(sqrt(max(gram, T(0.0))), abs(c));
  return select(c < T(0.0), trigonometric::supplement(first), first);
}

// sin x - x cos x = sum of (-1)^(k+1) 2k / (2k+1)! x^(2k+1), for |x| <= 3.2: the first term left out is below 2e-19 there.
template <class T>
NTK_INLINE T sin_minus_x_cos_near(const T& x) {
  const T z = x * x;
  const T sum =
      horner(z, 3.6483751246605535e-33, -3.166789608205361e-30, 2.387759364586842e-27, -1.5472680682522736e-24, 8.509974375387505e-22,
             -3.9145882126782523e-19, 1.4797143443923793e-16, -4.498331606952833e-14, 1.0706029224547743e-11, -1.9270852604185937e-09,
             2.505210838544172e-07, -2.2045855379188714e-05, 0.0011904761904761906, -0.03333333333333333, 0.3333333333333333);
  return x * (z * sum);
}

// Functions that have loops without calls for |x| up to NAME_end only: NAME_near. Beyond it they are the library's.
template <class T>
NTK_INLINE T sin_near(const T& x) {
  const trigonometric::Turned<T> of(x);
  const T quadrant = of.quadrant();
  const T value = select(quadrant * quadrant == T(1.0), trigonometric::cos_of(of.r, of.rest), trigonometric::sin_of(of.r, of.rest));
  const T turned = select(logical_or(quadrant < T(-0.5), T(1.5) < quadrant), -value, value);
  return select(abs(x) < T(0x1p-27), x, turned);
}
template <class T>
NTK_INLINE T cos_near(const T& x) {
  const trigonometric::Turned<T> of(x);
  const T quadrant = of.quadrant();
  const T value = select(quadrant * quadrant == T(1.0), trigonometric::sin_of(of.r, of.rest), trigonometric::cos_of(of.r, of.rest));
  return select(logical_or(T(0.5) < quadrant, quadrant < T(-1.5)), -value, value);
}

#define NTK_NEAR(name, end, far)                                                             \
  inline constexpr double name##_end = end;                                                  \
  inline double name(double x) { return std::fabs(x) <= name##_end ? name##_near(x) : far; } \
  inline Lanes name(const Lanes& x) {                                                        \
    Lanes out = name##_near(x);                                                              \
    for (std::size_t i = 0; i < lanes::kCount; ++i)                                          \
      if (!(std::fabs(x[i]) <= name##_end)) out.set(i, name(x[i]));                          \
    return out;                                                                              \
  }
NTK_NEAR(sin, 0x1p20, std::sin(x))
NTK_NEAR(cos, 0x1p20, std::cos(x))
NTK_NEAR(sin_minus_x_cos, 3.2, std::sin(x) - x * std::cos(x))
#undef NTK_NEAR

}  // namespace ntk::NTK_ABI::math
#endif
