#include "reference/integral.hpp"

#include <boost/math/constants/constants.hpp>
#include <map>
#include <utility>

#include "expr/tape.hpp"
#include "reference/panels.hpp"

namespace ntkc::reference {
namespace {

using numeric::Float100;
const Float50 kTail = Float50(63) / 5;  // e^-79 of the density's largest value
const int kFarthest = 1000;
const Float50 kUnit = Float50(16) / 5;    // panels for the density of one variable
const Float50 kNarrow = Float50(1) / 20;  // below it, breaks are met in strips only

Float50 density(const Float50& z) { return exp(-z * z / 2) / sqrt(2 * boost::math::constants::pi<Float50>()); }

// f(s z) as a function of z.
struct Scaled {
  Line line;
  std::vector<Float50> breaks;
  Float50 reach;  // what lies beyond it is dropped
  Scaled(const Side& side, const expr::ParamValues& params) {
    const Float50 s(sqrt(side.q));
    // in 100 digits: 1 + erf(x) and its like lose most of them in their tails
    line.value = [f = expr::Tape<Float100>(side.f, params), s](const Float50& z) mutable { return Float50(f(Float100(s * z))); };
    for (const Float100& b : side.breaks) breaks.push_back(Float50(b) / s);
    const Float50 least = density(kTail) / density(0);
    Float50 largest = 0;
    for (reach = 0; reach < kFarthest; reach += Float50(1) / 2) {  // of exp(z), say, f^2 has its weight far out
      const Float50 right = line(reach), left = line(-reach), weight = std::max<Float50>(right * right, left * left) * density(reach);
      largest = std::max(largest, weight);
      if (reach >= kTail && weight <= largest * least) break;
    }
    line.negligible = sqrt(largest) * Float50("1e-40");
  }
};

Float50 at_zero(const Side& side, const expr::ParamValues& params) { return Float50(expr::Tape<Float100>(side.f, params)(0)); }

std::vector<Float50> joined(std::vector<Float50> a, const std::vector<Float50>& b, const Float50& sign) {
  for (const Float50& x : b) a.push_back(x * sign);
  return a;
}

Float50 along_line(const Scaled& f, const Line& g, const Float50& reach, const std::vector<Float50>& cuts) {
  Float50 sum = 0;
  for (const Panel& p : panels(-reach, reach, cuts, kUnit, {f.line, g}))
    for (int i = 0; i < kNodes; ++i)
      sum += p.half * weights()[i] * density(p.middle + p.half * nodes()[i]) * p.values[0][i] * p.values[1][i];
  return sum;
}

// E[f(z) g(rho z + tau w)].
class Plane {
 public:
  Plane(Scaled f, Scaled g, Float50 rho, Float50 tau)
      : f_(std::move(f)), g_(std::move(g)), rho_(std::move(rho)), tau_(std::move(tau)), reach_(std::max(f_.reach, g_.reach)) {}

  Float50 run() {
    if (tau_ > kNarrow) return rectangles(-reach_, reach_);
    std::vector<Float50> sides;  // of strips around the breaks of g, where v may come to lie on either side
    for (const Float50& b : g_.breaks) {
      sides.push_back((b - reach_ * tau_) / rho_);
      sides.push_back((b + reach_ * tau_) / rho_);
    }
    Float50 sum = 0;
    const Line along{[this](const Float50& z) { return g_.line(rho_ * z); }, g_.line.negligible};
    for (const Panel& p : panels(-reach_, reach_, joined(joined(sides, f_.breaks, 1), g_.breaks, 1 / rho_), kUnit, {f_.line, along})) {
      const int n = in_strip(p.middle) ? 0 : nodes_given_u(p);
      sum += n == 0 ? rectangles(p.middle - p.half, p.middle + p.half) : given_u(p, n);
    }
    return sum;
  }

 private:
  bool in_strip(const Float50& z) const {
    for (const Float50& b : g_.breaks)
      if (abs(rho_ * z - b) < reach_ * tau_) return true;
    return false;
  }

  Float50 conditional(const Float50& z, int n) const {
    const HermiteRule& rule = hermite_rule(n);
    Float50 sum = 0;
    for (std::size_t i = 0; i < rule.node.size(); ++i) sum += rule.weight[i] * g_.line(rho_ * z + tau_ * rule.node[i]);
    return sum;
  }

  // How many nodes give v given u on the panel; 0: the density is too wide for them.
  int nodes_given_u(const Panel& p) const {
    Float50 largest = 0;
    for (const Float50& value : p.values[1]) largest = std::max(largest, Float50(abs(value)));
    const Float50 error = std::max<Float50>(largest * Float50("1e-30"), g_.line.negligible);
    const auto same = [&](int place, int n, int more) {
      const Float50 z = p.middle + p.half * nodes()[place];
      return abs(conditional(z, n) - conditional(z, more)) <= error;
    };
    for (std::size_t k = 0; k + 1 < std::size(kHermiteNodes); ++k) {
      const int n = kHermiteNodes[k], more = kHermiteNodes[k + 1];
      if (same(0, n, more) && same(kNodes / 2, n, more) && same(kNodes - 1, n, more)) return n;
    }
    return tau_ < Float50("1e-6") ? kHermiteNodes[4] : 0;
  }

