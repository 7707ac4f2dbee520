// A collapse on data: what rows and columns need of each sample, and the fits for their bins.
#pragma once
#ifndef NTK_RUNTIME_COLLAPSE_DATA_HPP
#define NTK_RUNTIME_COLLAPSE_DATA_HPP
#include <cstdint>
#include <limits>

#include "ntk/runtime/collapse.hpp"

namespace ntk::NTK_ABI::collapse {

inline bool is_positive(double x) { return x > 0 && x <= std::numeric_limits<double>::max(); }

// The samples of one side of a matrix: q of each, and of each output k(x, x).
struct Side {
  std::vector<double> norms;
  std::vector<std::vector<double>> diagonal;
};

struct Binned {
  static constexpr std::uint16_t kNone = std::numeric_limits<std::uint16_t>::max();  // of samples without a norm or a kernel
  std::vector<std::uint16_t> bin;
  std::vector<double> inverse_norm;                  // 1 / sqrt(q)
  std::vector<std::vector<double>> diagonal, roots;  // of each output k(x, x) and its root
  std::vector<std::vector<double>> places;           // T_1, T_2, ... of the place of log q in its bin
  std::vector<std::size_t> population;               // of each bin
};

// correlation(i, j) of sample i of x with j of y; `same`: x is y. `node`: see Survey.
template <class F>
Survey survey(const Side& x, const Side& y, bool same, double node, F correlation) {
  constexpr std::size_t kPairs = 2000, kStride = 7919;  // a walk through the pairs by a prime
  std::vector<double> logs;
  for (const Side* side : {&x, &y})
    for (const double q : side->norms)
      if (is_positive(q)) logs.push_back(std::log(q));
  Survey out;
  if (logs.empty()) return out;
  std::sort(logs.begin(), logs.end());
  out.log_q = {logs.front(), logs.back()}, out.middle = logs[logs.size() / 2];
  const std::size_t nx = x.norms.size(), ny = y.norms.size();
  out.pairs = static_cast<double>(nx) * static_cast<double>(ny) * (same ? 0.5 : 1), out.node = node;
  for (std::size_t k = 0; k < kPairs; ++k) {
    const std::size_t i = k * kStride % nx, j = (k * kStride / nx + k * (kStride + 2)) % ny;
    if ((!same || i != j) && is_positive(x.norms[i]) && is_positive(y.norms[j])) out.correlations.push_back(correlation(i, j));
  }
  std::sort(out.correlations.begin(), out.correlations.end());
  return out;
}

template <class R>
class Collapsed {
 public:
  // Null where the recursion itself is as cheap. The recursion is copied.
  static std::unique_ptr<const Collapsed> make(const R& recursion, const Survey& survey, const Side& x, const Side& y) {
    constexpr double kFewest = 1 << 16;  // pairs that are worth the search for bins
    if (survey.pairs < kFewest || survey.correlations.empty()) return nullptr;
    const auto shape = choose(recursion, survey);
    if (!shape) return nullptr;
    std::unique_ptr<Collapsed> made(new Collapsed(recursion, survey.log_q, *shape));
    if (made->collapse_.bins() >= Binned::kNone) return nullptr;
    made->x_ = made->binned(x), made->y_ = made->binned(y);
    return made;
  }
  Collapsed(const Collapsed&) = delete;

  const Binned& x() const { return x_; }
  const Binned& y() const { return y_; }
  const Shape& shape() const { return collapse_.shape(); }
  // Null where the recursion serves a pair of bins better.
  const Fit* fit(std::size_t x_bin, std::size_t y_bin, Sheet sheet) const {
    constexpr std::size_t kWorth = 4;  // a fit pays for its nodes and the check if there are so many times their pairs
    if (x_.population[x_bin] * y_.population[y_bin] < kWorth * collapse_.cost()) return nullptr;
    return collapse_.fit(x_bin, y_bin, sheet);
  }

 private:
  Collapsed(const R& recursion, Interval all, Shape shape) : recursion_(recursion), collapse_(recursion_, all, shape) {}

  Binned binned(const Side& side) const {
    const std::size_t n = side.norms.size(), terms = shape().most_norms();
    Binned out;
    out.bin.assign(n, Binned::kNone), out.inverse_norm.assign(n, 0), out.population.assign(collapse_.bins(), 0);
    out.diagonal = out.roots = side.diagonal, out.places.assign(terms - 1, std::vector<double>(n));
    for (auto& roots : out.roots)
      for (double& root : roots) root = std::sqrt(root);
    std::vector<double> polynomials(terms);
    for (std::size_t i = 0; i < n; ++i) {
      const double q = side.norms[i];
      if (!is_positive(q) || !std::all_of(out.roots.begin(), out.roots.end(), [&](const auto& root) { return is_positive(root[i]); }))
        continue;
      const std::size_t bin = collapse_.bin(std::log(q));
      out.bin[i] = static_cast<std::uint16_t>(bin), out.inverse_norm[i] = 1 / std::sqrt(q), ++out.population[bin];
      chebyshev::polynomials(collapse_.interval(bin).place(std::log(q)), terms, polynomials.data());
      for (std::size_t k = 1; k < terms; ++k) out.places[k - 1][i] = polynomials[k];
    }
    return out;
  }

  R recursion_;
  Collapse<R> collapse_;
  Binned x_, y_;
};

}  // namespace ntk::NTK_ABI::collapse
#endif
