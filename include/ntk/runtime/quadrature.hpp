// Expectations of any activation over one or two Gaussians. f and g are callable with a double and with ntk::Lanes; breaks are the places
// where they or their derivatives are not smooth. Right to some 1e-13 of the root of the product of both second moments. Of a variance that
// is not finite they are NaN.
#pragma once
#ifndef NTK_RUNTIME_QUADRATURE_HPP
#define NTK_RUNTIME_QUADRATURE_HPP
#include <concepts>

#include "ntk/runtime/conditional.hpp"
#include "ntk/runtime/edges.hpp"
#include "ntk/runtime/mehler.hpp"
#include "ntk/runtime/series_table.hpp"
#include "ntk/runtime/zeros.hpp"

namespace ntk::NTK_ABI::quadrature {

// E[p(w)], w ~ N(0, 1), of polynomials to degree 31.
struct GaussHermite {
  static constexpr std::size_t kCount = 16, kPacks = kCount / lanes::kCount;
  Lanes node[kPacks], weight[kPacks];
  GaussHermite() {
    // h_16 and h_15 at x, by their recurrence
    const auto at = [](double x) {
      double h = 1, before = 0;
      for (std::size_t k = 0; k < kCount; ++k) {
        const double next = recurrence().up[k] * (x * h) - recurrence().back[k] * before;
        before = h, h = next;
      }
      return std::pair(h, before);
    };
    std::size_t found = 0;
    constexpr double kStep = 0.125;  // a quarter of the smallest distance of two roots
    constexpr int kSteps = 56;       // to both sides: 7
    for (int step = -kSteps; step < kSteps; ++step) {
      double a = step * kStep, b = a + kStep;
      const bool sign = at(a).first < 0;
      if ((at(b).first < 0) == sign) continue;
      for (int i = 0; i < 60; ++i) {
        const double middle = 0.5 * (a + b);
        ((at(middle).first < 0) == sign ? a : b) = middle;
      }
      const double last = at(b).second;
      node[found / lanes::kCount].set(found % lanes::kCount, b);
      weight[found / lanes::kCount].set(found % lanes::kCount, 1 / (static_cast<double>(kCount) * last * last));
      ++found;
    }
  }
};
inline const GaussHermite& gauss_hermite() {
  static const GaussHermite rule;
  return rule;
}

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

// The polynomials of a function, where its breaks are given with them.
template <class B>
const Pieces* polynomials(const B& breaks) {
  if constexpr (std::is_same_v<B, Pieces>)
    return breaks.pieces.empty() ? nullptr : &breaks;
  else
    return nullptr;
}

// How the plane is cut for E[f(u) g(v)], q1 >= q2 > 0: u = s1 z, and v given u is N(slope z, width^2).
struct Plane {
  // Of v given u: so many deviations count, in pieces so wide at most; a seam further away than kSeen is not met.
  static constexpr double kReach = 12.0, kPiece = 6.0, kSeen = 8.5;

  double s1, s2, slope, width;
  std::vector<double> cuts;   // over z
  std::vector<double> seams;  // over v: where g is not smooth at the density's width

