// Expectations of any activation over one or two Gaussians. f and g are callable with a double and with ntk::Lanes; breaks are the places
// where they or their derivatives are not smooth. Right to some 1e-13 of the root of the product of both second moments. Of a variance that
// is not finite they are NaN.
#pragma once
#ifndef NTK_RUNTIME_QUADRATURE_HPP
#define NTK_RUNTIME_QUADRATURE_HPP
#include "ntk/runtime/duals.hpp"
#include "ntk/runtime/series_table.hpp"

namespace ntk::NTK_ABI::quadrature {

namespace in_double {

// E[f(u)], u ~ N(0, q).
template <class F, class B>
double mean(const F& f, const B& breaks, double q) {
  if (!std::isfinite(q)) return std::numeric_limits<double>::quiet_NaN();
  if (!(q > 0)) return f(0.0);
  const double s = std::sqrt(q);
  const Panels<F, B> panels(f, breaks, s);
  double total = 0;
  for (std::size_t i = 0; i + 1 < panels.cuts.size(); ++i)
    total += panel(panels.cuts[i], panels.cuts[i + 1], [&](const Lanes& z) { return f(s * z) * bell(z); });
  return kDensity * total;
}

}  // namespace in_double

// The same of doubles, or of lanes one after the other.
template <class F, class B, class T>
T mean(const F& f, const B& breaks, const T& q) {
  static_assert(supported<T>, "activations without a closed form are integrated in double only");
  if constexpr (std::is_same_v<T, double>) {
    return in_double::mean(f, breaks, q);
  } else {
    T out;
    for (std::size_t l = 0; l < lanes::kCount; ++l) out.set(l, in_double::mean(f, breaks, q[l]));
    return out;
  }
}

namespace in_double {

template <class F, class G, class B>
void raw_numbers(const F& f, const G& slope, const B& breaks, Parity parity, double q, std::size_t terms, std::size_t beyond, double* out) {
  raw_series(f, slope, breaks, parity, q, terms, out);
  raw_octaves(f, slope, breaks, parity, q, terms, out, beyond);
}

template <class F, class G, class T, class Raw>
void series_of_lanes(const F& f, const G& slope, Parity parity, const T& q, double tolerance, std::size_t terms, std::size_t beyond, T* out,
                     const Raw& raw) {
  static_assert(supported<T>, "activations without a closed form are integrated in double only");
  if constexpr (std::is_same_v<T, double>) {
    series(f, slope, parity, q, tolerance, terms, out, raw, beyond);
  } else {
    std::vector<double> numbers(terms + kFacts + beyond);
    for (std::size_t l = 0; l < lanes::kCount; ++l) {
      series(f, slope, parity, q[l], tolerance, terms, numbers.data(), raw, beyond);
      for (std::size_t k = 0; k < numbers.size(); ++k) out[k].set(l, numbers[k]);
    }
  }
}

}  // namespace in_double

// The series of f at variance q: see series.hpp. `slope` is f', or Jumps; `beyond` numbers are of octaves.
template <class F, class G, class B, class T>
void hermite(const F& f, const G& slope, const B& breaks, Parity parity, const T& q, double tolerance, std::size_t terms, T* out,
             std::size_t beyond = 0) {
  const auto raw = [&](double variance, double* to) { in_double::raw_numbers(f, slope, breaks, parity, variance, terms, beyond, to); };
  in_double::series_of_lanes(f, slope, parity, q, tolerance, terms, beyond, out, raw);
}

// The same by the table of this function.
template <class F, class G, class B, class T>
void hermite(const SeriesTable& table, const F& f, const G& slope, const B& breaks, Parity parity, const T& q, double tolerance, T* out) {
  const std::size_t terms = table.terms(), beyond = table.beyond();
  const auto raw = [&](double variance, double* to) { in_double::raw_numbers(f, slope, breaks, parity, variance, terms, beyond, to); };
  in_double::series_of_lanes(f, slope, parity, q, tolerance, terms, beyond, out,
                             [&](double variance, double* to) { table(raw, variance, to); });
}

}  // namespace ntk::NTK_ABI::quadrature
#endif
