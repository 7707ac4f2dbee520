// The raw numbers of series by interpolation in log q: they are analytic there, with singularities no nearer than q < 0 (f(s z) is analytic
// in s as long as s z avoids the singularities of f, which real functions have off the axis).
#pragma once
#ifndef NTK_RUNTIME_SERIES_TABLE_HPP
#define NTK_RUNTIME_SERIES_TABLE_HPP
#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>
#include <vector>

#include "ntk/runtime/series.hpp"

namespace ntk::NTK_ABI::quadrature {

// to[j] = sum over i < count of factors[i] from[i * size + j].
struct WeightedSum {
  void operator()(std::size_t count, const double* factors, const double* from, std::size_t size, double* to) const {
    std::fill_n(to, size, 0.0);
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t j = 0; j < size; ++j) to[j] += factors[i] * from[i * size + j];
  }
};

class SeriesTable {
 public:
  // has_mean: number 0 is E[f]
  SeriesTable(std::size_t terms, std::size_t beyond, bool has_mean)
      : terms_(terms), beyond_(beyond), lead_(has_mean ? 1 : 0), octaves_(new Octave[static_cast<std::size_t>(kHighest - kLowest)]) {}

  std::size_t terms() const { return terms_; }
  std::size_t beyond() const { return beyond_; }

  // In any thread, with one `raw` always: raw(q, out) as in_double::raw_series and raw_octaves. The nodes of an octave of q are computed
  // when it is first met, few or, if these do not do, more, and compared with the numbers themselves between them; an octave that does not
  // pass is not interpolated. Where only the numbers beyond the terms do not pass, they are taken as unknown.
  template <class Raw, class Sum = WeightedSum>
  void operator()(const Raw& raw, double q, double* out, const Sum& sum = {}) const {
    int exponent = 0;
    std::frexp(q, &exponent);  // q in [2^(exponent - 1), 2^exponent)
    if (exponent <= kLowest || exponent > kHighest) return raw(q, out);
    Octave& octave = octaves_[static_cast<std::size_t>(exponent - 1 - kLowest)];
    std::call_once(octave.once, [&] { fill(raw, octave, exponent); });
    if (octave.places == 0) return raw(q, out);
    interpolate(octave, 2 * (std::log2(q) - (exponent - 1)) - 1, out, sum);
  }

 private:
  static constexpr int kLowest = -64, kHighest = 32;  // powers of two of q
  // Places of Chebyshev. An octave is 0.35 wide to both sides: 14 places serve where singularities are pi away, 18^-14, the most (14 of
  // which are the same) where they are nearer, as poles of f(s z) for s off the axis, or coefficients wave, as those of kinks off 0.
  static constexpr std::size_t kFew = 14, kPlaces = 3 * kFew;
  static constexpr double kFit = 4e-15;  // some roundings of numbers near 1, of the norm
  // What a partner has beyond its terms is what meets the error of these numbers: a tenth of its norm or less, and so many times this
  // one's.
  static constexpr double kFarFit = 5e-14, kPartner = 100;
  static constexpr double kPi = 3.14159265358979323846;

  struct Octave {
    std::once_flag once;
    std::size_t places = 0;  // 0: it does not fit
    std::vector<double> nodes;
  };
  std::size_t numbers() const { return terms_ + kFacts + beyond_; }
  static double node(std::size_t i, std::size_t places) {  // of [-1, 1]
    return std::cos(kPi * (static_cast<double>(i) + 0.5) / static_cast<double>(places));
  }

  template <class Raw>
  void fill(const Raw& raw, Octave& octave, int exponent) const {
    const auto at = [&](double place, double* to) { raw(std::exp2(exponent - 1 + 0.5 * (place + 1)), to); };
    constexpr double kBetween[] = {-1.0, -0.11, 0.78};  // the end and between nodes
    std::vector<double> exact(std::size(kBetween) * numbers());
    for (std::size_t k = 0; k < std::size(kBetween); ++k) at(kBetween[k], exact.data() + k * numbers());
    Passes passes;
    for (const std::size_t places : {kFew, kPlaces}) {
      std::vector<double> nodes(places * numbers());
      for (std::size_t i = 0; i < places; ++i) {
        double* const to = nodes.data() + i * numbers();
        if (places == kPlaces && i % 3 == 1)  // one of the few
          std::copy_n(octave.nodes.data() + i / 3 * numbers(), numbers(), to);
        else
          at(node(i, places), to);
      }
      octave.nodes = std::move(nodes), octave.places = places;
      passes = {};
      for (std::size_t k = 0; k < std::size(kBetween); ++k) passes.check(*this, octave, kBetween[k], exact.data() + k * numbers());
      if (passes.near && passes.far) return;
    }
    if (!passes.near) {
      octave.nodes = {}, octave.places = 0;
      return;
    }
    for (std::size_t i = 0; i < kPlaces; ++i)
      std::fill_n(octave.nodes.begin() + static_cast<std::ptrdiff_t>(i * numbers() + terms_ + kFacts), beyond_, 0.0);
  }
  // Of the terms with their facts, and of the numbers beyond them.
  struct Passes {
    bool near = true, far = true;
    void check(const SeriesTable& table, const Octave& octave, double place, const double* exact) {
      std::vector<double> fit(table.numbers());
      table.interpolate(octave, place, fit.data(), WeightedSum());
      const std::size_t terms = table.terms_;
      const auto gap = [&](std::size_t j) { return std::fabs(fit[j] - exact[j]); };
      double norm = 0, error = 0, beyond = 0, beyond_error = 0;
      for (std::size_t j = table.lead_; j < terms; ++j) norm += exact[j] * exact[j], error += gap(j) * gap(j);
      for (std::size_t j = terms + kFacts; j < table.numbers(); ++j) beyond += exact[j] * exact[j], beyond_error += gap(j) * gap(j);
      far = far && std::sqrt(beyond_error) * std::min(1.0, kPartner * std::sqrt(beyond / norm)) <= kFarFit * std::sqrt(norm);
      near = near && std::sqrt(error) <= kFit * std::sqrt(norm) && (table.lead_ == 0 || gap(0) <= kFit * std::sqrt(exact[terms + root]));
      for (const auto square : {root, slope_root}) near = near && gap(terms + square) <= 2 * kFit * exact[terms + square];
    }
  };

  // The barycentric formula (Berrut & Trefethen 2004), weights (-1)^i sin((2i + 1) pi / 2n).
  template <class Sum>
  void interpolate(const Octave& octave, double place, double* out, const Sum& sum) const {
    double weight[kPlaces], total = 0;
    const std::size_t places = octave.places;
    for (std::size_t i = 0; i < places; ++i) {
      const double gap = place - node(i, places);
      if (gap == 0) {
        std::copy_n(octave.nodes.data() + i * numbers(), numbers(), out);
        return;
      }
      weight[i] = (i % 2 ? -1 : 1) * std::sin(kPi * (static_cast<double>(i) + 0.5) / static_cast<double>(places)) / gap;
      total += weight[i];
    }
    for (std::size_t i = 0; i < places; ++i) weight[i] /= total;
    sum(places, weight, octave.nodes.data(), numbers(), out);
  }

  std::size_t terms_, beyond_, lead_;
  std::unique_ptr<Octave[]> octaves_;
};

}  // namespace ntk::NTK_ABI::quadrature
#endif
