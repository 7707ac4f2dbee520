// Mehler's sum of two series, for doubles and lanes: how far it must go, what it gives, and whether that is enough.
#pragma once
#ifndef NTK_RUNTIME_MEHLER_HPP
#define NTK_RUNTIME_MEHLER_HPP
#include "ntk/runtime/series.hpp"

namespace ntk::NTK_ABI::quadrature {

// A series whose numbers lie `stride` apart.
struct Strided {
  const double* at;
  std::size_t stride;
  double operator[](std::size_t i) const { return at[i * stride]; }
  friend bool operator==(const Strided& a, const Strided& b) { return a.at == b.at; }
};

enum class Sum : unsigned char { value, slope };  // E[f(u) g(v)], or E[f'(u) g'(v)] from the same series

inline double get(double x, std::size_t) { return x; }
inline double get(const Lanes& x, std::size_t l) { return x[l]; }
// One lane of a series.
template <class S>
struct Lane {
  S series;
  std::size_t l;
  Lane(S of, std::size_t lane) : series(of), l(lane) {}
  double operator[](std::size_t i) const { return get(series[i], l); }
};
template <class T>
inline constexpr std::size_t width_of = std::is_same_v<T, Lanes> ? lanes::kCount : 1;
template <class T>
std::size_t longest(const T& x) {
  double most = get(x, 0);
  for (std::size_t l = 1; l < width_of<T>; ++l) most = std::max(most, get(x, l));
  return static_cast<std::size_t>(most);
}

// The degrees that both series have, low to high: count of them, from `first` by `step`.
struct Degrees {
  Parity f, g;
  std::size_t terms, first, step, count;
  Degrees(Parity of_f, Parity of_g, std::size_t n) : f(of_f), g(of_g), terms(n) {
    const bool any = f == Parity::none;
    first = first_degree(any ? g : f), step = std::max(degree_step(f), degree_step(g));
    const std::size_t last = std::min(degree_of(f, n - 1), degree_of(g, n - 1));
    count = f != Parity::none && g != Parity::none && f != g ? 0 : (last - first) / step + 1;
  }
  std::size_t at_f(std::size_t i) const { return (first + step * i - first_degree(f)) / degree_step(f); }
  std::size_t at_g(std::size_t i) const { return (first + step * i - first_degree(g)) / degree_step(g); }
  // So many of them reach beyond terms stop_f and stop_g; more than `count` if the series end before.
  std::size_t needed(std::size_t stop_f, std::size_t stop_g) const {
    if (count == 0) return 0;
    const std::size_t high = std::max(degree_of(f, stop_f - 1), degree_of(g, stop_g - 1));
    return high < first ? 1 : (high - first) / step + 1;
  }
};

// The first n terms. scale = s1 s2.
template <class T, class X, class Y>
T mehler(Sum what, const Degrees& d, std::size_t n, const X& f, const Y& g, const T& rho, const T& scale) {
  if (n == 0) return T(0.0);
  const bool slope = what == Sum::slope;
  const std::size_t low = d.first == 0 ? 1 : 0;  // degree 0 is apart
  const T power = d.step == 1 ? rho : rho * rho;
  T total = T(0.0);
  for (std::size_t i = n; i-- > low;) {
    const T product = T(f[d.at_f(i)]) * T(g[d.at_g(i)]);
    total = total * power + (slope ? T(static_cast<double>(d.first + d.step * i)) * product : product);
  }
  // What is summed begins with degree k = first + step low, and stands at rho^k, or rho^(k-1).
  if (slope) return d.first + d.step * low == 2 ? rho * total : total;
  total = scale * ((low == 1 ? power : rho) * total);
  return low == 1 ? T(f[d.at_f(0)]) * T(g[d.at_g(0)]) + total : total;
}

template <class T>
struct ValueAndSlope {
  T value, slope;
};
// Both sums of the first n terms at once: with V the sum of terms, that of degree times term is lowest V + step power V'(power).
template <class T, class X, class Y>
ValueAndSlope<T> mehler(const Degrees& d, std::size_t n, const X& f, const Y& g, const T& rho, const T& scale) {
  if (n == 0) return {T(0.0), T(0.0)};
  const std::size_t low = d.first == 0 ? 1 : 0, lowest = d.first + d.step * low;
  const T power = d.step == 1 ? rho : rho * rho;
  T total = T(0.0), derivative = T(0.0);
  for (std::size_t i = n; i-- > low;) {
    derivative = derivative * power + total;
    total = total * power + T(f[d.at_f(i)]) * T(g[d.at_g(i)]);
  }
  const T slope = T(static_cast<double>(lowest)) * total + T(static_cast<double>(d.step)) * (power * derivative);
  total = scale * ((low == 1 ? power : rho) * total);
  return {low == 1 ? T(f[d.at_f(0)]) * T(g[d.at_g(0)]) + total : total, lowest == 2 ? rho * slope : slope};
}

// A bound of what degrees beyond n add, relative to the roots of both second moments.
template <class X, class Y>
double rest(Sum what, const Degrees& d, std::size_t n, const X& f, const Y& g, std::size_t l, double rho) {
  if (n > d.count) return std::numeric_limits<double>::infinity();
  const std::size_t fact = d.terms + (what == Sum::slope ? slope_tail : tail);
  const double tails = get(f[fact], l) * get(g[fact], l);
  if (!(tails > kParseval)) return tails;
  const std::size_t beyond = d.first + d.step * n;
  return tails * std::pow(std::fabs(rho), static_cast<double>(what == Sum::slope ? beyond - 1 : beyond));
}

// What lies beyond the terms, for doubles: nothing is said where series have no octaves alike or their rules are not certain.
template <class X, class Y>
bool octaves_suffice(Sum what, Parity f_parity, Parity g_parity, std::size_t terms, const X& f, const Y& g, double tolerance) {
  const std::size_t fact = terms + (what == Sum::slope ? far_slope_tail : far_tail);
  return f_parity == g_parity && f[terms + octaves] > 0 && f[terms + octaves] == g[terms + octaves] &&
         std::max(f[fact] * f[fact], g[fact] * g[fact]) <= tolerance + kParseval;
}
template <class S>
struct From {  // the numbers from `first` on
  const S& series;
  std::size_t first;
  double factor = 1;
  double operator[](std::size_t i) const { return factor * series[first + i]; }
};
inline double log_of_correlation(double q1, double q2, double gram) { return 0.5 * std::log1p(-std::clamp(gram / (q1 * q2), 0.0, 1.0)); }
template <class X, class Y>
double mehler_octaves(Sum what, Parity parity, std::size_t terms, const X& f, const Y& g, double q1, double q2, double c, double gram) {
  const double scale = std::sqrt(q1) * std::sqrt(q2);
  const From<X> left{f, terms + kFacts};
  const From<Y> right{g, terms + kFacts};
  const double sum = octave_sum(beyond(parity, terms), static_cast<std::size_t>(f[terms + octaves]), what == Sum::slope ? 1 : 0, left,
                                right, log_of_correlation(q1, q2, gram), c < 0);
  return what == Sum::slope ? sum : scale * sum;
}

// What degrees beyond the terms add to E[(f(u) - f(v))^2].
template <class X, class Y>
double mehler_octaves_distance(Parity parity, std::size_t terms, const X& f, const Y& g, double q1, double q2, double c, double gram) {
  const From<X> left{f, terms + kFacts, std::sqrt(q1)};
  const From<Y> right{g, terms + kFacts, std::sqrt(q2)};
  return octave_distance(beyond(parity, terms), static_cast<std::size_t>(f[terms + octaves]), left, right, log_of_correlation(q1, q2, gram),
                         c < 0);
}

// E[(f(u) - f(v))^2] = sum of (a_k - b_k)^2 + 2 (sum of a_k b_k (1 - rho^k)), a_k = s1 c_k and b_k = s2 d_k: the differences of powers from
// a divided difference of the polynomial, 1 - rho from the determinant, so that near-duplicates keep their digits.
template <class X, class Y>
double mehler_distance(Parity parity, std::size_t n, const X& f, const Y& g, double q1, double q2, double c, double gram) {
  const double s1 = std::sqrt(q1), s2 = std::sqrt(q2), scale = s1 * s2;
  const double rho = scale > 0 ? std::clamp(c / scale, -1.0, 1.0) : 0.0;
  const double below_one = rho > 0 ? gram / (scale * (scale + c)) : 1 - rho;
  const bool both = degree_step(parity) == 2;
  const std::size_t low = first_degree(parity) == 0 ? 1 : 0;
  const double power = both ? rho * rho : rho;
  double squares = low == 1 ? (f[0] - g[0]) * (f[0] - g[0]) : 0.0, at_one = 0, difference = 0;
  for (std::size_t j = n; j-- > low;) {
    const double gap = s1 * f[j] - s2 * g[j];
    squares += gap * gap;
    difference = difference * power + at_one;
    at_one += scale * (f[j] * g[j]);
  }
  const double step = below_one * (both ? 1 + rho : 1.0);  // 1 - power
  const bool second = degree_of(parity, low) == 2;
  return squares + 2 * (at_one * (second ? step : below_one) + (second ? power : rho) * step * difference);
}

}  // namespace ntk::NTK_ABI::quadrature
#endif
