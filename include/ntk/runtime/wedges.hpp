// Two-dimensional Gaussian expectations in polar coordinates, of functions that are exponentials on half lines: elu and its kin.
//
// The line u = 0 and the line v = 0 cut the plane of independent unit normals into wedges. In a wedge of angle w, A = r sin a and
// B = r sin(w - a) are the distances from its sides; r has the density r exp(-r^2/2), a is uniform. Radial integrals are Mills' ratio
// M(x) = int exp(-r^2/2 - r x) dr = sqrt(pi/2) erfcx(x / sqrt 2), and terms are positive: nothing cancels at any scale or angle.
#pragma once
#ifndef NTK_RUNTIME_WEDGES_HPP
#define NTK_RUNTIME_WEDGES_HPP
#include <algorithm>
#include <cmath>

#include "ntk/runtime/panels.hpp"

namespace ntk::NTK_ABI::math {

namespace wedges {

// (x + 1) M(x) as a polynomial in (x - 5) / (x + 5), x >= 0: a Chebyshev expansion with coefficients computed in 60 digits, error 1e-18.
inline constexpr double kScale = 5;
inline constexpr double kMills[] = {1.7327578943235103e-10, 6.288377855498677e-11,  -2.039456977423449e-09, -1.0846925288860795e-09,
                                    1.4010248782442869e-08, 1.0082895646260188e-08, -8.232321223515427e-08, -6.738323465177047e-08,
                                    4.968188503341836e-07,  3.2197131609042185e-07, -3.280567012895583e-06, -1.7723438185601556e-07,
                                    2.271112294988288e-05,  -2.48054584472145e-05,  -0.0001343747460125513, 0.00045704381820007954,
                                    1.953073289303005e-05,  -0.004201290310663574,  0.0163482312692141,     -0.038026592187762366,
                                    0.061505045841013566,   -0.0661776007789934,    0.025072179301611947,   0.07778159886873554,
                                    -0.2294875382521129,    1.1568486282918946};

// Both M(y) and (M(x) - M(y)) / (y - x), by the polynomial's divided difference.
struct Drop {
  Lanes mills, slope;
  Drop(const Lanes& x, const Lanes& y) {
    const Lanes tx = (x - kScale) / (x + kScale), ty = (y - kScale) / (y + kScale);
    Lanes value = kMills[0], difference = 0.0;
    for (std::size_t i = 1; i < std::size(kMills); ++i) difference = difference * tx + value, value = value * ty + kMills[i];
    mills = value / (y + 1.0);
    slope = (mills - 2.0 * kScale * difference / ((x + kScale) * (y + kScale))) / (x + 1.0);
  }
};
// Of F(x) = 1 - x M(x) = int r exp(-r^2/2 - r x) dr the divided difference over x, y and z, half of F'' between them: with t(x) = (x - 5) /
// (x + 5), R = (x + 1) M = P(t(x)) and Leibniz's rule M[xyz] = (R[xyz] - M[xy]) / (z + 1), F[xyz] = -z M[xyz] - M[xy].
inline Lanes bend(const Lanes& x, const Lanes& y, const Lanes& z) {
  const Lanes tx = (x - kScale) / (x + kScale), ty = (y - kScale) / (y + kScale), tz = (z - kScale) / (z + kScale);
  Lanes value = kMills[0], first = 0.0, second = 0.0;  // P(ty), P[tx, ty], P[tx, ty, tz]
  for (std::size_t i = 1; i < std::size(kMills); ++i)
    second = second * tz + first, first = first * tx + value, value = value * ty + kMills[i];
  const Lanes u = 2.0 * kScale / (z + kScale), xy = (x + kScale) * (y + kScale);
  const Lanes drop = (value / (y + 1.0) - 2.0 * kScale * first / xy) / (x + 1.0);
  return (drop - z * (u * (u * second - first) / xy)) / (z + 1.0);
}
inline Lanes mills(const Lanes& x) {
  const Lanes t = (x - kScale) / (x + kScale);
  Lanes value = kMills[0];
  for (std::size_t i = 1; i < std::size(kMills); ++i) value = value * t + kMills[i];
  return value / (x + 1.0);
}

// sin a, 0 <= a <= pi: the series to degree 21 of a or pi - a, error 2e-18.
inline Lanes sine(const Lanes& a) {
  const Lanes x = math::min(a, Lanes(3.14159265358979323846) - (a - 1.2246467991473532e-16)), z = x * x;
  Lanes sum = 0.0;
  for (const double c :
       {1.9572941063391263e-20, -8.22063524662433e-18, 2.8114572543455206e-15, -7.647163731819816e-13, 1.6059043836821613e-10,
        -2.505210838544172e-08, 2.7557319223985893e-06, -0.0001984126984126984, 0.008333333333333333, -0.16666666666666666, 1.0})
    sum = sum * z + c;
  return x * sum;
}

// (1/2pi) int_0^(w/2) f(a) da; f varies with scale 1/t near 0.
template <class F>
double half_integral(double w, double t, const F& f) {
  double total = 0, low = 0, high = std::min(4 / t, 0.5 * w);
  while (low < 0.5 * w) {
    total += quadrature::panel(low, high, f);
    low = high, high = std::min(8 * high, 0.5 * w);
  }
  return total * 0.15915494309189533577;
}

// (1/2pi) int_0^w f(sin a, sin(w - a)) da; f varies with scale 1/t near the sides.
template <class F>
double integral(double w, double t, const F& f) {
  return half_integral(w, t, [&](const Lanes& a) {
    const Lanes near = sine(a), far = sine(w - a);
    return f(near, far) + f(far, near);
  });
}

}  // namespace wedges

// E[(1 - exp(-t1 A)) (1 - exp(-t2 B))] over a wedge: by parts, the radial integral is a (M(a) - M(a + b)) + b (M(b) - M(a + b)).
inline double wedge_saturating(double t1, double t2, double w) {
  if (!(w > 0 && t1 > 0 && t2 > 0)) return 0.0;
  return wedges::integral(w, std::max(t1, t2), [&](const Lanes& sin_a, const Lanes& sin_b) {
    const Lanes a = t1 * sin_a, b = t2 * sin_b;
    return a * b * (wedges::Drop(a, a + b).slope + wedges::Drop(b, a + b).slope);
  });
}

// E[A (1 - exp(-t B))]: the radial integral is M(0) - M(b) + b (1 - b M(b)).
inline double wedge_linear(double t, double w) {
  if (!(w > 0 && t > 0)) return 0.0;
  return wedges::integral(w, t, [&](const Lanes& sin_a, const Lanes& sin_b) {
    const Lanes b = t * sin_b;
    const wedges::Drop drop(Lanes(0.0), b);
    return sin_a * (b * (drop.slope + (1.0 - b * drop.mills)));
  });
}

// E[exp(-t1 A - t2 B)]: the radial integral is 1 - c M(c).
inline double wedge_decaying(double t1, double t2, double w) {
  if (!(w > 0)) return 0.0;
  return wedges::integral(w, std::max(t1, t2), [&](const Lanes& sin_a, const Lanes& sin_b) {
    const Lanes c = t1 * sin_a + t2 * sin_b;
    return 1.0 - c * wedges::mills(c);
  });
}

// E[(1 - exp(-t B))^2]: the radial integral is 2b (M(b) - M(2b)).
inline double wedge_square(double t, double w) {
  if (!(w > 0 && t > 0)) return 0.0;
  return wedges::integral(w, t, [&](const Lanes&, const Lanes& sin_b) {
    const Lanes b = t * sin_b;
    return 2.0 * (b * b) * wedges::Drop(b, 2.0 * b).slope;
  });
}

// E[(exp(-t1 A) - exp(-t2 B))^2] over the wedge of angle pi - v: the radial integral is F(2a) - 2F(a + b) + F(2b) with F(x) = 1 - x M(x),
// and a - b = (t1 - t2) sin a - 2 t2 sin(v/2) cos(a + v/2) without cancellation.
inline double wedge_apart(double t1, double t2, double gap, double v) {
  constexpr double kPi = 3.14159265358979323846;
  const double w = kPi - v, across = 2 * t2 * std::sin(0.5 * v), most = std::max(t1, t2);
  if (!(w > 0 && most > 0)) return 0.0;
  return wedges::half_integral(w, most, [&](const Lanes& angle) {
    const Lanes near = wedges::sine(angle), far = wedges::sine(angle + v), turn = across * wedges::sine(0.5 * kPi - (angle + 0.5 * v));
    const auto at = [&](const Lanes& sin_a, const Lanes& sin_b, const Lanes& apart) {
      const Lanes a = t1 * sin_a, b = t2 * sin_b;
      return apart * apart * wedges::bend(2.0 * a, 2.0 * b, a + b);
    };
    return 2.0 * (at(near, far, gap * near - turn) + at(far, near, gap * far + turn));
  });
}

#define NTK_WEDGE(name, parameters, arguments)                                  \
  inline Lanes name parameters {                                                \
    Lanes out;                                                                  \
    for (std::size_t l = 0; l < lanes::kCount; ++l) out.set(l, name arguments); \
    return out;                                                                 \
  }
NTK_WEDGE(wedge_saturating, (const Lanes& t1, const Lanes& t2, const Lanes& w), (t1[l], t2[l], w[l]))
NTK_WEDGE(wedge_linear, (const Lanes& t, const Lanes& w), (t[l], w[l]))
NTK_WEDGE(wedge_decaying, (const Lanes& t1, const Lanes& t2, const Lanes& w), (t1[l], t2[l], w[l]))
NTK_WEDGE(wedge_square, (const Lanes& t, const Lanes& w), (t[l], w[l]))
NTK_WEDGE(wedge_apart, (const Lanes& t1, const Lanes& t2, const Lanes& gap, const Lanes& v), (t1[l], t2[l], gap[l], v[l]))
#undef NTK_WEDGE

}  // namespace ntk::NTK_ABI::math
#endif
