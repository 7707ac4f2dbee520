// Expectations of any activation over one or two Gaussians. f and g are callable with a double and with ntk::Lanes; breaks are the places
// where they or their derivatives are not smooth. Right to some 1e-13 of the root of the product of both second moments. Of a variance that
// is not finite they are NaN.
#pragma once
#ifndef NTK_RUNTIME_QUADRATURE_HPP
#define NTK_RUNTIME_QUADRATURE_HPP
#include <cmath>
#include <limits>
#include <type_traits>

#include "ntk/runtime/panels.hpp"

namespace ntk::quadrature {

inline constexpr double kDensity = 0.39894228040143267794;  // of N(0, 1) at 0

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

// out[k], k <= degree: the coefficients of f(sqrt(q) z) in the normalised Hermite polynomials of probability, h_k = He_k / sqrt(k!);
// out[degree + 1]: E[f²]. h_k waves like cos(sqrt(k) z): panels are narrow enough for that.
template <class F, class B>
void hermite(const F& f, const B& breaks, double q, std::size_t degree, double* out) {
  std::fill(out, out + degree + 2, std::isfinite(q) ? 0.0 : std::numeric_limits<double>::quiet_NaN());
  if (!std::isfinite(q)) return;
  if (!(q > 0)) {
    out[0] = f(0.0);
    out[degree + 1] = out[0] * out[0];
    return;
  }
  const double s = std::sqrt(q), widest = std::min(2.0, 20.0 / std::sqrt(static_cast<double>(degree) + 1.0));
  const Panels<F, B> panels(f, breaks, s);
  for (std::size_t i = 0; i + 1 < panels.cuts.size(); ++i) {
    const double low = panels.cuts[i], high = panels.cuts[i + 1];
    const int parts = static_cast<int>(std::ceil((high - low) / widest));
    for (int part = 0; part < parts; ++part) {
      const double half = 0.5 * (high - low) / parts, middle = low + half * (2 * part + 1);
      for (std::size_t p = 0; p < kPacks; ++p) {
        const Lanes z = middle + half * rule().node[p], value = f(s * z), weight = (kDensity * half) * (rule().weight[p] * bell(z));
        const Lanes term = value * weight;
        out[degree + 1] += sum(term * value);
        Lanes before, h = 1.0;
        for (std::size_t k = 0; k <= degree; ++k) {
          out[k] += sum(term * h);
          const double d = static_cast<double>(k);
          const Lanes next = (z * h - std::sqrt(d) * before) / std::sqrt(d + 1.0);
          before = h, h = next;
        }
      }
    }
  }
}

// E[f(u) g(v)] by definition, q1 >= q2 > 0: u = s1 z, and v given u is N(c / q1 u, gram / q1).
template <class F, class B, class G, class D>
double direct(const F& f, const B& f_breaks, const G& g, const D& g_breaks, double q1, double q2, double c, double gram, double norm) {
  const double s1 = std::sqrt(q1), s2 = std::sqrt(q2), slope = gram > 0 ? c / s1 : std::copysign(s2, c);
  const double width = gram > 0 ? std::sqrt(gram / q1) : 0.0;
  const Panels<F, B> outer(f, f_breaks, s1);
  const Panels<G, D> inner(g, g_breaks, s2);
  std::vector<double> cuts = outer.cuts;
  const double first = cuts.front(), last = cuts.back();
  const auto cut = [&](double z) {
    if (first < z && z < last) cuts.push_back(z);
  };
  if (slope != 0) {
    for (const double z2 : inner.cuts) cut(z2 * s2 / slope);
    const double blur = width / std::fabs(slope);  // over which a break of g is smoothed
    for (const double z2 : inner.breaks())
      for (const double step : {1.5, 3.0, 5.0, 8.0}) cut(z2 * s2 / slope - step * blur), cut(z2 * s2 / slope + step * blur);
  }
  sort_cuts(cuts);
  if (!(width > 0)) {
    double total = 0;
    for (std::size_t i = 0; i + 1 < cuts.size(); ++i)
      total += panel(cuts[i], cuts[i + 1], [&](const Lanes& z) { return f(s1 * z) * g(slope * z) * bell(z); });
    return kDensity * total;
  }
  // E[g(m + width w)]: pieces that respect the panels of g and are no wider than three of the density's units.
  constexpr double kReach = 12.0, kPiece = 3.0;
  const auto conditional = [&](double m) {
    double total = 0, low = -kReach;
    auto next = std::upper_bound(inner.cuts.begin(), inner.cuts.end(), (m + width * low) / s2);
    while (low < kReach) {
      double high = std::min(low + kPiece, kReach);
      while (next != inner.cuts.end() && (*next * s2 - m) / width <= low) ++next;
      if (next != inner.cuts.end()) high = std::min(high, (*next * s2 - m) / width);
      total += panel(low, high, [&](const Lanes& w) { return g(m + width * w) * bell(w); });
      low = high;
    }
    return kDensity * total;
  };
  double total = 0;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    total += panel(cuts[i], cuts[i + 1], [&](const Lanes& z) {
      const Lanes left = f(s1 * z) * bell(z);
      Lanes out;
      for (std::size_t l = 0; l < lanes::kCount; ++l)
        if (std::fabs(left[l]) > 1e-20 * norm) out.set(l, left[l] * conditional(slope * z[l]));
      return out;
    });
  }
  return kDensity * total;
}

