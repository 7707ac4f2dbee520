#include "reference/panels.hpp"

#include <algorithm>
#include <boost/math/constants/constants.hpp>
#include <map>

namespace ntkc::reference {
namespace {

struct Rule {
  std::vector<Float50> node, weight;
  std::vector<std::vector<Float50>> last;  // rows that give the last four Legendre coefficients of values at the nodes
};

struct Recurrence {  // P_n(x), P_{n-1}(x)
  Float50 p, before;
};
Recurrence legendre(int n, const Float50& x) {
  Recurrence r{x, 1};
  for (int k = 2; k <= n; ++k) r = {((2 * k - 1) * x * r.p - (k - 1) * r.before) / k, r.p};
  return r;
}

// Newton's method from the usual cosine start.
Rule legendre_rule() {
  const int n = kNodes;
  Rule rule;
  for (int i = 0; i < n; ++i) {
    Float50 x = -cos(boost::math::constants::pi<Float50>() * (i + Float50(0.75)) / (n + Float50(0.5))), slope;
    for (int step = 0; step < 8; ++step) {
      const Recurrence r = legendre(n, x);
      slope = n * (x * r.p - r.before) / (x * x - 1);
      x -= r.p / slope;
    }
    rule.node.push_back(x);
    rule.weight.push_back(2 / ((1 - x * x) * slope * slope));
  }
  for (int degree = n - 4; degree < n; ++degree) {
    std::vector<Float50> row(n);
    for (int i = 0; i < n; ++i) row[i] = rule.weight[i] * legendre(degree, rule.node[i]).p * (2 * degree + 1) / 2;
    rule.last.push_back(std::move(row));
  }
  return rule;
}
const Rule& rule() {
  static const Rule made = legendre_rule();
  return made;
}

// Normalised probabilists' Hermite functions; zeros are separated by bisection on the count of sign changes (Sturm), then Newton.
HermiteRule make_hermite(int n) {
  const auto value = [n](const Float50& x) {  // h_n, h_{n-1} normalised
    Recurrence r{1, 0};
    for (int k = 0; k < n; ++k) r = {(x * r.p - sqrt(Float50(k)) * r.before) / sqrt(Float50(k + 1)), r.p};
    return r;
  };
  HermiteRule rule;
  const double end = 2 * std::sqrt(double(n)), step = 0.01;
  const auto at = [=](int i) { return -end + (i - 1.0 / 3) * step; };
  for (int i = 0; at(i) < end; ++i) {
    if ((value(at(i)).p > 0) == (value(at(i + 1)).p > 0)) continue;
    Float50 x = at(i) + step / 2;
    for (int k = 0; k < 8; ++k) {
      const Recurrence r = value(x);
      x -= r.p / (sqrt(Float50(n)) * r.before);
    }
    const Float50 before = value(x).before;
    rule.node.push_back(x);
    rule.weight.push_back(1 / (n * before * before));
  }
  return rule;
}

bool resolved(const std::vector<Float50>& values, const Float50& negligible) {
  Float50 largest = 0;
  for (const Float50& v : values) largest = std::max(largest, Float50(abs(v)));
  if (largest < negligible) return true;
  for (const auto& row : rule().last) {
    Float50 coefficient = 0;
    for (int i = 0; i < kNodes; ++i) coefficient += row[i] * values[i];
    if (abs(coefficient) > largest * Float50("1e-17")) return false;
  }
  return true;
}

constexpr int kMostHalvings = 30;

void divide(const Float50& low, const Float50& high, const Float50& widest, const std::vector<Line>& functions, int halvings,
            std::vector<Panel>& out) {
  Panel panel{(low + high) / 2, (high - low) / 2, {}};
  bool fine = high - low <= widest;
  for (std::size_t k = 0; fine && k < functions.size(); ++k) {
    std::vector<Float50>& values = panel.values.emplace_back();
    for (const Float50& r : nodes()) values.push_back(functions[k](panel.middle + panel.half * r));
    fine = halvings >= kMostHalvings || resolved(values, functions[k].negligible);
  }
  if (fine) {
    out.push_back(std::move(panel));
    return;
  }
  const int next = high - low <= widest ? halvings + 1 : halvings;
  divide(low, panel.middle, widest, functions, next, out);
  divide(panel.middle, high, widest, functions, next, out);
}

}  // namespace

const std::vector<Float50>& nodes() { return rule().node; }
const std::vector<Float50>& weights() { return rule().weight; }

const HermiteRule& hermite_rule(int n) {
  static const std::map<int, HermiteRule> rules = [] {
    std::map<int, HermiteRule> made;
    for (const int size : kHermiteNodes) made.emplace(size, make_hermite(size));
    return made;
  }();
  return rules.at(n);
}

std::vector<Panel> panels(const Float50& low, const Float50& high, std::vector<Float50> cuts, const Float50& widest,
                          const std::vector<Line>& functions) {
  cuts.push_back(high);
  std::sort(cuts.begin(), cuts.end());
  std::vector<Panel> out;
  Float50 from = low;
  for (const Float50& to : cuts) {
    if (to <= from || to > high) continue;
    divide(from, to, widest, functions, 0, out);
    from = to;
  }
  return out;
}

}  // namespace ntkc::reference
