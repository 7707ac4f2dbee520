// E[f(u) g(v)] of two correlated Gaussians by definition: over the plane, cut where f and g are not smooth.
#pragma once
#ifndef NTK_RUNTIME_DIRECT_HPP
#define NTK_RUNTIME_DIRECT_HPP
#include "ntk/runtime/conditional.hpp"
#include "ntk/runtime/edges.hpp"
#include "ntk/runtime/series.hpp"
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

// f, and exp(-w²/2), at n points, a multiple of eight. Others than these may be found by the type of f.
template <class F>
void evaluate(const F& f, std::size_t n, const double* x, double* out) {
  for (std::size_t i = 0; i < n; i += lanes::kCount) f(Lanes::load(x + i)).store(out + i);
}
template <class F>
void bells(const F&, std::size_t n, const double* w, double* out) {
  for (std::size_t i = 0; i < n; i += lanes::kCount) bell(Lanes::load(w + i)).store(out + i);
}

namespace in_double {

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

// The points v at which E[g(v)] is summed for some means, and their weights. Where g is smooth about a mean a rule of degree 31 serves,
// else pieces between seams.
class Inner {
 public:
  explicit Inner(const Plane& plane) : plane_(plane) {}

  void add(double m) {
    if (plane_.met(m) == plane_.seams.end()) {
      for (std::size_t p = 0; p < GaussHermite::kPacks; ++p) put(m, gauss_hermite().node[p], 0.0, gauss_hermite().weight[p]);
    } else {
      double low = -Plane::kReach;
      auto next = std::upper_bound(plane_.seams.begin(), plane_.seams.end(), m + plane_.width * low);
      while (low < Plane::kReach) {
        double high = std::min(low + Plane::kPiece, Plane::kReach);
        while (next != plane_.seams.end() && (*next - m) / plane_.width <= low) ++next;
        if (next != plane_.seams.end()) high = std::min(high, (*next - m) / plane_.width);
        piece(m, low, high);
        low = high;
      }
    }
    ends_.push_back(v_.size());
  }
  // E[g(v)] for the means, in order, after which there are none.
  template <class G>
  void means(const G& g, double* out) {
    values_.resize(v_.size()), density_.resize(v_.size());
    evaluate(g, v_.size(), v_.data(), values_.data());
    bells(g, v_.size(), deviation_.data(), density_.data());
    for (std::size_t i = 0, k = 0; k < ends_.size(); ++k) {
      Lanes total;
      for (; i < ends_[k]; i += lanes::kCount) {
        const auto at = [i](const std::vector<double>& x) { return Lanes::load(x.data() + i); };
        total = total + at(weight_) * at(density_) * at(values_);
      }
      out[k] = sum(total);
    }
    for (auto* numbers : {&v_, &deviation_, &weight_}) numbers->clear();
    ends_.clear();
  }

 private:
  // `deviation` is 0 where the weight has the density in it.
  void put(double m, const Lanes& w, const Lanes& deviation, const Lanes& weight) {
    const std::size_t at = v_.size();
    for (auto* numbers : {&v_, &deviation_, &weight_}) numbers->resize(at + lanes::kCount);
    (m + plane_.width * w).store(v_.data() + at), deviation.store(deviation_.data() + at), weight.store(weight_.data() + at);
  }
  void piece(double m, double low, double high) {
    const double middle = 0.5 * (low + high), half = 0.5 * (high - low);
    for (std::size_t p = 0; p < kPacks; ++p) {
      const Lanes w = middle + half * rule().node[p];
      put(m, w, w, (kDensity * half) * rule().weight[p]);
    }
  }

  const Plane& plane_;
  std::vector<double> v_, deviation_, weight_, values_, density_;
  std::vector<std::size_t> ends_;
};

// E[f(u) g(v)] by definition, q1 >= q2 > 0.
template <class F, class B, class G, class D>
double direct(const F& f, const B& f_breaks, const G& g, const D& g_breaks, double q1, double q2, double c, double gram, double norm) {
  if (polynomials(f_breaks) && polynomials(g_breaks))
    return Conditional(*polynomials(f_breaks), *polynomials(g_breaks), q1, q2, c, gram).product();
  const Plane plane(f, f_breaks, g, g_breaks, q1, q2, c, gram);
  Inner inner(plane);
  double total = 0;
  for (std::size_t i = 0; i + 1 < plane.cuts.size(); ++i) {
    total += panel(plane.cuts[i], plane.cuts[i + 1], [&](const Lanes& z) {
      if (!(plane.width > 0)) return f(plane.s1 * z) * g(plane.slope * z) * bell(z);
      const Lanes left = f(plane.s1 * z) * bell(z);
      const auto counts = [&](std::size_t l) { return std::fabs(left[l]) > 1e-20 * norm; };
      double means[lanes::kCount];
      for (std::size_t l = 0; l < lanes::kCount; ++l)
        if (counts(l)) inner.add(plane.slope * z[l]);
      inner.means(g, means);
      Lanes out;
      for (std::size_t l = 0, k = 0; l < lanes::kCount; ++l)
        if (counts(l)) out.set(l, left[l] * means[k++]);
      return out;
    });
  }
  return kDensity * total;
}

}  // namespace in_double
}  // namespace ntk::NTK_ABI::quadrature
#endif