template <class F, class B, class G, class D>
double dual(const F& f, const B& f_breaks, const G& g, const D& g_breaks, double q1, double q2, double c, double gram, std::size_t degree,
            const double* series_f, const double* series_g) {
  const double moment_f = series_f[degree + 1], moment_g = series_g[degree + 1];
  if (!std::isfinite(moment_f + moment_g)) return moment_f + moment_g;
  if (!(moment_f > 0) || !(moment_g > 0)) return 0.0;
  const double rho = q1 > 0 && q2 > 0 ? std::clamp(c / (std::sqrt(q1) * std::sqrt(q2)), -1.0, 1.0) : 0.0;
  double sum_f = 0, sum_g = 0, total = 0;
  for (std::size_t k = degree + 1; k-- > 0;) {
    sum_f += series_f[k] * series_f[k], sum_g += series_g[k] * series_g[k];
    total = total * rho + series_f[k] * series_g[k];
  }
  // What the second moments have beyond the coefficients, times |rho|^(degree + 1), bounds the rest of Mehler's sum (Cauchy-Schwarz).
  const double rest = std::sqrt(std::max(0.0, 1.0 - sum_f / moment_f)) * std::sqrt(std::max(0.0, 1.0 - sum_g / moment_g));
  if (rest * std::pow(std::fabs(rho), static_cast<double>(degree + 1)) <= 1e-14 || !(q1 > 0) || !(q2 > 0)) return total;
  const double norm = std::sqrt(moment_f) * std::sqrt(moment_g);
  return q1 < q2 ? direct(g, g_breaks, f, f_breaks, q2, q1, c, gram, norm) : direct(f, f_breaks, g, g_breaks, q1, q2, c, gram, norm);
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

template <class F, class B, class T>
void hermite(const F& f, const B& breaks, const T& q, std::size_t degree, T* out) {
  static_assert(supported<T>, "activations without a closed form are integrated in double only");
  if constexpr (std::is_same_v<T, double>) {
    in_double::hermite(f, breaks, q, degree, out);
  } else {
    std::vector<double> numbers(degree + 2);
    for (std::size_t l = 0; l < lanes::kCount; ++l) {
      in_double::hermite(f, breaks, q[l], degree, numbers.data());
      for (std::size_t k = 0; k < degree + 2; ++k) out[k].set(l, numbers[k]);
    }
  }
}

// E[f(u) g(v)] of covariance [[q1, c], [c, q2]] and its determinant `gram`. The series are those of hermite, of f at q1 and of g at q2.
template <class F, class B, class G, class D, class T, class X, class Y>
T dual(const F& f, const B& f_breaks, const G& g, const D& g_breaks, const T& q1, const T& q2, const T& c, const T& gram,
       std::size_t degree, const X* series_f, const Y* series_g) {
  static_assert(supported<T>, "activations without a closed form are integrated in double only");
  if constexpr (std::is_same_v<T, double>) {
    return in_double::dual(f, f_breaks, g, g_breaks, q1, q2, c, gram, degree, series_f, series_g);
  } else {
    const auto lane = [](const auto& x, std::size_t l) {
      if constexpr (std::is_same_v<std::decay_t<decltype(x)>, double>)
        return x;
      else
        return x[l];
    };
    std::vector<double> numbers(2 * (degree + 2));
    double* const a = numbers.data();
    double* const b = a + degree + 2;
    T out;
    for (std::size_t l = 0; l < lanes::kCount; ++l) {
      for (std::size_t k = 0; k < degree + 2; ++k) a[k] = lane(series_f[k], l), b[k] = lane(series_g[k], l);
      out.set(l, in_double::dual(f, f_breaks, g, g_breaks, q1[l], q2[l], c[l], gram[l], degree, a, b));
    }
    return out;
  }
}

}  // namespace ntk::quadrature
#endif
