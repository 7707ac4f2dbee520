// The degrees of a series beyond its terms, octave by octave [2^o, 2^(o+1)), by a few degrees each.
//
// Around one place z = 0 the coefficients of even, and those of odd degrees vary with the degree like its powers, up to their signs, which
// a product of two series does not have. So a sum over an octave of products c_k d_k rho^k is almost that of a polynomial in k, which the
// rule of Gauss for sums over equidistant points gives, exact to the power 31 with 16 degrees, not whole ones (its orthogonal polynomials
// are Gram's, 1883). What stands at a degree is multiplied by the root of its weight: products of two series are weighted, and their sums
// stay positive semidefinite. Beyond 2^34 terms fall like k^(-3/2) or k^(-5/2), and their sum is an integral.
#pragma once
#ifndef NTK_RUNTIME_OCTAVES_HPP
#define NTK_RUNTIME_OCTAVES_HPP
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "ntk/runtime/bivariate.hpp"

namespace ntk::NTK_ABI::quadrature {

inline constexpr std::size_t kFirstOctave = 9, kWaveOctaves = 20, kLastOctave = 34;  // ends but the first
inline constexpr std::size_t kOctaveNodes = 16, kOctavePacks = kOctaveNodes / lanes::kCount;

// Of degrees low + 2 j, j = 0, 1, ... 2^(octave - 1) - 1: which j, and the roots of the weights.
struct Octave {
  Lanes place[kOctavePacks], root_weight[kOctavePacks];
};

// Gram's polynomials, orthonormal in the mean over n equidistant points around 0.
struct Gram {
  static constexpr std::size_t kDegree = kOctaveNodes;
  double back[kDegree + 1];
  explicit Gram(double n) {
    for (std::size_t k = 1; k <= kDegree; ++k) {
      const double d = static_cast<double>(k);
      back[k] = d * std::sqrt((n * n - d * d) / (4 * (4 * d * d - 1)));
    }
    back[0] = 0;
  }
  std::array<double, kDegree + 1> operator()(double x) const {
    std::array<double, kDegree + 1> p{1.0};
    for (std::size_t k = 0; k < kDegree; ++k) p[k + 1] = (x * p[k] - (k > 0 ? back[k] * p[k - 1] : 0.0)) / back[k + 1];
    return p;
  }
};

// The roots of the highest one: between places where a cosine is equidistant, by bisection.
inline std::array<double, kOctaveNodes> roots(const Gram& gram, double n) {
  constexpr std::size_t kDegree = Gram::kDegree;
  std::array<double, kDegree> out{};
  constexpr int kPlaces = 16 * static_cast<int>(kDegree);
  const auto place = [&](int i) { return -0.5 * n * std::cos(3.14159265358979323846 * i / kPlaces); };
  std::size_t found = 0;
  for (int i = 0; i < kPlaces && found < kDegree; ++i) {
    double low = place(i), high = place(i + 1);
    const bool sign = gram(low)[kDegree] < 0;
    if ((gram(high)[kDegree] < 0) == sign) continue;
    for (int step = 0; step < 80; ++step) {
      const double middle = 0.5 * (low + high);
      ((gram(middle)[kDegree] < 0) == sign ? low : high) = middle;
    }
    out[found++] = low;
  }
  return out;
}

inline Octave make_octave(std::size_t octave) {
  Octave out;
  const double n = std::ldexp(0.5, static_cast<int>(octave));
  const Gram gram(n);
  const auto at = roots(gram, n);
  for (std::size_t i = 0; i < kOctaveNodes; ++i) {
    const auto p = gram(at[i]);
    double squares = 0;
    for (std::size_t k = 0; k < kOctaveNodes; ++k) squares += p[k] * p[k];
    out.place[i / lanes::kCount].set(i % lanes::kCount, at[i] + 0.5 * (n - 1));
    out.root_weight[i / lanes::kCount].set(i % lanes::kCount, std::sqrt(n / squares));
  }
  return out;
}
inline const Octave& octave_rule(std::size_t octave) {
  static const std::array<Octave, kLastOctave - kFirstOctave> table = [] {
    std::array<Octave, kLastOctave - kFirstOctave> made;
    for (std::size_t o = 0; o < made.size(); ++o) made[o] = make_octave(kFirstOctave + o);
    return made;
  }();
  return table[octave - kFirstOctave];
}

// The octaves that follow the terms of a series, in order; those of degrees of either parity have first the nodes of even degrees.
struct Beyond {
  std::size_t first = kLastOctave, classes = 1, low = 0;  // the first octave; how many parities of degrees, the first of them
  Beyond(bool every_degree, std::size_t first_degree, std::size_t end_degree) {
    classes = every_degree ? 2 : 1, low = first_degree;
    for (std::size_t o = kFirstOctave; o < kLastOctave; ++o)
      if (end_degree == std::size_t(1) << o) first = o;
  }
  // Series of other lengths have none.
  std::size_t octaves(bool smooth, bool one_place) const {
    const std::size_t end = smooth ? kWaveOctaves : one_place ? kLastOctave : 0;
    return end > first ? end - first : 0;
  }
  std::size_t numbers(std::size_t octaves) const { return octaves * classes * kOctaveNodes; }
  std::size_t octaves(std::size_t numbers) const { return numbers / (classes * kOctaveNodes); }
};

// What every second degree from 2^34 on adds, where the last octave has these products: of k^(-3/2) or of k^(-5/2), times exp(-e k).
inline double last_degrees(const Lanes& product, const Lanes& degree, double log_rho) {
  const Lanes scaled = product * (degree * math::sqrt(degree));
  const double e = -log_rho, end = std::ldexp(1.0, static_cast<int>(kLastOctave)), at_end = std::exp(-e * end) / std::sqrt(end);
  const double slow = at_end - std::sqrt(3.14159265358979323846 * e) * std::erfc(std::sqrt(e * end));
  const double first = scaled[0], last = scaled[lanes::kCount - 1];
  return std::fabs(last) > std::fabs(first) * std::sqrt(degree[0] / degree[lanes::kCount - 1])
             ? last * slow
             : last * degree[lanes::kCount - 1] * (at_end / end - 2 * e * slow) / 3;
}

// visit(octave, parity class, pack, x, y, degrees) for all degrees of so many octaves.
template <class X, class Y, class Visit>
void over_octaves(const Beyond& all, std::size_t octaves, const X& x, const Y& y, const Visit& visit) {
  std::size_t at = 0;
  for (std::size_t o = all.first; o < all.first + octaves; ++o)
    for (std::size_t c = 0; c < all.classes; ++c)
      for (std::size_t p = 0; p < kOctavePacks; ++p, at += lanes::kCount) {
        Lanes left, right;
        for (std::size_t l = 0; l < lanes::kCount; ++l) left.set(l, x[at + l]), right.set(l, y[at + l]);
        const double low = std::ldexp(1.0, static_cast<int>(o)) + static_cast<double>(all.low + c);
        visit(o, c, p, left, right, 2.0 * octave_rule(o).place[p] + low);
      }
}
inline bool last_pack(std::size_t octave, std::size_t pack) { return octave + 1 == kLastOctave && pack + 1 == kOctavePacks; }
inline Lanes unweighted(const Lanes& product, std::size_t octave, std::size_t pack) {
  const Lanes root = octave_rule(octave).root_weight[pack];
  return product / (root * root);
}
inline double sum_of(const Lanes& a) { return ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7])); }

