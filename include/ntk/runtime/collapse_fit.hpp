// A fully connected network is a function of three numbers of a pair: the variances q, q' of its samples and their correlation rho.
// Over a small box of them its kernel, divided by the roots of k(x, x) and k(x', x'), is a polynomial in log q, log q' and
// t = sqrt(1 - rho), or sqrt(1 + rho): kernels of kinked activations are analytic in t, not in rho.
#pragma once
#ifndef NTK_RUNTIME_COLLAPSE_FIT_HPP
#define NTK_RUNTIME_COLLAPSE_FIT_HPP
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <optional>
#include <vector>

#include "ntk/runtime/chebyshev.hpp"

namespace ntk::NTK_ABI::collapse {

inline constexpr std::size_t kMostNorms = 24, kMostTerms = 64;  // of a fit: in log q, and in t

struct Interval {
  double low = 0, high = 0;
  double middle() const { return 0.5 * (low + high); }
  double half() const { return 0.5 * (high - low); }
  double at(double place) const { return middle() + half() * place; }  // of a place in [-1, 1]
  double place(double value) const { return half() > 0 ? (value - middle()) / half() : 0.0; }
};

// t = sqrt(1 - rho) for rho >= kTurn, sqrt(1 + rho) below.
enum class Sheet : unsigned char { plus, minus };
inline constexpr double kTurn = -0.25;

// What a collapse in numbers of type T keeps, relative to sqrt(k(x, x) k(x', x')).
template <class T>
struct Digits;
template <>
struct Digits<double> {
  static constexpr double kDrop = 2e-15;     // coefficients up to this are left out
  static constexpr double kMost = 5e-14;     // between its nodes a fit may differ from the recursion by this
  static constexpr double kHopeless = 1e-8;  // what is off by more is not tried with more terms
  static constexpr double kRho = 0;          // what products lose of rho, beyond what they lose for the recursion
  static constexpr double kSteepest = std::numeric_limits<double>::infinity();  // so many times more than rho a kernel may change
  static constexpr double kRounded = 3e-8, kLevel = 2e-14;  // next to t = 0 rounding moves t, and may move a kernel, by this
};
template <>
struct Digits<float> {
  static constexpr double kDrop = 2e-9, kMost = 8e-7, kHopeless = 1e-4, kRho = 2.5e-7, kSteepest = 2.2, kRounded = 5e-4, kLevel = 6e-7;
};

// Orders of t go together in groups: registers hold their sums over y.
inline constexpr std::size_t kGroup = 4;

// Coefficients of a row that are summed at once, and to whose multiples their number is rounded.
template <class T>
inline constexpr std::size_t kStep = 128 / sizeof(T);

// Sum of coefficients T_x(place of log q) T_t(place of t) T_y(place of log q').
template <class T>
struct Series {
  std::vector<unsigned char> depth;  // of each group of orders of t: so many orders of y count
  std::vector<T> coefficients;       // [x][group][y][t in the group]
  std::size_t size = 0;              // of an x
  // Coefficients of rows are summed in whole steps; behind the last there are as many numbers.
  std::size_t stride() const { return (size + kStep<T> - 1) / kStep<T> * kStep<T>; }
};
template <class T>
struct Fit {
  std::size_t norms = 0, terms = 0;  // orders of x, and at most of y; of t, a multiple of kGroup
  Interval t;
  std::vector<Series<T>> outputs;
};

// Of coefficients [output][x][t][y].
template <class T>
Fit<T> pack(std::size_t norms, std::size_t terms, Interval t, const std::vector<double>& all) {
  Fit<T> out{norms, terms, t, {}};
  const std::size_t size = norms * terms * norms;
  for (const double* of = all.data(); of < all.data() + all.size(); of += size) {
    Series<T>& series = out.outputs.emplace_back();
    series.depth.assign(terms / kGroup, 1);
    for (std::size_t i = 0; i < size; ++i)
      if (!(std::fabs(of[i]) <= Digits<T>::kDrop)) {
        unsigned char& depth = series.depth[i / norms % terms / kGroup];
        depth = std::max(depth, static_cast<unsigned char>(i % norms + 1));
      }
    for (std::size_t x = 0; x < norms; ++x)
      for (std::size_t m = 0; m < terms; m += kGroup)
        for (std::size_t y = 0; y < series.depth[m / kGroup]; ++y)
          for (std::size_t r = 0; r < kGroup; ++r) series.coefficients.push_back(static_cast<T>(of[(x * terms + m + r) * norms + y]));
    series.size = std::accumulate(series.depth.begin(), series.depth.end(), std::size_t(0)) * kGroup;
    series.coefficients.resize(series.coefficients.size() + kStep<T>);
  }
  return out;
}

// Calls f(output, x, t, y, coefficient).
template <class T, class F>
void for_each(const Fit<T>& fit, F f) {
  for (std::size_t o = 0; o < fit.outputs.size(); ++o) {
    const T* at = fit.outputs[o].coefficients.data();
    for (std::size_t x = 0; x < fit.norms; ++x)
      for (std::size_t m = 0; m < fit.terms; m += kGroup)
        for (std::size_t y = 0; y < fit.outputs[o].depth[m / kGroup]; ++y)
          for (std::size_t r = 0; r < kGroup; ++r) f(o, x, m + r, y, *at++);
  }
}

// values: of each output at the nodes, [output][x][t][y].
template <class T>
Fit<T> fit(std::size_t outputs, std::size_t norms, std::size_t terms, Interval t, std::vector<double> values) {
  chebyshev::to_coefficients(norms, 1, outputs * norms * terms, values.data());
  chebyshev::to_coefficients(terms, norms, outputs * norms, values.data());
  chebyshev::to_coefficients(norms, norms * terms, outputs, values.data());
  return pack<T>(norms, terms, t, values);
}

// The fit of the pairs the other way round.
template <class T>
Fit<T> transposed(const Fit<T>& of) {
  std::vector<double> all(of.outputs.size() * of.norms * of.terms * of.norms);
  for_each(of, [&](std::size_t o, std::size_t x, std::size_t t, std::size_t y, T c) {
    all[((o * of.norms + y) * of.terms + t) * of.norms + x] = c;
  });
  return pack<T>(of.norms, of.terms, of.t, all);
}

// At one place of t in [-1, 1], by Clenshaw's recurrence; x and y: polynomials of the places of log q and log q'.
inline double value(const Series<double>& series, std::size_t norms, const double* x, double place, const double* y) {
  const double* c = series.coefficients.data() + series.size;
  double last = 0, before = 0;
  for (std::size_t g = series.depth.size(); g-- > 0;) {
    c -= series.depth[g] * kGroup;
    double sums[kGroup] = {};
    for (std::size_t a = 0; a < norms; ++a)
      for (std::size_t b = 0; b < series.depth[g]; ++b)
        for (std::size_t r = 0; r < kGroup; ++r) sums[r] += x[a] * y[b] * c[a * series.size + b * kGroup + r];
    for (std::size_t r = kGroup; r-- > 0;) {
      const double now = sums[r] + (2 * place * last - before);
      before = last, last = now;
    }
  }
  return last - place * before;
}

// Of all outputs at places in [-1, 1], in double: [output][x][t][y].
template <class T>
std::vector<double> values(const Fit<T>& fit, const std::vector<double>& x, const std::vector<double>& t, const std::vector<double>& y) {
  const auto basis = [](std::size_t n, const std::vector<double>& places) {
    std::vector<double> out(n * places.size());
    for (std::size_t k = 0; k < places.size(); ++k) chebyshev::polynomials(places[k], n, out.data() + k * n);
    return out;
  };
  const std::size_t m = fit.outputs.size(), nx = x.size(), nt = t.size(), ny = y.size();
  const auto px = basis(fit.norms, x), pt = basis(fit.terms, t), py = basis(fit.norms, y);
  std::vector<double> by_y(m * fit.norms * fit.terms * ny), by_t(m * fit.norms * nt * ny), out(m * nx * nt * ny);
  for_each(fit, [&](std::size_t o, std::size_t a, std::size_t k, std::size_t b, double c) {
    for (std::size_t l = 0; l < ny; ++l) by_y[((o * fit.norms + a) * fit.terms + k) * ny + l] += c * py[l * fit.norms + b];
  });
  for (std::size_t a = 0; a < m * fit.norms; ++a)
    for (std::size_t i = 0; i < nt * fit.terms; ++i)
      for (std::size_t l = 0; l < ny; ++l)
        by_t[(a * nt + i / fit.terms) * ny + l] += pt[i] * by_y[(a * fit.terms + i % fit.terms) * ny + l];
  for (std::size_t o = 0; o < m; ++o)
    for (std::size_t i = 0; i < nx * fit.norms; ++i)
      for (std::size_t l = 0; l < nt * ny; ++l)
        out[(o * nx + i / fit.norms) * nt * ny + l] += px[i] * by_t[(o * fit.norms + i % fit.norms) * nt * ny + l];
  return out;
}

}  // namespace ntk::NTK_ABI::collapse
#endif
