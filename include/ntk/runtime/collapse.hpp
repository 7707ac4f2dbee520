// The collapse of a network on data: bins of log q, and a fit for every pair of bins, made when it is first wanted. Every fit is compared
// with the recursion between its nodes; one that is off is not used, nor is one for fewer pairs than it costs. A recursion with series
// needs no nodes: its fits are parts of them.
#pragma once
#ifndef NTK_RUNTIME_COLLAPSE_HPP
#define NTK_RUNTIME_COLLAPSE_HPP
#include <limits>
#include <memory>
#include <mutex>

#include "ntk/runtime/collapse_series.hpp"

namespace ntk::NTK_ABI::collapse {

template <class R, class T>
class Collapse {
 public:
  Collapse(const R& recursion, Interval all, Shape shape)
      : recursion_(recursion),
        all_(all),
        shape_(shape),
        bins_(static_cast<std::size_t>(std::ceil(std::max(1.0, 2 * all.half() / shape.width * (1 - 1e-9))))),
        sides_(std::make_unique<Lazy<std::optional<Side>>[]>(bins_ * kKinds)),
        fits_(std::make_unique<Lazy<std::optional<Fit<T>>>[]>(2 * bins_ * bins_)) {}

  const Shape& shape() const { return shape_; }
  std::size_t bins() const { return bins_; }
  std::size_t bin(double log_q) const {
    const double at = (log_q - all_.low) / (2 * all_.half()) * static_cast<double>(bins_);
    return at > 0 ? std::min(bins_ - 1, static_cast<std::size_t>(at)) : 0;
  }
  Interval interval(std::size_t bin) const {
    const double step = 2 * all_.half() / static_cast<double>(bins_);
    return {all_.low + static_cast<double>(bin) * step, all_.low + static_cast<double>(bin + 1) * step};
  }
  // Pairs of the recursion that a fit takes.
  std::size_t cost() const { return HasSeries<R> ? 0 : shape_.norms * shape_.norms * std::max(shape_.plus.terms, shape_.minus.terms); }

  // Null where the kernels of the pair of bins do not collapse. Threads may ask at once.
  const Fit<T>* fit(std::size_t x, std::size_t y, Sheet sheet) const {
    const auto& found = fits_[(x * bins_ + y) * 2 + (sheet == Sheet::minus)].get([&] { return make(x, y, sheet); });
    return found ? &*found : nullptr;
  }

  // How far a fit is from the recursion between its nodes, with what the products of samples lose; infinite where one is no number.
  double error(const Fit<T>& fit, std::size_t x, std::size_t y, Sheet sheet) const {
    const std::vector<double> t = {-0.99, -0.91, -0.72, -0.5, -0.23, 0.06, 0.33, 0.57, 0.81, 0.97};
    const std::size_t n = between().size();
    std::vector<double> values(fit.outputs.size() * n * t.size() * n);
    recursion_.kernels(side(x, kBetween), side(y, kBetween), sheet, shapes::at(fit.t, t), values.data());
    const auto fitted = collapse::values(fit, between(), t, between());
    double most = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::size_t m = i / n % t.size();
      double off = std::fabs(fitted[i] - values[i]);
      if (const double low = fit.t.at(t[m]), high = fit.t.at(t[m + 1 < t.size() ? m + 1 : m]); low < high)
        off += Digits<T>::kRho * std::fabs((values[i + n] - values[i]) / (high * high - low * low));
      most = std::isfinite(off) ? std::max(most, off) : std::numeric_limits<double>::infinity();
    }
    return most;
  }

 private:
  template <class V>
  struct Lazy {
    std::once_flag once;
    V value;
    template <class Make>
    const V& get(Make make) {
      std::call_once(once, [&] { value = make(); });
      return value;
    }
  };
  using Side = typename R::Side;

