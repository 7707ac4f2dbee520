// Expectations of polynomial pieces over a pair: v given u is N(c / q1 u, gram / q1), so the expectation of what depends on v is elementary
// (error functions), and what is left is an integral over u, of Gauss-Legendre panels that resolve the density and the breaks of v.
//
// Polynomials are counted from the piece that holds the conditional mean, their jumps at breaks with the tail that faces away from it;
// pieces that are narrow beside the conditional deviation are integrated as they are. So nothing cancels beyond the sizes of what is
// expected, whatever the variances: the error is some 1e-15 of the roots of the second moments.
#pragma once
#ifndef NTK_RUNTIME_CONDITIONAL_HPP
#define NTK_RUNTIME_CONDITIONAL_HPP
#include "ntk/runtime/bivariate.hpp"
#include "ntk/runtime/panels.hpp"
#include "ntk/runtime/pieces.hpp"
#include "ntk/runtime/series.hpp"

namespace ntk::NTK_ABI::quadrature::in_double {

inline constexpr double kTail = 8.5;    // deviations beyond which nothing is left of a tail
inline constexpr double kPanel = 6.0;   // deviations on which a panel resolves a density: to 1e-19
inline constexpr double kNarrow = 2.0;  // deviations

inline Lanes gaussian(const Lanes& z) { return math::bivariate::decay(-0.5 * (z * z)); }  // without its factor
inline Lanes above(const Lanes& x) { return math::bivariate::above(x); }

// What is computed with: lanes, or numbers that know what they may be off.
template <class N>
struct Arithmetic {
  using Total = N;
  static N weight(std::size_t i) { return N::weight(i); }
  template <class F>
  static N panel(double low, double high, const F& f) {
    return N::panel(low, high, f);
  }
};
template <>
struct Arithmetic<Lanes> {
  using Total = double;
  static Lanes weight(std::size_t i) { return rule().weight[i / lanes::kCount][i % lanes::kCount]; }
  template <class F>
  static double panel(double low, double high, const F& f) {
    return ::ntk::quadrature::panel(low, high, f);
  }
};

// E[y^n; y > 0] and, facing left, E[y^n; y < 0] for n up to kCount - 1, y ~ N(mean, width²).
template <std::size_t kCount, class N>
struct Tails {
  N moment[kCount];
  Tails(const N& mean, double width, bool right) {
    const double side = right ? 1.0 : -1.0;
    const N d = (-side / width) * mean;
    moment[0] = above(d);
    moment[1] = kDensity * gaussian(d) - d * moment[0];
    for (std::size_t n = 2; n < kCount; ++n) moment[n] = static_cast<double>(n - 1) * moment[n - 2] - d * moment[n - 1];
    double scale = side * width;
    for (std::size_t n = 1; n < kCount; ++n, scale *= side * width) moment[n] = scale * moment[n];
  }
};

// Of a pair: u = s1 z, and v given u has the mean slope z and the deviation width.
template <class N>
class ConditionalOf {
  using Total = typename Arithmetic<N>::Total;

 public:
  ConditionalOf(const Pieces& f, const Pieces& g, double q1, double q2, double c, double gram)
      : f_(f), g_(g), s1_(std::sqrt(q1)), s2_(std::sqrt(q2)) {
    const double share = std::clamp(gram / q1 / q2, 0.0, 1.0);
    one_ = share > 0 ? std::sqrt(share) : 0.0;
    slope_ = share > 0 ? c / s1_ : std::copysign(s2_, c);
    width_ = one_ * s2_;
    const double below_one = share > 0 ? share / (1 + c / (s1_ * s2_)) : 0.0;  // 1 - rho for c > 0
    drift_ = (s2_ - s1_) - s2_ * below_one;
    for (const Piece& p : g.pieces) narrow_.push_back(p.high - p.low < kNarrow * width_);
    for (std::size_t k = 0; k < g.places.size(); ++k) {
      left_.push_back(g.pieces[k].about(g.places[k])), right_.push_back(g.pieces[k + 1].about(g.places[k]));
    }
  }

