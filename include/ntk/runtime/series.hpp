// Hermite series of functions of a Gaussian, and Mehler's sum of two of them.
//
// f(s z) = E[f] + s (sum over k >= 1 of c_k h_k(z)), h_k = He_k / sqrt(k!). For unit normal u, v of correlation rho, E[h_j(u) h_k(v)] is
// rho^k for j = k, else 0 (Mehler 1866), so with c = s1 s2 rho
//   E[f(u) g(v)] = E[f] E[g] + s1 s2 (sum of c_k d_k rho^k),   E[f'(u) g'(v)] = sum of k c_k d_k rho^(k-1).
// What degrees beyond n add is at most the product of the roots of both tails (Cauchy-Schwarz), and tails are exact second moments less the
// squares of the coefficients (Parseval).
//
// After the terms a series may have octaves of degrees: see octaves.hpp.
#pragma once
#ifndef NTK_RUNTIME_SERIES_HPP
#define NTK_RUNTIME_SERIES_HPP
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include "ntk/runtime/octaves.hpp"
#include "ntk/runtime/panels.hpp"

namespace ntk::NTK_ABI::quadrature {

inline constexpr double kDensity = 0.39894228040143267794;  // of N(0, 1) at 0

// Of an odd or even function only the degrees of its parity are kept.
enum class Parity : unsigned char { none, odd, even };
NTK_INLINE std::size_t first_degree(Parity p) { return p == Parity::odd ? 1 : 0; }
NTK_INLINE std::size_t degree_step(Parity p) { return p == Parity::none ? 1 : 2; }
NTK_INLINE std::size_t degree_of(Parity p, std::size_t term) { return first_degree(p) + degree_step(p) * term; }

inline Beyond beyond(Parity p, std::size_t terms) { return {p == Parity::none, first_degree(p), degree_step(p) * terms}; }

// A series: `terms` coefficients, E[f] in the place of degree 0, then these facts, then the numbers of octaves. Tails are relative to the
// roots.
enum Fact : std::size_t {
  stop,        // so many terms suffice with any partner that needs no more, for both expectations; `terms` if all are needed
  tail,        // root of what E[f^2] has beyond them
  slope_tail,  // the same of E[f'^2]; infinite where f jumps
  root,        // sqrt(E[f^2])
  slope_root,  // sqrt(E[f'^2])
  octaves,     // how many there are
  far_tail,    // root of what E[f^2] has beyond the terms and the rules of the octaves, to either side
  far_slope_tail,
  kFacts
};

// What the rounding of a sum of some hundred positive terms in pairs may leave in a Parseval difference, relative to the sum.
inline constexpr double kParseval = 1e-15;

// Coefficients 1 / sqrt(k + 1) and sqrt(k / (k + 1)) of h_{k+1} = (z h_k - sqrt(k) h_{k-1}) / sqrt(k + 1).
inline constexpr std::size_t kHighest = 1024;  // degrees below it
struct Recurrence {
  double up[kHighest], back[kHighest];
};
inline const Recurrence& recurrence() {
  static const Recurrence table = [] {
    Recurrence r;
    for (std::size_t k = 0; k < kHighest; ++k) {
      const double d = static_cast<double>(k);
      r.up[k] = 1 / std::sqrt(d + 1), r.back[k] = std::sqrt(d / (d + 1));
    }
    return r;
  }();
  return table;
}

// A rule of positive weights and the values of one function at its nodes.
struct Projection {
  std::size_t packs = 0;
  const Lanes* z = nullptr;
  const Lanes* term = nullptr;  // weight times value
};
// The sum of positive or mixed terms in pairs: its rounding grows with the logarithm of their number.
inline double sum_in_pairs(const Lanes* x, std::size_t n) {
  if (n == 0) return 0;
  if (n == 1) return sum(x[0]);
  return sum_in_pairs(x, n / 2) + sum_in_pairs(x + n / 2, n - n / 2);
}

// out[j] = sum of term h_k(z), k = first + step j. So many numbers are summed together, and these sums in pairs.
inline constexpr std::size_t kTogether = 8;
struct Project {
  void operator()(const Projection& p, std::size_t first, std::size_t step, std::size_t terms, double* out) const {
    const Recurrence& r = recurrence();
    std::vector<Lanes> both(2 * p.packs, Lanes(0.0)), parts;
    Lanes *h = both.data(), *before = h + p.packs;
    std::fill(h, h + p.packs, Lanes(1.0));
    for (std::size_t k = 0, j = 0; j < terms; ++k) {
      if (k == first + step * j) {
        parts.clear();
        for (std::size_t from = 0; from < p.packs; from += kTogether / lanes::kCount) {
          Lanes part;
          for (std::size_t i = from; i < std::min(p.packs, from + kTogether / lanes::kCount); ++i) part = part + p.term[i] * h[i];
          parts.push_back(part);
        }
        out[j++] = sum_in_pairs(parts.data(), parts.size());
      }
      for (std::size_t i = 0; i < p.packs; ++i) before[i] = r.up[k] * (p.z[i] * h[i]) - r.back[k] * before[i];
      std::swap(h, before);
    }
  }
};

struct Jumps {};  // in the place of f': f is not continuous, or not known to be

namespace in_double {

// The panels for f(s z) h_k(z): h_k waves like cos(sqrt(k) z), and they are narrow enough for that.
inline std::vector<std::pair<double, double>> fine_panels(const std::vector<double>& cuts, std::size_t degree) {
  const double widest = std::min(2.0, 20.0 / std::sqrt(static_cast<double>(degree)));
  std::vector<std::pair<double, double>> panels;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    const double low = cuts[i], width = cuts[i + 1] - low;
    const int parts = static_cast<int>(std::ceil(width / widest));
    for (int part = 0; part < parts; ++part) panels.emplace_back(low + width * part / parts, low + width * (part + 1) / parts);
  }
  return panels;
}
template <class F, class B>
std::vector<std::pair<double, double>> fine_panels(const F& f, const B& breaks, double s, Parity parity, std::size_t terms) {
  return fine_panels(Panels<F, B>(f, breaks, s).cuts, degree_of(parity, terms));
}

// Nodes and weights, with the density, of such panels.
struct Nodes {
  std::vector<Lanes> z, weight;
  explicit Nodes(const std::vector<std::pair<double, double>>& panels) {
    for (const auto& [low, high] : panels) {
      const double half = 0.5 * (high - low), middle = 0.5 * (low + high);
      for (std::size_t p = 0; p < kPacks; ++p) {
        z.push_back(middle + half * rule().node[p]);
        weight.push_back((kDensity * half) * (rule().weight[p] * bell(z.back())));
      }
    }
  }
};

// What a series is made of, in its place: instead of c_k the coefficient k - 1 of f' (of f the coefficient k, where f jumps), and for the
// roots their squares. All of them are analytic in log q.
template <class F, class G, class B, class P = Project>
void raw_series(const F& f, const G& slope, const B& breaks, Parity parity, double q, std::size_t terms, double* out,
                const P& project = {}) {
  constexpr bool jumps = std::is_same_v<G, Jumps>;
  const double s = std::sqrt(q);
  std::fill(out, out + terms + kFacts, 0.0);
  const Nodes nodes([&] {
    if constexpr (jumps)
      return fine_panels(f, breaks, s, parity, terms);
    else
      return fine_panels(slope, breaks, s, parity, terms);
  }());
  const std::vector<Lanes>&z = nodes.z, &weight = nodes.weight;
  const std::size_t n = z.size();
  std::vector<Lanes> term(n), squares(n);
  const auto moments = [&](const auto& g, double& square) {
    for (std::size_t i = 0; i < n; ++i) {
      const Lanes value = g(s * z[i]);
      term[i] = weight[i] * value, squares[i] = term[i] * value;
    }
    square = sum_in_pairs(squares.data(), n);
    return sum_in_pairs(term.data(), n);
  };
  const double mean = moments(f, out[terms + root]);
  if constexpr (!jumps) moments(slope, out[terms + slope_root]);
  const std::size_t first = first_degree(parity), step = degree_step(parity);
  if (jumps || first == 1) {
    project({n, z.data(), term.data()}, jumps ? first : 0, step, terms, out);
  } else {
    out[0] = mean;
    project({n, z.data(), term.data()}, step - 1, step, terms - 1, out + 1);
  }
}

// From those numbers the series.
inline void finish_series(bool jumps, Parity parity, double s, double tolerance, std::size_t terms, double* out, std::size_t numbers) {
  double* const fact = out + terms;
  const double square = fact[root], slope_square = fact[slope_root], whole = jumps ? square : slope_square;
  double left = whole;  // Parseval for the function whose coefficients these are
  fact[stop] = 0;
  for (std::size_t j = !jumps && first_degree(parity) == 0 ? 1 : 0; j < terms; ++j) {
    const double degree = static_cast<double>(degree_of(parity, j));
    left -= out[j] * out[j];
    if (!jumps)
      out[j] *= recurrence().up[degree_of(parity, j) - 1];  // 1 / sqrt(degree)
    else if (degree > 0)
      out[j] /= s;
    const double beyond = std::max(left, 0.0) + kParseval * whole;
    if (fact[stop] > 0 || !(beyond <= tolerance * whole || j + 1 == terms)) continue;
    fact[stop] = static_cast<double>(j + 1);
    const double relative = whole > 0 ? std::sqrt(beyond / whole) : 0.0;
    fact[slope_tail] = jumps ? std::numeric_limits<double>::infinity() : relative;
    fact[tail] = jumps ? relative : square > 0 ? std::sqrt(beyond / (degree + 1.0) / square) * s : 0.0;  // degrees above: k >= degree + 1
  }
  const Beyond all = beyond(parity, terms);
  double* far = fact + kFacts;
  const std::size_t count = all.octaves(numbers);
  fact[octaves] = static_cast<double>(count);
  if (count > 0) left -= octave_sum(all, count, 0, far, far, 0.0, false);
  const double remains = std::fabs(left) + kParseval * whole, relative = whole > 0 ? std::sqrt(remains / whole) : 0.0;
  const double end = static_cast<double>(degree_step(parity) * terms);
  fact[far_slope_tail] = jumps ? std::numeric_limits<double>::infinity() : relative;
  fact[far_tail] = jumps ? relative : square > 0 ? std::sqrt(remains / end / square) * s : 0.0;
  for (std::size_t o = all.first; o < all.first + count; ++o)
    for (std::size_t c = 0; c < all.classes; ++c)
      for (std::size_t p = 0; p < kOctavePacks; ++p)
        for (std::size_t l = 0; l < lanes::kCount; ++l, ++far)
          *far /= jumps
                      ? s
                      : std::sqrt(std::ldexp(1.0, static_cast<int>(o)) + static_cast<double>(all.low + c) + 2 * octave_rule(o).place[p][l]);
  fact[root] = std::sqrt(square), fact[slope_root] = std::sqrt(slope_square);
}

// Of f and its derivative, which gives c_k to full relative accuracy at small variances too: c_k = (coefficient k - 1 of f') / sqrt(k).
// raw(q, out) gives the raw numbers; `numbers` of them are of octaves.
template <class F, class G, class Raw>
void series(const F& f, const G& slope, Parity parity, double q, double tolerance, std::size_t terms, double* out, const Raw& raw,
            std::size_t numbers = 0) {
  constexpr bool jumps = std::is_same_v<G, Jumps>;
  double* const fact = out + terms;
  if (q > 0 && std::isfinite(q)) {
    raw(q, out);
    return finish_series(jumps, parity, std::sqrt(q), tolerance, terms, out, numbers);
  }
  std::fill(out, fact + kFacts + numbers, std::isfinite(q) ? 0.0 : std::numeric_limits<double>::quiet_NaN());
  fact[stop] = static_cast<double>(std::min(terms, std::size_t(2)));
  fact[octaves] = static_cast<double>(beyond(parity, terms).octaves(numbers));
  if (!std::isfinite(q)) return;
  const double value = f(0.0);
  fact[root] = std::fabs(value);
  if (parity != Parity::odd) out[0] = value;
  if constexpr (jumps) {
    fact[slope_tail] = fact[far_slope_tail] = std::numeric_limits<double>::infinity();
  } else {
    const double derivative = slope(0.0);
    fact[slope_root] = std::fabs(derivative);
    if (parity != Parity::even) out[parity == Parity::odd ? 0 : 1] = derivative;
  }
}

}  // namespace in_double
}  // namespace ntk::NTK_ABI::quadrature
#endif
