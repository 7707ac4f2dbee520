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
        sides_(std::make_unique<Lazy<Sides>[]>(bins_)),
        finer_(std::make_unique<Lazy<std::optional<typename R::Side>>[]>(bins_)),
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
    recursion_.kernels(*sides(x).between, *sides(y).between, sheet, shapes::at(fit.t, t), values.data());
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
  struct Sides {
    std::optional<typename R::Side> nodes, between;
  };

  static const std::vector<double>& between() {
    static const std::vector<double> places = {-0.97, -0.61, 0.21, 0.71, 0.985};
    return places;
  }
  const Sides& sides(std::size_t bin) const {
    return sides_[bin].get([&] {
      return Sides{recursion_.side(shapes::variances(interval(bin), chebyshev::nodes(shape_.norms))),
                   recursion_.side(shapes::variances(interval(bin), between()))};
    });
  }

  const typename R::Side& finer(std::size_t bin) const {
    return *finer_[bin].get(
        [&] { return std::optional(recursion_.side(shapes::variances(interval(bin), chebyshev::nodes(shape_.most_norms())))); });
  }

  // With the terms that the middle of the data needs, then with more, unless those cannot suffice: other bins may bend more.
  std::optional<Fit<T>> make(std::size_t x, std::size_t y, Sheet sheet) const {
    if (x > y) {
      const Fit<T>* const other = fit(y, x, sheet);
      return other ? std::optional(transposed(*other)) : std::nullopt;
    }
    const std::size_t terms = shape_.part(sheet).terms;
    if (terms == 0) return std::nullopt;
    if constexpr (HasSeries<R>) return restricted<T>(recursion_, sheet, shape_.part(sheet).t);
    const std::size_t more = shapes::rounded(std::min(kMostTerms, terms * 3 / 2));
    struct Size {
      std::size_t norms, terms;
    };
    for (const Size size : {Size{shape_.norms, terms}, Size{shape_.norms, more}, Size{shape_.most_norms(), more}}) {
      const bool fine = size.norms > shape_.norms;
      auto made = make(fine ? finer(x) : *sides(x).nodes, fine ? finer(y) : *sides(y).nodes, size.norms, size.terms, sheet);
      const double off = error(made, x, y, sheet);
      if (off <= Digits<T>::kMost) return made;
      if (off > Digits<T>::kHopeless) break;
    }
    return std::nullopt;
  }
  Fit<T> make(const typename R::Side& at_x, const typename R::Side& at_y, std::size_t norms, std::size_t terms, Sheet sheet) const {
    const Interval t = shape_.part(sheet).t;
    std::vector<double> values(recursion_.outputs() * norms * terms * norms);
    recursion_.kernels(at_x, at_y, sheet, shapes::at(t, chebyshev::nodes(terms)), values.data());
    return collapse::fit<T>(recursion_.outputs(), norms, terms, t, std::move(values));
  }

  const R& recursion_;
  Interval all_;
  Shape shape_;
  std::size_t bins_;
  std::unique_ptr<Lazy<Sides>[]> sides_;
  std::unique_ptr<Lazy<std::optional<typename R::Side>>[]> finer_;
  std::unique_ptr<Lazy<std::optional<Fit<T>>>[]> fits_;
};

}  // namespace ntk::NTK_ABI::collapse
#endif