  // E[f(u) g(v)]
  Total product() const {
    return sum([&](std::size_t i, const Span& span) {
      const Piece& p = f_.pieces[i];
      if (p.is_zero()) return Total(0.0);
      return Arithmetic<N>::panel(span.low, span.high, [&](const N& z) { return p(s1_ * z) * gaussian(z) * mean(slope_ * z, span); });
    });
  }
  // E[(f(u) - f(v))^2] for f = g, where u and v are near each other
  Total distance() const {
    return sum([&](std::size_t i, const Span& span) {
      return Arithmetic<N>::panel(span.low, span.high, [&](const N& z) { return gaussian(z) * square(i, z, span); });
    });
  }

 private:
  struct Span {  // of z; `base` is the piece of v that its middle has
    double low, high;
    std::size_t base;
    bool fine;  // false: no place of v is near
  };
  // Whether of the places of v that a span has any is so near a place.
  bool near(const Span& span, double low, double high) const {
    const double a = slope_ * span.low, b = slope_ * span.high, reach = kTail * width_;
    return span.fine && width_ > 0 && low - reach < std::max(a, b) && std::min(a, b) < high + reach;
  }

  template <class F>
  Total sum(const F& of_panel) const {
    Total total = 0.0;
    for (std::size_t i = 0; i < f_.pieces.size(); ++i) {
      const Piece& p = f_.pieces[i];
      const double nearest = p.anchor / s1_, reach = std::sqrt(nearest * nearest + 96.0);  // exp(-48) is left
      const double low = std::max(p.low / s1_, -reach), high = std::min(p.high / s1_, reach);
      if (!(low < high)) continue;
      std::vector<double> cuts = {low, high};
      const double blur = width_ / std::fabs(slope_);
      const bool smooth = one_ > 0.7;  // no place of v asks for more than all the others
      const auto cut = [&](double z) {
        if (low < z && z < high) cuts.push_back(z);
      };
      if (!smooth)
        for (const double t : g_.places) cut(t / slope_ - kTail * blur), cut(t / slope_ + kTail * blur);
      sort_cuts(cuts);
      for (std::size_t k = 0; k + 1 < cuts.size(); ++k) {
        const double a = cuts[k], b = cuts[k + 1], middle = 0.5 * (a + b);
        const bool fine =
            smooth || std::any_of(g_.begin(), g_.end(), [&](double t) { return std::fabs(middle - t / slope_) < kTail * blur; });
        const int count = static_cast<int>(std::ceil((b - a) / (fine ? kPanel * one_ : kPanel)));
        const auto cut_at = [&](int n) { return a + (b - a) * (static_cast<double>(n) / count); };
        for (int n = 0; n < count; ++n) {
          Span span{cut_at(n), cut_at(n + 1), 0, fine};
          span.base = g_.at(slope_ * 0.5 * (span.low + span.high));
          total = total + of_panel(i, span);
        }
      }
    }
    return kDensity * total;
  }

  // E[g(v)], v ~ N(m, width²)
  N mean(const N& m, const Span& span) const {
    N total;
    const double square = width_ * width_;
    if (const Piece& p = g_.pieces[span.base]; !narrow_[span.base]) total = p(m) + square * (p.c[2] + (3 * p.c[3]) * (m - p.anchor));
    for (std::size_t k = 0; k < g_.places.size(); ++k) {
      const double t = g_.places[k];
      if (!near(span, t, t)) continue;
      N jump[kCoefficients];
      for (std::size_t n = 0; n < kCoefficients; ++n) jump[n] = N(narrow_[k + 1] ? 0 : right_[k][n]) - N(narrow_[k] ? 0 : left_[k][n]);
      const bool faces_right = k >= span.base;
      const Tails<kCoefficients, N> tails(m - t, width_, faces_right);
      N term;
      for (std::size_t n = kCoefficients; n-- > 0;) term = term + jump[n] * tails.moment[n];
      total = faces_right ? total + term : total - term;
    }
    return total + among(m, span, [](const N& value) { return value; });
  }

