// Gauss-Legendre panels on which a function of a Gaussian is resolved.
#pragma once
#ifndef NTK_RUNTIME_PANELS_HPP
#define NTK_RUNTIME_PANELS_HPP
#include <algorithm>
#include <cmath>
#include <vector>

#include "ntk/runtime/math.hpp"

namespace ntk::NTK_ABI::quadrature {

inline constexpr std::size_t kNodes = 24, kPacks = kNodes / lanes::kCount;
inline constexpr std::size_t kEnd = 4;  // the last Legendre coefficients are what tells whether a function is resolved

struct Rule {
  Lanes node[kPacks], weight[kPacks];  // of [-1, 1]
  Lanes end[kEnd][kPacks];             // weights that give the coefficients of degree kNodes - kEnd and up
};

inline Rule make_rule() {
  using Long = long double;  // near the ends a rounding of the node is 400 roundings of its weight
  Rule rule;
  constexpr Long n = kNodes;
  for (std::size_t i = 0; i < kNodes; ++i) {
    Long x = std::cos(3.14159265358979323846L * (static_cast<Long>(kNodes - i) - 0.25L) / (n + 0.5L)), slope = 0;
    Long p[kNodes + 1];
    for (int step = 0; step < 8; ++step) {  // Newton on the Legendre polynomial, by its recurrence
      p[0] = 1, p[1] = x;
      for (std::size_t k = 1; k < kNodes; ++k) {
        const Long d = static_cast<Long>(k);
        p[k + 1] = ((2 * d + 1) * x * p[k] - d * p[k - 1]) / (d + 1);
      }
      slope = n * (x * p[kNodes] - p[kNodes - 1]) / (x * x - 1);
      if (step < 7) x -= p[kNodes] / slope;
    }
    const Long weight = 2 / ((1 - x * x) * slope * slope);
    rule.node[i / lanes::kCount].set(i % lanes::kCount, static_cast<double>(x));
    rule.weight[i / lanes::kCount].set(i % lanes::kCount, static_cast<double>(weight));
    for (std::size_t k = 0; k < kEnd; ++k) {
      const std::size_t degree = kNodes - kEnd + k;
      rule.end[k][i / lanes::kCount].set(i % lanes::kCount, static_cast<double>((static_cast<Long>(degree) + 0.5L) * weight * p[degree]));
    }
  }
  return rule;
}
inline const Rule& rule() {
  static const Rule table = make_rule();
  return table;
}

inline double sum(const Lanes& a) { return ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7])); }
inline double largest(const Lanes& a) {
  double out = 0;
  for (std::size_t i = 0; i < lanes::kCount; ++i) out = std::max(out, std::fabs(a[i]));
  return out;
}
// exp(-w²/2)
inline Lanes bell(const Lanes& w) { return math::exp(-0.5 * (w * w)); }

// The integral over [low, high] of a function of eight points at once.
template <class F>
double panel(double low, double high, const F& f) {
  const double middle = 0.5 * (low + high), half = 0.5 * (high - low);
  Lanes total;
  for (std::size_t p = 0; p < kPacks; ++p) total = total + rule().weight[p] * f(middle + half * rule().node[p]);
  return half * sum(total);
}

inline void sort_cuts(std::vector<double>& cuts) {
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
}