  static const std::vector<double>& between() {
    static const std::vector<double> places = {-0.97, -0.61, 0.21, 0.71, 0.985};
    return places;
  }
  // Samples of a bin: so many nodes, or those of a fit's check, or the ends of the bin.
  static constexpr std::size_t kBetween = kMostNorms + 1, kEnds = kBetween + 1, kKinds = kEnds + 1;
  const Side& side(std::size_t bin, std::size_t kind) const {
    return *sides_[bin * kKinds + kind].get([&] {
      const auto places = kind == kBetween ? between() : kind == kEnds ? std::vector<double>{-1, 1} : chebyshev::nodes(kind);
      return std::optional(recursion_.side(shapes::variances(interval(bin), places)));
    });
  }

  struct Size {
    std::size_t norms, terms;
  };
  // What lines along edges of the box of a pair of bins need, but no more than `most`.
  Size needed(std::size_t x, std::size_t y, Sheet sheet, Size most) const {
    constexpr double kEnough = 4 * Digits<T>::kDrop;  // edges need more than what is between them
    const Interval t = shape_.part(sheet).t;
    const auto lines = [&](std::size_t kind_x, std::size_t nx, std::size_t kind_y, std::size_t ny, const std::vector<double>& places,
                           std::size_t n, std::size_t stride) {
      std::vector<double> values(recursion_.outputs() * nx * places.size() * ny);
      recursion_.kernels(side(x, kind_x), side(y, kind_y), sheet, shapes::at(t, places), values.data());
      return shapes::most_terms(n, stride, std::move(values), kEnough);
    };
    Size out{1, shapes::rounded(lines(kEnds, 2, kEnds, 2, chebyshev::nodes(most.terms), most.terms, 2))};
    if (most.norms > 1) {
      const std::vector<double> ends = {-1, 1};
      out.norms = lines(kEnds, 2, most.norms, most.norms, ends, most.norms, 1);
      if (x != y) out.norms = std::max(out.norms, lines(most.norms, most.norms, kEnds, 2, ends, most.norms, 4));
    }
    return out;
  }

  // With the terms that edges need, which between the places of the check may be off by twice as much; then with more, unless those cannot
  // suffice.
  std::optional<Fit<T>> make(std::size_t x, std::size_t y, Sheet sheet) const {
    if (x > y) {
      const Fit<T>* const other = fit(y, x, sheet);
      return other ? std::optional(transposed(*other)) : std::nullopt;
    }
    const std::size_t terms = shape_.part(sheet).terms;
    if (terms == 0) return std::nullopt;
    if constexpr (HasSeries<R>) return restricted<T>(recursion_, sheet, shape_.part(sheet).t);
    const Size most{shape_.most_norms(), shapes::rounded(std::min(kMostTerms, terms * 3 / 2))}, few = needed(x, y, sheet, most);
    const Size more{std::min(few.norms + 2, most.norms), std::min(few.terms + kGroup, most.terms)};
    for (const auto& [size, allowed] :
         {std::pair(few, 0.5 * Digits<T>::kMost), std::pair(more, Digits<T>::kMost), std::pair(most, Digits<T>::kMost)}) {
      auto made = make(x, y, size, sheet);
      const double off = error(made, x, y, sheet);
      if (off <= allowed) return made;
      if (off > Digits<T>::kHopeless) break;
    }
    return std::nullopt;
  }
  Fit<T> make(std::size_t x, std::size_t y, Size size, Sheet sheet) const {
    const Interval t = shape_.part(sheet).t;
    std::vector<double> values(recursion_.outputs() * size.norms * size.terms * size.norms);
    recursion_.kernels(side(x, size.norms), side(y, size.norms), sheet, shapes::at(t, chebyshev::nodes(size.terms)), values.data());
    return collapse::fit<T>(recursion_.outputs(), size.norms, size.terms, t, std::move(values));
  }

  const R& recursion_;
  Interval all_;
  Shape shape_;
  std::size_t bins_;
  std::unique_ptr<Lazy<std::optional<Side>>[]> sides_;
  std::unique_ptr<Lazy<std::optional<Fit<T>>>[]> fits_;
};

}  // namespace ntk::NTK_ABI::collapse
#endif
