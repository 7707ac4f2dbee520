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

// t = sqrt(1 - rho) for rho >= a turn, sqrt(1 + rho) below. kTurn: the usual one.
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
  static constexpr double kDrop = 2e-9, kMost = 8e-7, kHopeless = 1e-4, kRho = 2.4e-7, kSteepest = 2.8, kRounded = 5e-4, kLevel = 6e-7;
};

// Orders of t go together in groups: registers hold their sums over y.
inline constexpr std::size_t kGroup = 4;

// Coefficients of a row that are summed at once, and to whose multiples their number is rounded.
template <class T>
inline constexpr std::size_t kStep = 128 / sizeof(T);

// Coefficients of T_x(place of log q) T_t(place of t) T_y(place of log q').
template <class T>
struct Terms {
  struct Depth {
    unsigned char first, end;
    std::size_t size() const { return static_cast<std::size_t>(end - first); }
  };
  std::vector<Depth> depth;     // of each group of orders of t: these orders of y
  std::vector<T> coefficients;  // [x][group][y][t in the group]
  std::size_t size = 0;         // of an x
  // Coefficients of rows are summed in whole steps; behind the last there are as many numbers.
  std::size_t stride() const { return (size + kStep<T> - 1) / kStep<T> * kStep<T>; }

  // Of coefficients [x][t][y].
  Terms() = default;
  Terms(std::size_t norms, std::size_t terms, std::vector<Depth> of, const double* all) : depth(std::move(of)) {
    while (!depth.empty() && depth.back().size() == 0) depth.pop_back();
    for (std::size_t x = 0; x < norms; ++x)
      for (std::size_t g = 0; g < depth.size(); ++g)
        for (std::size_t y = depth[g].first; y < depth[g].end; ++y)
          for (std::size_t r = 0; r < kGroup; ++r) coefficients.push_back(static_cast<T>(all[(x * terms + g * kGroup + r) * norms + y]));
    size = coefficients.size() / norms;
    coefficients.resize(coefficients.size() + kStep<T>);
  }
  // Calls f(x, t, y, coefficient).
  template <class F>
  void for_each(F f) const {
    for (std::size_t i = 0; i + kStep<T> < coefficients.size();)
      for (std::size_t x = i / size, g = 0; g < depth.size(); ++g)
        for (std::size_t y = depth[g].first; y < depth[g].end; ++y)
          for (std::size_t r = 0; r < kGroup; ++r) f(x, g * kGroup + r, y, coefficients[i++]);
  }
};

// A sum of doubles has a part that is computed in floats.
template <class T>
struct Series {
  Terms<T> terms;
  Terms<float> small;
};
template <class T>
inline constexpr bool kHasSmall = sizeof(T) > sizeof(float);
template <class T>
struct Fit {
  std::size_t norms = 0, terms = 0;  // orders of x, and at most of y; of t, a multiple of kGroup
  Interval t;
  std::vector<Series<T>> outputs;
};

// Of coefficients [x][t][y], in groups of orders of t: how many orders of y count.
class Sizes {
 public:
  Sizes(std::size_t norms, std::size_t terms, const double* all)
      : norms_(norms), groups_(terms / kGroup), most_(groups_ * norms), lost_(groups_ * norms) {
    for (std::size_t i = 0; i < norms * terms * norms; ++i) {
      const std::size_t n = i / norms % terms, at = n / kGroup * norms + i % norms;
      const double size = std::isfinite(all[i]) ? std::fabs(all[i]) : std::numeric_limits<double>::infinity();
      most_[at] = std::max(most_[at], size);
      lost_[at] += size * static_cast<double>(n * n + terms) * 0x1p-24;
    }
  }
  // Those up to the last that has a coefficient above this.
  std::vector<unsigned char> above(double least) const {
    std::vector<unsigned char> out(groups_, 0);
    for (std::size_t i = 0; i < most_.size(); ++i)
      if (!(most_[i] <= least)) out[i / norms_] = static_cast<unsigned char>(i % norms_ + 1);
    return out;
  }
  // What floats lose at most of the others: of the sum, and of the place of t, at which T_n has a slope of n^2 at most.
  double lost(const std::vector<unsigned char>& but) const {
    double sum = 0;
    for (std::size_t i = 0; i < lost_.size(); ++i)
      if (i % norms_ >= but[i / norms_]) sum += lost_[i];
    return sum;
  }

 private:
  std::size_t norms_, groups_;
  std::vector<double> most_, lost_;
};

// Of coefficients [output][x][t][y].
template <class T>
Fit<T> pack(std::size_t norms, std::size_t terms, Interval t, const std::vector<double>& all) {
  Fit<T> out{norms, terms, t, {}};
  const std::size_t size = norms * terms * norms;
  for (const double* of = all.data(); of < all.data() + all.size(); of += size) {
    constexpr double kLost = 1e-14;
    const Sizes sizes(norms, terms, of);
    const auto all_of = sizes.above(Digits<T>::kDrop);
    auto large = all_of;
    if constexpr (kHasSmall<T>) {
      double least = 1e-7;
      do large = sizes.above(least /= 2);
      while (least > Digits<T>::kDrop && !(sizes.lost(large) <= kLost));
    }
    std::vector<typename Terms<T>::Depth> first;
    std::vector<Terms<float>::Depth> rest;
    for (std::size_t g = 0; g < terms / kGroup; ++g) first.push_back({0, large[g]}), rest.push_back({large[g], all_of[g]});
    out.outputs.push_back({{norms, terms, first, of}, {norms, terms, rest, of}});
  }
  return out;
}

// Calls f(output, x, t, y, coefficient).
template <class T, class F>
void for_each(const Fit<T>& fit, F f) {
  for (std::size_t o = 0; o < fit.outputs.size(); ++o) {
    const auto each = [&](std::size_t x, std::size_t t, std::size_t y, double c) { f(o, x, t, y, c); };
    fit.outputs[o].terms.for_each(each), fit.outputs[o].small.for_each(each);
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
  for_each(of, [&](std::size_t o, std::size_t x, std::size_t t, std::size_t y, double c) {
    all[((o * of.norms + y) * of.terms + t) * of.norms + x] = c;
  });
  return pack<T>(of.norms, of.terms, of.t, all);
}

// At one place of t in [-1, 1], by Clenshaw's recurrence; x and y: polynomials of the places of log q and log q'.
inline double value(const Series<double>& series, const double* x, double place, const double* y) {
  double sums[kMostTerms] = {}, last = 0, before = 0;
  const auto add = [&](std::size_t a, std::size_t m, std::size_t b, double c) { sums[m] += x[a] * y[b] * c; };
  series.terms.for_each(add), series.small.for_each(add);
  for (std::size_t m = std::max(series.terms.depth.size(), series.small.depth.size()) * kGroup; m-- > 0;) {
    const double now = sums[m] + (2 * place * last - before);
    before = last, last = now;
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