// The sum of x_k y_k k^power |rho|^(k - power) (power 0 or 1) over octaves; degrees whose powers of rho are negative are subtracted.
template <class X, class Y>
double octave_sum(const Beyond& all, std::size_t octaves, int power, const X& x, const Y& y, double log_rho, bool negative) {
  std::size_t met = 0;  // the others are less than exp(-60)
  while (met < octaves && std::ldexp(1.0, static_cast<int>(all.first + met)) * log_rho > -60.0) ++met;
  Lanes sum[2];
  double tail[2] = {0, 0};
  over_octaves(all, met, x, y,
               [&](std::size_t o, std::size_t c, std::size_t p, const Lanes& left, const Lanes& right, const Lanes& degree) {
                 const Lanes product = power == 1 ? degree * (left * right) : left * right;
                 sum[c] = sum[c] + product * math::bivariate::decay(log_rho * (power == 1 ? degree - 1.0 : degree));
                 if (last_pack(o, p)) tail[c] = last_degrees(unweighted(product, o, p), degree, log_rho);
               });
  double total = 0;
  for (std::size_t c = 0; c < std::min<std::size_t>(all.classes, 2); ++c) {
    const bool odd_power = (all.low + c + static_cast<std::size_t>(power)) % 2 == 1;
    const double part = sum_of(sum[c]) + tail[c];
    total += negative && odd_power ? -part : part;
  }
  return total;
}

// The sum of (x_k - y_k)^2 + 2 x_k y_k (1 - rho^k) over octaves.
template <class X, class Y>
double octave_distance(const Beyond& all, std::size_t octaves, const X& x, const Y& y, double log_rho, bool negative) {
  Lanes sum;
  double tail = 0;
  over_octaves(all, octaves, x, y,
               [&](std::size_t o, std::size_t c, std::size_t p, const Lanes& left, const Lanes& right, const Lanes& degree) {
                 const bool flipped = negative && (all.low + c) % 2 == 1;
                 const Lanes gap = left - right, power = math::expm1(log_rho * degree), below_one = flipped ? 2.0 + power : -power;
                 sum = sum + gap * gap + 2.0 * (left * right * below_one);
                 if (!last_pack(o, p)) return;
                 const Lanes product = unweighted(left * right, o, p);
                 const double at_one = last_degrees(product, degree, 0.0), at_rho = last_degrees(product, degree, log_rho);
                 tail += last_degrees(unweighted(gap * gap, o, p), degree, 0.0) + 2 * (flipped ? at_one + at_rho : at_one - at_rho);
               });
  return sum_of(sum) + tail;
}

}  // namespace ntk::NTK_ABI::quadrature
#endif
