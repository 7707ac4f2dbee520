// A collapse on data: what rows and columns need of each sample, and the fits for their bins.
#pragma once
#ifndef NTK_RUNTIME_COLLAPSE_DATA_HPP
#define NTK_RUNTIME_COLLAPSE_DATA_HPP
#include <atomic>
#include <cstdint>
#include <iterator>
#include <limits>
#include <numeric>

#include <type_traits>

#include "ntk/runtime/collapse_strays.hpp"

namespace ntk::NTK_ABI::collapse {

inline bool is_positive(double x) { return x > 0 && x <= std::numeric_limits<double>::max(); }

// q of the samples of one side of a matrix.
using Norms = std::vector<double>;

template <class T>
struct Binned {
  static constexpr std::uint16_t kNone = std::numeric_limits<std::uint16_t>::max();  // of samples without a norm or a kernel
  std::vector<std::uint16_t> bin;
  std::vector<T> inverse_norm;                  // 1 / sqrt(q)
  std::vector<std::vector<T>> diagonal, roots;  // of each output k(x, x) and its root
  std::vector<std::vector<T>> places;           // T_1, T_2, ... of the place of log q in its bin
  std::vector<std::size_t> population;          // of each bin
};

// A sample of each side.
struct Pair {
  std::size_t i, j;
};

// correlations(pairs): a number each; `same`: x is y.
template <class F>
Survey survey(const Norms& x, const Norms& y, bool same, Costs costs, F correlations) {
  constexpr std::size_t kPairs = 1000, kStride = 7919;  // a walk through the pairs by a prime
  std::vector<double> logs;
  for (const Norms* side : {&x, &y})
    for (const double q : *side)
      if (is_positive(q)) logs.push_back(std::log(q));
  Survey out;
  if (logs.empty()) return out;
  std::sort(logs.begin(), logs.end());
  out.log_q = {logs.front(), logs.back()}, out.middle = logs[logs.size() / 2];
  const std::size_t nx = x.size(), ny = y.size();
  out.pairs = static_cast<double>(nx) * static_cast<double>(ny) * (same ? 0.5 : 1), out.costs = costs,
  out.samples = same ? costs.sample * static_cast<double>(nx) : costs.sample * static_cast<double>(nx + ny);
  std::vector<Pair> pairs;
  for (std::size_t k = 0; k < kPairs; ++k) {
    const std::size_t i = k * kStride % nx, j = (k * kStride / nx + k * (kStride + 2)) % ny;
    if ((!same || i != j) && is_positive(x[i]) && is_positive(y[j])) pairs.push_back({i, j});
  }
  out.correlations = correlations(pairs);
  std::sort(out.correlations.begin(), out.correlations.end());
  return out;
}

// k(x, x) of samples of these norms, for each output: by series in log q over intervals where one holds, else one by one.
template <class R>
class Diagonals {
 public:
  Diagonals(const R& recursion, const Norms& norms)
      : recursion_(recursion), norms_(norms), order_(norms.size()), out_(recursion.outputs(), std::vector<double>(norms.size())) {
    constexpr double kWidest = 4;  // of q in an interval
    std::iota(order_.begin(), order_.end(), std::size_t(0));
    std::sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) { return norms_[a] < norms_[b]; });
    for (std::size_t begin = 0; begin < order_.size();) {
      std::size_t end = begin + 1;
      if (is_positive(q(begin)))
        while (end < order_.size() && q(end) <= kWidest * q(begin)) ++end;
      fill(begin, end);
      begin = end;
    }
  }
  std::vector<std::vector<double>> take() { return std::move(out_); }

 private:
  static constexpr std::size_t kTerms = 24;

  double q(std::size_t k) const { return norms_[order_[k]]; }
  // Samples [begin, end) in the order of their norms.
  void fill(std::size_t begin, std::size_t end) {
    constexpr std::size_t kWorth = 2;
    if (end - begin < kWorth * kTerms) return directly(begin, end);
    if (by_series(begin, end)) return;
    const double middle = std::sqrt(q(begin)) * std::sqrt(q(end - 1));
    std::size_t half = begin;
    while (q(half) < middle) ++half;
    if (half == begin || half == end) return directly(begin, end);  // all of one norm
    fill(begin, half), fill(half, end);
  }
  void directly(std::size_t begin, std::size_t end) {
    std::vector<double> variances;
    for (std::size_t k = begin; k < end; ++k) variances.push_back(q(k));
    const auto values = recursion_.diagonal(variances);
    for (std::size_t o = 0; o < out_.size(); ++o)
      for (std::size_t k = begin; k < end; ++k) out_[o][order_[k]] = values[o][k - begin];
  }
  bool by_series(std::size_t begin, std::size_t end) {
    constexpr double kOff = 2e-14;  // of k(x, x) itself: tables of series are off by 1e-14
    const Interval all{std::log(q(begin)), std::log(q(end - 1))};
    std::vector<double> places = chebyshev::nodes(kTerms), polynomials(kTerms);
    places.insert(places.end(), {-0.97, -0.4, 0.13, 0.8, 0.99});
    const auto values = recursion_.diagonal(shapes::variances(all, places));
    for (std::size_t o = 0; o < out_.size(); ++o) {
      std::vector<double> series(values[o].begin(), values[o].begin() + kTerms);
      chebyshev::to_coefficients(kTerms, 1, 1, series.data());
      const auto at = [&](double place) {
        chebyshev::polynomials(place, kTerms, polynomials.data());
        return std::inner_product(series.begin(), series.end(), polynomials.begin(), 0.0);
      };
      for (std::size_t k = kTerms; k < places.size(); ++k)
        if (!(std::fabs(at(places[k]) - values[o][k]) <= kOff * std::fabs(values[o][k]))) return false;
      for (std::size_t k = begin; k < end; ++k) out_[o][order_[k]] = at(all.place(std::log(q(k))));
    }
    return true;
  }

  const R& recursion_;
  const Norms& norms_;
  std::vector<std::size_t> order_;
  std::vector<std::vector<double>> out_;
};