  Float50 given_u(const Panel& p, int n) const {
    Float50 sum = 0;
    for (int i = 0; i < kNodes; ++i) {
      const Float50 z = p.middle + p.half * nodes()[i];
      sum += weights()[i] * density(z) * p.values[0][i] * conditional(z, n);
    }
    return sum * p.half;
  }

  // z in [low, high] against every v that goes with it.
  Float50 rectangles(const Float50& low, const Float50& high) {
    const Float50 widest = std::min<Float50>(kUnit, tau_ * 9 / 2);
    const Float50 a = rho_ * low, b = rho_ * high;
    const Float50 from = std::max<Float50>(-reach_, std::min(a, b) - reach_ * tau_),
                  to = std::min<Float50>(reach_, std::max(a, b) + reach_ * tau_);
    const std::vector<Panel> us = panels(low, high, f_.breaks, widest, {f_.line}), vs = panels(from, to, g_.breaks, widest, {g_.line});
    Float50 sum = 0;
    for (const Panel& u : us) {
      std::vector<Float50> left(kNodes);
      for (int i = 0; i < kNodes; ++i) left[i] = weights()[i] * density(u.middle + u.half * nodes()[i]) * u.values[0][i];
      for (const Panel& v : vs) sum += u.half * v.half * rectangle(u, left, v);
    }
    return sum / (tau_ * sqrt(2 * boost::math::constants::pi<Float50>()));
  }

  // With v - rho u = d + b y - rho a x on the panels, the square in the density's exponent falls into d^2, terms of x, of y, and x y.
  Float50 rectangle(const Panel& u, const std::vector<Float50>& left, const Panel& v) {
    const Float50 d = v.middle - rho_ * u.middle, a = rho_ * u.half, b = v.half, scale = 1 / (2 * tau_ * tau_);
    if (abs(d) > abs(a) + b + reach_ * tau_) return 0;
    const std::vector<Float50>& mixed = table(a * b * scale * 2);
    std::vector<Float50> right;
    for (int j = 0; j < kNodes; ++j) {
      const Float50& y = nodes()[j];
      right.push_back(weights()[j] * v.values[0][j] * exp(-scale * b * y * (2 * d + b * y)));
    }
    Float50 sum = 0;
    for (int i = 0; i < kNodes; ++i) {
      const Float50& x = nodes()[i];
      Float50 row = 0;
      for (int j = 0; j < kNodes; ++j) row += mixed[i * kNodes + j] * right[j];
      sum += left[i] * exp(-scale * (d * d + a * x * (a * x - 2 * d))) * row;
    }
    return sum;
  }

  const std::vector<Float50>& table(const Float50& factor) {
    std::vector<Float50>& t = tables_[factor];
    if (t.empty())
      for (const Float50& x : nodes())
        for (const Float50& y : nodes()) t.push_back(exp(factor * x * y));
    return t;
  }

  Scaled f_, g_;
  Float50 rho_, tau_, reach_;
  std::map<Float50, std::vector<Float50>> tables_;
};

}  // namespace

Side make_side(const expr::Expr& phi, int order, const Float100& q, const expr::ParamValues& params) {
  Side side{phi, {}, q};
  const auto cut = [&] {
    const expr::Breaks breaks = expr::breaks(side.f);
    for (const auto* list : {&breaks.kinks, &breaks.jumps})
      for (const expr::Expr& place : *list)
        side.breaks.push_back(numeric::value(expr::evaluate_exactly(place, numeric::Number(0), params)));
  };
  cut();
  for (int i = 0; i < order; ++i) {
    side.f = expr::simplify(expr::derivative(side.f));
    cut();
  }
  return side;
}

Float100 integral(const Side& u, const expr::ParamValues& params) {
  if (u.q <= 0) return Float100(at_zero(u, params));
  const Scaled f(u, params);
  return Float100(along_line(f, {[](const Float50&) { return Float50(1); }}, f.reach, f.breaks));
}

Float100 integral(const Side& u, const Side& v, const Float100& c, const expr::ParamValues& params) {
  if (u.q <= 0) return Float100(at_zero(u, params)) * integral(v, params);
  if (v.q <= 0) return Float100(at_zero(v, params)) * integral(u, params);
  if (c == 0) return integral(u, params) * integral(v, params);
  const Scaled f(u, params), g(v, params);
  const Float100 rho = c / sqrt(u.q * v.q), rest = 1 - rho * rho;
  if (rest < Float100("1e-70")) {
    const Float50 sign = rho > 0 ? 1 : -1;
    return Float100(along_line(f, {[&](const Float50& z) { return g.line(sign * z); }, g.line.negligible}, std::max(f.reach, g.reach),
                               joined(f.breaks, g.breaks, sign)));
  }
  return Float100(Plane(f, g, Float50(rho), Float50(sqrt(rest))).run());
}

}  // namespace ntkc::reference
