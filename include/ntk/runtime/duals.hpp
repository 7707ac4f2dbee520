// Expectations of two functions of correlated Gaussians: by their series where these are certain, else by definition.
#pragma once
#ifndef NTK_RUNTIME_DUALS_HPP
#define NTK_RUNTIME_DUALS_HPP
#include <concepts>

#include "ntk/runtime/direct.hpp"
#include "ntk/runtime/mehler.hpp"

namespace ntk::NTK_ABI::quadrature {

template <class T>
inline constexpr bool supported = std::is_same_v<T, double> || std::is_same_v<T, Lanes>;

// One of the two functions of a pair: itself (for Sum::slope its derivative), where it is not smooth, and its series at its variance, a
// pointer or a Strided.
template <class F, class B, class T, class X>
struct Side {
  const F& f;
  const B& breaks;
  Parity parity;
  T q;
  X series;
};
template <class F, class B, class T, class X>
Side<F, B, T, X> side(const F& f, const B& breaks, Parity parity, const T& q, X series) {
  return {f, breaks, parity, q, series};
}

// A pair of unit scale: how far their series are summed.
template <class T>
struct Correlated {
  T scale, rho;
  Degrees degrees;
  std::size_t n;
  template <class U, class V>
  Correlated(const U& u, const V& v, const T& c, std::size_t terms)
      : scale(math::sqrt(u.q) * math::sqrt(v.q)), degrees(u.parity, v.parity, terms) {
    rho = math::max(T(-1.0), math::min(T(1.0), math::select(T(0.0) < scale, c / scale, T(0.0))));
    n = degrees.needed(longest(u.series[terms + stop]), longest(v.series[terms + stop]));
  }
  std::size_t summed() const { return std::min(n, degrees.count); }
};

// Of a sum of terms what it does not hold, where that is too much.
template <class F, class B, class G, class D, class T, class X, class Y>
void complete(Sum what, const Correlated<T>& pair, const Side<F, B, T, X>& u, const Side<G, D, T, Y>& v, const T& c, const T& gram,
              double tolerance, std::size_t terms, T& out) {
  const std::size_t norm = terms + (what == Sum::slope ? slope_root : root);
  const auto put = [&](std::size_t l, double value) {
    if constexpr (std::is_same_v<T, double>)
      out = value;
    else
      out.set(l, value);
  };
  bool one = false;
  if constexpr (std::is_same_v<X, Y> && std::equality_comparable<X>) one = u.series == v.series;
  for (std::size_t l = 0; l < width_of<T>; ++l) {
    if (one && get(c, l) == get(u.q, l)) {  // u = v: the second moment is a fact of the series
      put(l, get(u.series[norm], l) * get(u.series[norm], l));
      continue;
    }
    if (rest(what, pair.degrees, pair.n, u.series, v.series, l, get(pair.rho, l)) <= tolerance + kParseval) continue;
    const double q1 = get(u.q, l), q2 = get(v.q, l), size = get(u.series[norm], l) * get(v.series[norm], l);
    if (!(q1 > 0 && q2 > 0 && size > 0) || !std::isfinite(size)) continue;
    const Lane f(u.series, l);
    const Lane g(v.series, l);
    if (pair.n <= pair.degrees.count && octaves_suffice(what, u.parity, v.parity, terms, f, g, tolerance))
      put(l, get(out, l) + mehler_octaves(what, u.parity, terms, f, g, q1, q2, get(c, l), get(gram, l)));
    else
      put(l, q1 < q2 ? in_double::direct(v.f, v.breaks, u.f, u.breaks, q2, q1, get(c, l), get(gram, l), size)
                     : in_double::direct(u.f, u.breaks, v.f, v.breaks, q1, q2, get(c, l), get(gram, l), size));
  }
}

// E[f(u) g(v)] of covariance c and determinant `gram` = q1 q2 - c^2: by the series where they are certain to `tolerance`, relative to the
// roots of the second moments, else by definition.
template <class F, class B, class G, class D, class T, class X, class Y>
T dual(Sum what, const Side<F, B, T, X>& u, const Side<G, D, T, Y>& v, const T& c, const T& gram, double tolerance, std::size_t terms) {
  static_assert(supported<T>, "activations without a closed form are integrated in double only");
  const Correlated<T> pair(u, v, c, terms);
  T out = mehler(what, pair.degrees, pair.summed(), u.series, v.series, pair.rho, pair.scale);
  complete(what, pair, u, v, c, gram, tolerance, terms, out);
  return out;
}

// The same with E[f'(u) g'(v)], of which the slopes' sides are: their series are those of f and g.
template <class F, class B, class G, class D, class T, class X, class Y, class Df, class Db, class Dg, class Dd>
ValueAndSlope<T> duals(const Side<F, B, T, X>& u, const Side<G, D, T, Y>& v, const Side<Df, Db, T, X>& slope_u,
                       const Side<Dg, Dd, T, Y>& slope_v, const T& c, const T& gram, double tolerance, std::size_t terms) {
  static_assert(supported<T>, "activations without a closed form are integrated in double only");
  const Correlated<T> pair(u, v, c, terms);
  ValueAndSlope<T> out = mehler(pair.degrees, pair.summed(), u.series, v.series, pair.rho, pair.scale);
  complete(Sum::value, pair, u, v, c, gram, tolerance, terms, out.value);
  complete(Sum::slope, pair, slope_u, slope_v, c, gram, tolerance, terms, out.slope);
  return out;
}

// E[(f(u) - f(v))^2] of one function, that each side has in a type of its own: without cancellation where the series are certain, and of
// near-duplicates where it consists of polynomials. product(l): what dual gives of lane l.
template <class F, class G, class B, class T, class X, class Y, class Product>
T distance(const Side<F, B, T, X>& u, const Side<G, B, T, Y>& v, const T& c, const T& gram, double tolerance, std::size_t terms,
           const Product& product) {
  T out = T(0.0);
  for (std::size_t l = 0; l < width_of<T>; ++l) {
    const auto at = [l](const auto& x) { return get(x, l); };
    const double q1 = at(u.q), q2 = at(v.q), most = std::max(at(u.series[terms + stop]), at(v.series[terms + stop]));
    double value;
    const Lane f(u.series, l);
    const Lane g(v.series, l);
    const bool in_terms = f[terms + slope_tail] * g[terms + slope_tail] <= tolerance + kParseval;
    if (in_terms || (q1 > 0 && q2 > 0 && octaves_suffice(Sum::slope, u.parity, v.parity, terms, f, g, tolerance))) {
      const std::size_t n = in_terms ? static_cast<std::size_t>(most) : terms;
      value = mehler_distance(u.parity, n, f, g, q1, q2, at(c), at(gram));
      if (!in_terms) value += mehler_octaves_distance(u.parity, terms, f, g, q1, q2, at(c), at(gram));
    } else if (in_double::polynomials(u.breaks) && q1 > 0 && q2 > 0 && q1 + q2 - 2 * at(c) < 0.1 * (q1 + q2)) {
      value =
          in_double::Conditional(*in_double::polynomials(u.breaks), *in_double::polynomials(v.breaks), q1, q2, at(c), at(gram)).distance();
    } else {
      const double a = at(u.series[terms + root]), b = at(v.series[terms + root]);
      value = a * a + b * b - 2 * product(l);
    }
    if constexpr (std::is_same_v<T, double>)
      out = value;
    else
      out.set(l, value);
  }
  return out;
}

template <class F, class G, class B, class T, class X, class Y>
T distance(const Side<F, B, T, X>& u, const Side<G, B, T, Y>& v, const T& c, const T& gram, double tolerance, std::size_t terms) {
  return distance(u, v, c, gram, tolerance, terms, [&](std::size_t l) {
    const auto left = side(u.f, u.breaks, u.parity, get(u.q, l), Lane(u.series, l));
    const auto right = side(v.f, v.breaks, v.parity, get(v.q, l), Lane(v.series, l));
    return dual(Sum::value, left, right, get(c, l), get(gram, l), tolerance, terms);
  });
}

}  // namespace ntk::NTK_ABI::quadrature
#endif