// The survey with its `near` from some pairs, where a recursion tells it: deeper layers bring them closer to 1 than their samples are, or
// further apart.
template <class R>
Survey with_near(const R& recursion, Survey survey) {
  if constexpr (requires { recursion.near(1.0, survey.correlations); }) {
    constexpr std::size_t kPairs = 256;
    if (!(survey.costs.near > 0) || survey.correlations.empty()) return survey;
    std::vector<double> t;
    for (std::size_t k = 0; k < kPairs; ++k)
      t.push_back(std::sqrt(std::max(0.0, 1 - survey.correlations[(2 * k + 1) * survey.correlations.size() / (2 * kPairs)])));
    survey.near = recursion.near(std::exp(survey.middle), t);
  }
  return survey;
}

// T: of the numbers that samples are packed in, and results are.
template <class R, class T>
class Collapsed {
 public:
  // Null where the recursion itself is as cheap. The recursion is copied.
  static std::unique_ptr<const Collapsed> make(const R& recursion, const Survey& survey, const Norms& x, const Norms& y) {
    constexpr double kFewest = 1 << 16;  // pairs that are worth the search for bins
    if (survey.pairs < kFewest || survey.correlations.empty()) return nullptr;
    const auto shape = choose<T>(recursion, survey);
    if (!shape) return nullptr;
    std::unique_ptr<Collapsed> made(new Collapsed(recursion, survey.log_q, *shape));
    if (made->collapse_.bins() >= Binned<T>::kNone) return nullptr;
    made->x_ = made->binned(x), made->y_ = x == y ? made->x_ : made->binned(y);
    if (shape->strays) made->stray_ = std::make_unique<Stray>(made->recursion_, survey, shape->width, x, y);
    return made;
  }
  Collapsed(const Collapsed&) = delete;

  const Binned<T>& x() const { return x_; }
  const Binned<T>& y() const { return y_; }
  const Shape& shape() const { return collapse_.shape(); }
  // Whether kernels of pairs that have a fit, and of samples with themselves, are far from the largest number, by Cauchy and Schwarz.
  bool is_bounded() const {
    constexpr T kMost = std::numeric_limits<T>::max() / 4;
    const auto finite = [](T k) { return std::isfinite(k); };
    for (std::size_t o = 0; o < x_.roots.size(); ++o) {
      const auto largest = [&](const Binned<T>& of) {
        return std::accumulate(of.roots[o].begin(), of.roots[o].end(), T(0), [](T most, T root) { return std::max(most, root); });
      };
      if (!(largest(x_) * largest(y_) <= kMost) || !std::ranges::all_of(x_.diagonal[o], finite)) return false;
    }
    return true;
  }
  // Null where the recursion serves a pair of bins better.
  const Fit<T>* fit(std::size_t x_bin, std::size_t y_bin, Sheet sheet) const {
    // A fit pays for its nodes and the check if there are so many times their pairs; and where no other pair wants the recursion's samples.
    constexpr std::size_t kWorth = 4;
    if (shape().leaves() && x_.population[x_bin] * y_.population[y_bin] < kWorth * collapse_.cost()) return nullptr;
    return collapse_.fit(x_bin, y_bin, sheet);
  }
  // The fits that most pairs want, each by one of the threads that ask for them at once: those that met one when it is made would wait.
  void make_fits() const {
    const auto meet = [&](std::size_t i, std::size_t j) { return x_.population[i] > 0 && y_.population[j] > 0; };
    const std::size_t n = collapse_.bins();
    for (std::size_t k; (k = next_fit_++) < n * n;)
      if (const std::size_t i = k / n, j = k % n; i <= j && (meet(i, j) || meet(j, i))) fit(i, j, Sheet::plus);
  }
  // A pair beyond the fits, of samples i of x and j of y, for each output. False: the recursion must serve it.
  bool stray(std::size_t i, std::size_t j, double rho, double* out) const {
    if (!stray_ || x_.bin[i] == Binned<T>::kNone || y_.bin[j] == Binned<T>::kNone) return false;
    if (!stray_->fits.values(stray_->x[i], stray_->y[j], rho, out)) return false;
    for (std::size_t o = 0; o < x_.roots.size(); ++o) out[o] *= static_cast<double>(x_.roots[o][i]) * static_cast<double>(y_.roots[o][j]);
    return true;
  }

