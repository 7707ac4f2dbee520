// A fully connected network is a function of three numbers of a pair: the variances q, q' of its samples and their correlation rho.
// Over a small box of them its kernel, divided by the roots of k(x, x) and k(x', x'), is a polynomial in log q, log q' and
// t = sqrt(1 - rho), or sqrt(1 + rho): kernels of kinked activations are analytic in t, not in rho.
#pragma once
#ifndef NTK_RUNTIME_COLLAPSE_FIT_HPP
#define NTK_RUNTIME_COLLAPSE_FIT_HPP
#include <algorithm>
#include <cmath>
#include <cstddef>
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

// Of each output: sum of coefficients[x][t][y] T_x(place of log q) T_t(place of t) T_y(place of log q').
struct Fit {
  std::size_t outputs = 0, norms = 0, terms = 0;  // norms: terms in log q and in log q' each; terms is even
  Interval t;
  std::vector<double> coefficients;  // [output][x][t][y]
  std::vector<unsigned char> used;   // [output][t]: of the terms in log q' the first so many count
  const double* of(std::size_t output) const { return coefficients.data() + output * norms * terms * norms; }
};

// Relative to sqrt(k(x, x) k(x', x')): coefficients up to kDrop are left out; between its nodes a fit may differ from the recursion by
// kMost.
inline constexpr double kDrop = 4e-15, kMost = 5e-14;

// values: of each output at the nodes, [output][x][t][y], which become coefficients.
inline Fit fit(std::size_t outputs, std::size_t norms, std::size_t terms, Interval t, std::vector<double> values) {
  chebyshev::to_coefficients(norms, 1, outputs * norms * terms, values.data());
  chebyshev::to_coefficients(terms, norms, outputs * norms, values.data());
  chebyshev::to_coefficients(norms, norms * terms, outputs, values.data());
  Fit out{outputs, norms, terms, t, std::move(values), {}};
  out.used.assign(outputs * terms, 1);
  for (std::size_t o = 0; o < outputs; ++o)
    for (std::size_t x = 0; x < norms; ++x)
      for (std::size_t m = 0; m < terms; ++m)
        for (std::size_t y = 0; y < norms; ++y)
          if (std::fabs(out.of(o)[(x * terms + m) * norms + y]) > kDrop) {
            unsigned char& most = out.used[o * terms + m];
            most = std::max(most, static_cast<unsigned char>(y + 1));
          }
  return out;
}

// At the places x, t, y in [-1, 1].
inline double value(const Fit& fit, std::size_t output, double x, double t, double y) {
  std::vector<double> along(2 * fit.norms + fit.terms);
  double* const px = along.data();
  double* const py = px + fit.norms;
  double* const pt = py + fit.norms;
  chebyshev::polynomials(x, fit.norms, px), chebyshev::polynomials(y, fit.norms, py), chebyshev::polynomials(t, fit.terms, pt);
  double sum = 0;
  for (std::size_t a = 0; a < fit.norms; ++a)
    for (std::size_t m = 0; m < fit.terms; ++m)
      for (std::size_t b = 0; b < fit.used[output * fit.terms + m]; ++b)
        sum += fit.of(output)[(a * fit.terms + m) * fit.norms + b] * px[a] * pt[m] * py[b];
  return sum;
}

}  // namespace ntk::NTK_ABI::collapse
#endif