  template <class F, class B, class G, class D>
  Plane(const F& f, const B& f_breaks, const G& g, const D& g_breaks, double q1, double q2, double c, double gram)
      : s1(std::sqrt(q1)),
        s2(std::sqrt(q2)),
        slope(gram > 0 ? c / s1 : std::copysign(s2, c)),
        width(gram > 0 ? std::sqrt(gram / q1) : 0.0) {
    const Panels<F, B> outer(f, f_breaks, s1);
    const Panels<G, D> inner(g, g_breaks, s2);
    // Cuts that g is not smooth over at that width, and among them its breaks: known, found, or told by the panels that end there.
    constexpr double kWide = 8.0, kTiny = 0.25;
    std::vector<double> breaks;
    for (std::size_t k = 1; k + 1 < inner.cuts.size(); ++k) {
      const double at = s2 * inner.cuts[k], narrower = s2 * std::min(inner.cuts[k] - inner.cuts[k - 1], inner.cuts[k + 1] - inner.cuts[k]);
      const bool broken = narrower < kTiny * width || !inner.smooth_at(k);
      if (broken || narrower < kWide * width) seams.push_back(at);
      if (broken) breaks.push_back(at);
    }
    cuts = outer.cuts;
    const double first = cuts.front(), last = cuts.back();
    const auto cut = [&](double z) {
      if (first < z && z < last) cuts.push_back(z);
    };
    if (slope != 0) {
      for (const double z2 : inner.cuts) {  // a panel that is a little too wide is better than a sliver beside it
        const double z = z2 * s2 / slope;
        const auto after = std::lower_bound(outer.cuts.begin(), outer.cuts.end(), z);
        if (after == outer.cuts.begin() || after == outer.cuts.end()) continue;
        if (std::min(z - *(after - 1), *after - z) > 0.05 * (*after - *(after - 1))) cut(z);
      }
      const double blur = width / std::fabs(slope);  // over which a break of g is smoothed
      double before = -std::numeric_limits<double>::infinity();
      for (const double at : breaks) {
        if (at - before < 0.5 * width) continue;
        for (const double step : {3.0, 9.0}) cut(at / slope - step * blur), cut(at / slope + step * blur);
        before = at;
      }
    }
    sort_cuts(cuts);
  }
  // The first seam that v of mean m may meet, or the end of them.
  std::vector<double>::const_iterator met(double m) const {
    const auto next = std::upper_bound(seams.begin(), seams.end(), m - kSeen * width);
    return next == seams.end() || *next >= m + kSeen * width ? seams.end() : next;
  }
};

// E[g(m + width w)]: by a rule of degree 31 where g is smooth about m, else by pieces between seams.
template <class G>
double conditional(const Plane& plane, const G& g, double m) {
  const double width = plane.width;
  if (plane.met(m) == plane.seams.end()) {
    Lanes sum = 0.0;
    for (std::size_t p = 0; p < GaussHermite::kPacks; ++p) sum = sum + gauss_hermite().weight[p] * g(m + width * gauss_hermite().node[p]);
    return ::ntk::quadrature::sum(sum);
  }
  double total = 0, low = -Plane::kReach;
  auto next = std::upper_bound(plane.seams.begin(), plane.seams.end(), m + width * low);
  while (low < Plane::kReach) {
    double high = std::min(low + Plane::kPiece, Plane::kReach);
    while (next != plane.seams.end() && (*next - m) / width <= low) ++next;
    if (next != plane.seams.end()) high = std::min(high, (*next - m) / width);
    total += panel(low, high, [&](const Lanes& w) { return g(m + width * w) * bell(w); });
    low = high;
  }
  return kDensity * total;
}

// E[f(u) g(v)] by definition, q1 >= q2 > 0.
template <class F, class B, class G, class D>
double direct(const F& f, const B& f_breaks, const G& g, const D& g_breaks, double q1, double q2, double c, double gram, double norm) {
  if (polynomials(f_breaks) && polynomials(g_breaks))
    return Conditional(*polynomials(f_breaks), *polynomials(g_breaks), q1, q2, c, gram).product();
  const Plane plane(f, f_breaks, g, g_breaks, q1, q2, c, gram);
  double total = 0;
  for (std::size_t i = 0; i + 1 < plane.cuts.size(); ++i) {
    total += panel(plane.cuts[i], plane.cuts[i + 1], [&](const Lanes& z) {
      if (!(plane.width > 0)) return f(plane.s1 * z) * g(plane.slope * z) * bell(z);
      const Lanes left = f(plane.s1 * z) * bell(z);
      Lanes out;
      for (std::size_t l = 0; l < lanes::kCount; ++l)
        if (std::fabs(left[l]) > 1e-20 * norm) out.set(l, left[l] * conditional(plane, g, plane.slope * z[l]));
      return out;
    });
  }
  return kDensity * total;
}

}  // namespace in_double