 private:
  struct Stray {
    Stray(const R& recursion, const Survey& survey, double width, const Norms& of_x, const Norms& of_y)
        : fits(recursion, survey, width), x(of_x), y(of_y) {}
    Strays<R> fits;
    Norms x, y;
  };
  Collapsed(const R& recursion, Interval all, Shape shape) : recursion_(recursion), collapse_(recursion_, all, shape) {}

  Binned<T> binned(const Norms& norms) const {
    const std::size_t n = norms.size(), terms = shape().most_norms();
    Binned<T> out;
    out.bin.assign(n, Binned<T>::kNone), out.inverse_norm.assign(n, 0), out.population.assign(collapse_.bins(), 0);
    out.places.assign(terms - 1, std::vector<T>(n));
    for (const auto& diagonal : Diagonals<R>(recursion_, norms).take()) {
      out.diagonal.emplace_back(diagonal.begin(), diagonal.end());
      std::ranges::transform(diagonal, std::back_inserter(out.roots.emplace_back()), [](double k) { return static_cast<T>(std::sqrt(k)); });
    }
    std::vector<double> polynomials(terms);
    for (std::size_t i = 0; i < n; ++i) {
      const double q = norms[i];
      if (!is_positive(q) || !std::all_of(out.roots.begin(), out.roots.end(), [&](const auto& root) { return is_positive(root[i]); }))
        continue;
      const std::size_t bin = collapse_.bin(std::log(q));
      out.bin[i] = static_cast<std::uint16_t>(bin), out.inverse_norm[i] = static_cast<T>(1 / std::sqrt(q)), ++out.population[bin];
      chebyshev::polynomials(collapse_.interval(bin).place(std::log(q)), terms, polynomials.data());
      for (std::size_t k = 1; k < terms; ++k) out.places[k - 1][i] = static_cast<T>(polynomials[k]);
    }
    return out;
  }

  R recursion_;
  Collapse<R, T> collapse_;
  Binned<T> x_, y_;
  mutable std::atomic<std::size_t> next_fit_ = 0;
  std::unique_ptr<const Stray> stray_;
};

// A network collapsed in numbers of type T or, where its kernels are too steep for floats, in doubles. Both may be null.
template <class R, class T>
struct Collapses {
  std::unique_ptr<const Collapsed<R, T>> own;
  std::unique_ptr<const Collapsed<R, double>> wide;

  static Collapses make(const R& recursion, const Survey& of, const Norms& x, const Norms& y) {
    const Survey survey = with_near(recursion, of);
    Collapses out;
    if constexpr (!std::is_same_v<T, double>)
      if (!serves(recursion, survey)) out.wide = Collapsed<R, double>::make(recursion, survey, x, y);
    if (!out.wide) out.own = Collapsed<R, T>::make(recursion, survey, x, y);
    return out;
  }
  template <class F>
  void visit(F f) const {
    if (own) f(*own);
    if (wide) f(*wide);
  }

 private:
  // Products of floats, and polynomials, take half of the time; but more pairs are left to the recursion.
  static bool serves(const R& recursion, const Survey& survey) {
    if (survey.correlations.empty()) return true;
    const auto narrow = choose<T>(recursion, survey);
    const auto wide = choose<double>(recursion, survey);
    const double product = survey.pairs * survey.costs.sum;
    return 0.5 * product + (narrow ? narrow->cost : shapes::directly(survey)) <= product + (wide ? wide->cost : shapes::directly(survey));
  }
};

}  // namespace ntk::NTK_ABI::collapse
#endif