// Cuts of the line of z, so that f(s z) is on each panel a polynomial to some 1e-15 of its size, the size weighed by exp(-z²/4) (which is
// what its square leaves of the density). Tails are dropped where that weight makes f less than 1e-17 of its largest value, but no break
// nearer than kCovered: the sliver before it would be missed.
inline constexpr double kCovered = 13.0;
template <class F, class B>
class Panels {
 public:
  Panels(const F& f, const B& breaks, double s) : f_(f), s_(s) {
    for (const double b : breaks)
      if (std::isfinite(b) && std::fabs(b) < kFarthest * s) cuts.push_back(b / s), breaks_.push_back(b / s);
    for (int i = -4; i < 5; ++i) scale_ = std::max(scale_, size(2.0 * i, 2.0 * i + 2.0));
    const double high = reach(1.0), low = -reach(-1.0);
    std::vector<double> coarse;
    for (const double c : breaks_)
      if (low < c && c < high) coarse.push_back(c);
    for (int k = 0; low + 2.0 * k < high + 1.0; ++k) coarse.push_back(std::min(low + 2.0 * k, high));
    sort_cuts(coarse);
    cuts.assign(1, coarse.front());
    for (std::size_t i = 0; i + 1 < coarse.size(); ++i) split(coarse[i], coarse[i + 1], 60);
  }
  std::vector<double> cuts;
  const std::vector<double>& breaks() const { return breaks_; }
  // Whether f is smooth over cut k, neither the first nor the last, as far as a panel about it tells.
  bool smooth_at(std::size_t k) const {
    if (std::find(breaks_.begin(), breaks_.end(), cuts[k]) != breaks_.end()) return false;
    const double half = 0.5 * std::min(cuts[k] - cuts[k - 1], cuts[k + 1] - cuts[k]);
    const Size size = size_on(cuts[k] - half, cuts[k] + half);
    return size.end <= 1e-13 * size.most;
  }

 private:
  struct Size {
    double most = 0, end = 0;  // of values and of the last Legendre coefficients
  };
  Size size_on(double low, double high) const {
    const double middle = 0.5 * (low + high), half = 0.5 * (high - low);
    Lanes values[kPacks];
    Size out;
    for (std::size_t p = 0; p < kPacks; ++p)
      values[p] = f_(s_ * (middle + half * rule().node[p])), out.most = std::max(out.most, largest(values[p]));
    for (std::size_t k = 0; k < kEnd; ++k) {
      Lanes coefficient;
      for (std::size_t p = 0; p < kPacks; ++p) coefficient = coefficient + rule().end[k][p] * values[p];
      out.end = std::max(out.end, std::fabs(sum(coefficient)));
    }
    return out;
  }

  static constexpr double kFarthest = 38.0;  // exp(-z²/2) is the smallest double there
  static constexpr std::size_t kMost = 4000;

  double size(double low, double high) const {
    const double middle = 0.5 * (low + high), half = 0.5 * (high - low);
    double out = 0;
    for (std::size_t p = 0; p < kPacks; ++p) {
      const Lanes z = middle + half * rule().node[p];
      out = std::max(out, largest(f_(s_ * z) * math::exp(-0.25 * (z * z))));
    }
    return out;
  }
  double reach(double side) {
    double end = 9.0;
    while (end < kFarthest) {
      const double next = size(std::min(side * end, side * (end + 2.0)), std::max(side * end, side * (end + 2.0)));
      if (!(next > 1e-17 * scale_)) break;
      scale_ = std::max(scale_, next), end += 2.0;
    }
    for (const double b : breaks_)
      if (end < side * b && side * b < kCovered) end = side * b;
    return end;
  }
  void split(double low, double high, int depth) {
    const double middle = 0.5 * (low + high), half = 0.5 * (high - low);
    const auto [most, end] = size_on(low, high);
    const double nearest = low > 0 ? low : high < 0 ? high : 0;
    const double weight = std::exp(-0.25 * nearest * nearest);
    const bool resolved = end <= 4e-15 * most || end * weight <= 1e-15 * scale_ || end * weight * half <= 1e-17 * scale_;
    if (resolved || depth == 0 || cuts.size() > kMost || !(low < middle && middle < high)) {
      cuts.push_back(high);
      return;
    }
    split(low, middle, depth - 1);
    split(middle, high, depth - 1);
  }

  const F& f_;
  double s_, scale_ = 0;
  std::vector<double> breaks_;
};

}  // namespace ntk::NTK_ABI::quadrature
#endif
