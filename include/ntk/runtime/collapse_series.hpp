// The collapse of a kernel that is homogeneous in the norms of its samples: one series in t, computed when the model was generated.
#pragma once
#ifndef NTK_RUNTIME_COLLAPSE_SERIES_HPP
#define NTK_RUNTIME_COLLAPSE_SERIES_HPP
#include <span>

#include "ntk/runtime/collapse_choice.hpp"

namespace ntk::NTK_ABI::collapse {

// Where the series hold. Nearer to t = 0 the recursion serves better: see near.hpp.
inline Interval whole(Sheet sheet) { return {0.1, std::sqrt(sheet == Sheet::plus ? 1 - kTurn : 1 + kTurn)}; }

// By Clenshaw's recurrence, at a place in [-1, 1].
inline double value(std::span<const double> coefficients, double place) {
  double last = 0, before = 0;
  for (std::size_t m = coefficients.size(); m-- > 1;) {
    const double now = coefficients[m] + (2 * place * last - before);
    before = last, last = now;
  }
  return coefficients[0] + (place * last - before);
}

// A recursion with series has, beside what choose() asks for,
//   std::span<const double> series(std::size_t output, Sheet) const   Chebyshev coefficients over whole(sheet)
template <class R>
concept HasSeries = requires(const R& recursion, Sheet sheet) {
  { recursion.series(std::size_t(), sheet) } -> std::convertible_to<std::span<const double>>;
};

// The same polynomials over a part of the interval, where fewer terms count.
template <class T, HasSeries R>
Fit<T> restricted(const R& recursion, Sheet sheet, Interval t) {
  const Interval all = whole(sheet);
  std::size_t terms = 2;
  for (std::size_t o = 0; o < recursion.outputs(); ++o) terms = std::max(terms, recursion.series(o, sheet).size());
  terms = shapes::rounded(terms);
  std::vector<double> values;
  for (std::size_t o = 0; o < recursion.outputs(); ++o)
    for (const double place : chebyshev::nodes(terms)) values.push_back(value(recursion.series(o, sheet), all.place(t.at(place))));
  chebyshev::to_coefficients(terms, 1, recursion.outputs(), values.data());
  std::size_t need = 1;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (std::fabs(values[i]) > Digits<T>::kDrop) need = std::max(need, i % terms + 1);
  need = shapes::rounded(need);
  std::vector<double> kept(recursion.outputs() * need);
  for (std::size_t o = 0; o < recursion.outputs(); ++o)
    std::copy_n(values.data() + o * terms, std::min(need, terms), kept.data() + o * need);
  return pack<T>(1, need, t, kept);
}

namespace shapes {

// How many times more than rho a kernel changes, at most, at the lower end of t.
template <HasSeries R>
double slope(const R& recursion, Sheet sheet, Interval t) {
  constexpr double kStep = 1.05;
  const double low = whole(sheet).place(t.low), high = whole(sheet).place(kStep * t.low);
  double most = 0;
  for (std::size_t o = 0; o < recursion.outputs(); ++o)
    most = std::max(most, std::fabs(value(recursion.series(o, sheet), high) - value(recursion.series(o, sheet), low)));
  return most / ((kStep * kStep - 1) * t.low * t.low);
}

}  // namespace shapes

// The boxes: one bin, and of each sheet what the data need.
template <class T, HasSeries R>
std::optional<Shape> choose(const R& recursion, const Survey& survey) {
  constexpr double kMargin = 0.02;
  const double least = survey.correlations.front() - kMargin;
  Shape out;
  out.width = std::max(1e-3, 2 * survey.log_q.half());
  for (const Sheet sheet : {Sheet::plus, Sheet::minus}) {
    auto& part = sheet == Sheet::plus ? out.plus : out.minus;
    part.t = whole(sheet);
    if (sheet == Sheet::plus) part.t.high = std::max(2 * part.t.low, std::sqrt(1 - std::max(kTurn, least)));
    while (shapes::slope(recursion, sheet, part.t) > Digits<T>::kSteepest) part.t.low *= 1.05;
    if (sheet == Sheet::plus || least < kTurn) part.terms = restricted<T>(recursion, sheet, part.t).terms;
    constexpr double kTerm = 1.75;
    const double near = part.t.low * part.t.low, left = sheet == Sheet::plus ? shapes::fraction(survey.correlations, 1 - near, 2)
                                                                             : shapes::fraction(survey.correlations, -2, near - 1);
    out.cost += survey.pairs * (kTerm * static_cast<double>(part.terms) + left * (survey.costs.row + survey.costs.node));
  }
  return out;
}

}  // namespace ntk::NTK_ABI::collapse
#endif