template <class T>
inline constexpr bool supported = std::is_same_v<T, double> || std::is_same_v<T, Lanes>;

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

// E[f(u) g(v)] of covariance c and determinant `gram` = q1 q2 - c^2: by the series where they are certain to `tolerance`, relative to the
// roots of the second moments, else by definition.
template <class F, class B, class G, class D, class T, class X, class Y>
T dual(Sum what, const Side<F, B, T, X>& u, const Side<G, D, T, Y>& v, const T& c, const T& gram, double tolerance, std::size_t terms) {
  static_assert(supported<T>, "activations without a closed form are integrated in double only");
  const Degrees degrees(u.parity, v.parity, terms);
  const T scale = math::sqrt(u.q) * math::sqrt(v.q);
  const T rho = math::max(T(-1.0), math::min(T(1.0), math::select(T(0.0) < scale, c / scale, T(0.0))));
  const std::size_t n = degrees.needed(longest(u.series[terms + stop]), longest(v.series[terms + stop]));
  T out = mehler(what, degrees, std::min(n, degrees.count), u.series, v.series, rho, scale);
  const std::size_t norm = terms + (what == Sum::slope ? slope_root : root);
  bool one = false;
  if constexpr (std::is_same_v<X, Y> && std::equality_comparable<X>) one = u.series == v.series;
  for (std::size_t l = 0; l < width_of<T>; ++l) {
    if (one && get(c, l) == get(u.q, l)) {  // u = v: the second moment is a fact of the series
      const double moment = get(u.series[norm], l) * get(u.series[norm], l);
      if constexpr (std::is_same_v<T, double>)
        out = moment;
      else
        out.set(l, moment);
      continue;
    }
    if (rest(what, degrees, n, u.series, v.series, l, get(rho, l)) <= tolerance + kParseval) continue;
    const double q1 = get(u.q, l), q2 = get(v.q, l), size = get(u.series[norm], l) * get(v.series[norm], l);
    if (!(q1 > 0 && q2 > 0 && size > 0) || !std::isfinite(size)) continue;
    const Lane f(u.series, l);
    const Lane g(v.series, l);
    if (n <= degrees.count && octaves_suffice(what, u.parity, v.parity, terms, f, g, tolerance)) {
      const double sum = get(out, l) + mehler_octaves(what, u.parity, terms, f, g, q1, q2, get(c, l), get(gram, l));
      if constexpr (std::is_same_v<T, double>)
        out = sum;
      else
        out.set(l, sum);
      continue;
    }
    const double by_definition = q1 < q2 ? in_double::direct(v.f, v.breaks, u.f, u.breaks, q2, q1, get(c, l), get(gram, l), size)
                                         : in_double::direct(u.f, u.breaks, v.f, v.breaks, q1, q2, get(c, l), get(gram, l), size);
    if constexpr (std::is_same_v<T, double>)
      out = by_definition;
    else
      out.set(l, by_definition);
  }
  return out;
}

// E[(f(u) - f(v))^2] of one function, that each side has in a type of its own: without cancellation where the series are certain, and of
// near-duplicates where it consists of polynomials.
template <class F, class G, class B, class T, class X, class Y>
T distance(const Side<F, B, T, X>& u, const Side<G, B, T, Y>& v, const T& c, const T& gram, double tolerance, std::size_t terms) {
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
      const auto left = side(u.f, u.breaks, u.parity, q1, f), right = side(v.f, v.breaks, v.parity, q2, g);
      value = a * a + b * b - 2 * dual(Sum::value, left, right, at(c), at(gram), tolerance, terms);
    }
    if constexpr (std::is_same_v<T, double>)
      out = value;
    else
      out.set(l, value);
  }
  return out;
}

}  // namespace ntk::NTK_ABI::quadrature
#endif