  // What the narrow pieces add to E[h(g(v))].
  template <class H>
  N among(const N& m, const Span& span, const H& h) const {
    N total;
    for (std::size_t k = 0; k < g_.pieces.size(); ++k) {
      const Piece& p = g_.pieces[k];
      if (!narrow_[k] || !near(span, p.low, p.high)) continue;
      const double middle = 0.5 * (p.low + p.high), half = 0.5 * (p.high - p.low);
      for (std::size_t i = 0; i < kNodes; ++i) {
        const double y = middle + half * node(i);
        total = total + (Arithmetic<N>::weight(i) * half / width_ * kDensity) * (h(N(p(y))) * gaussian((y - m) / width_));
      }
    }
    return total;
  }
  static double node(std::size_t i) { return rule().node[i / lanes::kCount][i % lanes::kCount]; }

  // E[(g(v) - f(x))^2], x = s1 z in piece i: v = m + width w, and over a break the square changes by the jump times the sum of both sides.
  N square(std::size_t i, const N& z, const Span& span) const {
    const N x = s1_ * z, m = slope_ * z, own = f_.pieces[i](x);
    N total;
    const double t2 = width_ * width_;
    if (!narrow_[span.base]) {
      const Piece& p = g_.pieces[span.base];
      const N y = m - p.anchor, b1 = p.c[1] + y * (2 * p.c[2] + y * (3 * p.c[3])), b2 = p.c[2] + (3 * p.c[3]) * y;
      const double b3 = p.c[3];
      N b0 = p(m) - own;
      if (span.base == i) {
        const N step = drift_ * z, from = x - p.anchor;
        b0 = step * (p.c[1] + from * (2 * p.c[2] + from * (3 * p.c[3])) + step * (p.c[2] + (3 * p.c[3]) * from + step * p.c[3]));
      }
      total = b0 * b0 + t2 * (b1 * b1 + 2.0 * (b0 * b2) + t2 * (3.0 * (b2 * b2) + (6 * b3) * b1 + 15 * t2 * b3 * b3));
    }
    for (std::size_t k = 0; k < g_.places.size(); ++k) {
      const double t = g_.places[k];
      if (!near(span, t, t) || (narrow_[k] && narrow_[k + 1])) continue;
      const bool both = !narrow_[k] && !narrow_[k + 1], faces_right = k >= span.base;
      N one[kCoefficients], two[kCoefficients];
      for (std::size_t n = 0; n < kCoefficients; ++n) {
        const N left = n == 0 ? left_[k][n] - own : N(left_[k][n]), right = n == 0 ? right_[k][n] - own : N(right_[k][n]);
        one[n] = both ? N(right_[k][n] - left_[k][n]) : narrow_[k] ? right : left;
        two[n] = both ? left + right : narrow_[k] ? right : -left;
      }
      const Tails<2 * kCoefficients - 1, N> tails(m - t, width_, faces_right);
      N term;
      for (std::size_t n = 0; n < kCoefficients; ++n)
        for (std::size_t l = 0; l < kCoefficients; ++l) term = term + one[n] * two[l] * tails.moment[n + l];
      total = faces_right ? total + term : total - term;
    }
    return total + among(m, span, [&](const N& value) { return (value - own) * (value - own); });
  }

  const Pieces &f_, &g_;
  double s1_, s2_, one_ = 0, slope_ = 0, width_ = 0;  // one_: sqrt(1 - rho^2)
  double drift_ = 0;                                  // of the mean of v - u with z
  std::vector<bool> narrow_;
  std::vector<Cubic> left_, right_;  // what meets at each place of g, about it
};
using Conditional = ConditionalOf<Lanes>;

}  // namespace ntk::NTK_ABI::quadrature::in_double
#endif
