// At places of a grid of variances and correlations the plane (ntk/runtime/quadrature.hpp) is cut as it is where kernels are computed, and
// each panel is bounded: g(v) given u = s1 z is integrated to C(m), m = slope z, over z the product f C.
//
// - C by panels between seams: Bernstein ellipses on which g is known to be analytic (majorant.hpp).
// - C by a rule of Gauss and Hermite, exact to degree 31 and positive, where no seam is near: off by twice what g differs from a polynomial
//   over kSeen deviations, 2 M r^-31 / (r - 1) on an ellipse of parameter r (Trefethen 2013, theorem 8.2), and by the tails of both.
// - Over z the product, on an ellipse of its own. C there is at most exp(y^2 / 2 width^2) times the largest |g|, y = Im m, since
//   C(m + iy) = E[g(m + width w) exp(i w y / width + y^2 / 2 width^2)]; or, where no break of g is near, it is replaced by the rule's sum
//   of g(m + width w_k), which is analytic where g is.
// - Tails and rounding as in coefficients.cpp, by the moments of f and g apart (Cauchy-Schwarz).
#include <algorithm>
#include <cmath>
#include <deque>

#include "ntk/runtime/quadrature.hpp"
#include "passes/duals/certificate.hpp"
#include "passes/duals/coefficients.hpp"

namespace ntkc::passes {
namespace {

using expr::Interval;
using ::ntk::quadrature::in_double::Plane;

constexpr double kUnit = 0x1p-53;
constexpr double kSkipped = 1e-19;  // values of f that are left out (1e-20), summed with weights
constexpr double kSmall = 1e-18;    // errors that need not be less, of what is usual
constexpr double kEllipses[] = {3.0, 2.5, 2.2, 4.0, 2.0};

double legendre(double r) { return 64.0 / 15 * std::pow(r, -2.0 * ::ntk::quadrature::kNodes) / (1 - 1 / (r * r)); }
double across(double r) { return 0.5 * (r + 1 / r); }
double upward(double r) { return 0.5 * (r - 1 / r); }
double square(double x) { return x * x; }

// phi or phi' on one side.
struct Side {
  const Coefficients& of;
  std::size_t order;
  double usual;  // bounds below it need not be sharp
  expr::Continued SmoothPart::*f() const { return order == 0 ? &SmoothPart::f : &SmoothPart::slope; }
  const Callable& values() const { return order == 0 ? of.f() : of.slope(); }
  // Of the part that holds at x, continued.
  double most(double x, Interval over, double height) const {
    const SmoothPart& part = *std::ranges::find_if(of.parts(), [&](const SmoothPart& p) { return x <= p.piece.x.high; });
    return largest_on(part, f(), over, height, usual).value_or(INFINITY);
  }
  double most(Interval over) const {
    double out = 0;
    for (const SmoothPart& part : of.parts()) {
      const Interval inside{std::max(over.low, part.piece.x.low), std::min(over.high, part.piece.x.high)};
      if (inside.low <= inside.high) out = std::max(out, largest_on(part, f(), inside, 0, usual).value_or(INFINITY));
    }
    return out;
  }
  // What rounded places of kinks leave: jumps of phi' over some units.
  double gaps(double s) const {
    double sum = 0;
    for (const double b : of.breaks())
      if (order == 1 && std::abs(b) < 14 * s) sum += 16 * kUnit * std::abs(b) / s * 2 * most({b, b});
    return sum;
  }
  double to_break(Interval x) const {
    double least = INFINITY;
    for (const double b : of.breaks()) least = std::min(least, std::max({0.0, x.low - b, b - x.high}));
    return least;
  }
};

// What is known of a side at one variance: roots of moments, and what rounding and tails are relative to them.
struct Scale {
  double s = 0, root[2] = {0, 0}, off[2] = {0, 0}, tail[2] = {0, 0}, moved[2] = {0, 0};
};
std::optional<Scale> scale(const Coefficients& f, double s) {
  const GaussianBounds gaussian(f.parts());
  const auto cells = gaussian.cells(s);
  const Moments m = moments(cells, s, s);
  const auto beyond = gaussian.tails({s, s, 2}, cells, 0), slope_beyond = gaussian.tails({s, s, 2}, cells, 1);
  if (!beyond || !slope_beyond || !(m.f_least > 0) || !(m.slope_least > 0)) return std::nullopt;
  Scale out{s, {std::sqrt(m.f_least), std::sqrt(m.slope_least)}};
  const double off[] = {m.f_off, m.slope_off}, tail[] = {beyond->f_square, slope_beyond->slope}, next[] = {m.slope, m.bend};
  for (const int i : {0, 1}) {
    out.off[i] = std::sqrt(off[i]) / out.root[i], out.tail[i] = std::sqrt(tail[i]) / out.root[i];
    out.moved[i] = s * std::sqrt(next[i]) / out.root[i];
  }
  return out;
}

// The largest |g| on all ellipses of this half-width and height about points of an interval: over a box or, where that is large, columns.
double on_ellipses(const Side& g, Interval about, double reach, double height) {
  constexpr int kColumns = 4;
  const double middle = 0.5 * (about.low + about.high), box = g.most(middle, {about.low - reach, about.high + reach}, height);
  if (box <= g.usual) return box;
  double most = g.most(middle, about, height);
  for (int i = 0; i < kColumns && std::isfinite(most); ++i) {
    const double near = static_cast<double>(i) / kColumns, far = near + 1.0 / kColumns, high = height * std::sqrt(1 - near * near);
    most = std::max(most, g.most(middle, {about.low - far * reach, about.low - near * reach}, high));
    most = std::max(most, g.most(middle, {about.high + near * reach, about.high + far * reach}, high));
  }
  return std::min(box, most);
}

// The integrals over v given u by panels between seams: what five of the widest are off by, for each stretch of a deviation, as rare as its
// neighbourhood is to be met.
double between_seams(const Side& g, const Plane& plane) {
  constexpr double kPanels = 5;
  const double end = 14 * plane.s2 + Plane::kReach * plane.width;
  std::vector<double> seams{-end, end};
  seams.insert(seams.end() - 1, plane.seams.begin(), plane.seams.end());
  double sum = 0;
  for (std::size_t i = 0; i + 1 < seams.size(); ++i) {
    const double from = seams[i], to = seams[i + 1], half = std::min(0.5 * Plane::kPiece * plane.width, 0.5 * (to - from));
    if (!(half > 0)) continue;
    const int stretches = static_cast<int>(std::ceil((to - from) / plane.s2));
    for (int k = 0; k < stretches; ++k) {
      const double first = from + (to - from) * k / stretches, last = from + (to - from) * (k + 1) / stretches;
      const double low = std::max(from, first - 2 * half), high = std::min(to, last + 2 * half);
      double best = INFINITY;
      for (const double r : kEllipses) {
        const double wide = half / plane.width, y = upward(r) * wide;
        const double most = on_ellipses(g, {low + half, high - half}, half * across(r), half * upward(r));
        best = std::min(best, kPanels * legendre(r) * wide * ::ntk::quadrature::kDensity * std::exp(0.5 * y * y) * most);
        if (best <= kSmall * g.usual) break;
      }
      const double nearest = first > 0 ? first : last < 0 ? -last : 0.0, mean = std::max(0.0, nearest - Plane::kReach * plane.width);
      sum += best * std::exp(-0.25 * square(mean / plane.s2));
    }
  }
  return sum;
}

// The rule of Gauss and Hermite, exact to degree 31, where g is bounded by 1 on an ellipse over w of this height and half-width, and on the
// axis: twice what its Chebyshev series of degree 31 on [-a, a] leaves, at the nodes and over the Gaussian (Trefethen 2013, theorem 8.1:
// coefficients are at most 2 r^-k). Far out that is no more than both together.
struct Hermite {
  double height, reach, error;
};
Hermite hermite_on(double a, double r) {
  constexpr double kDegrees = 32;
  const auto left = [&](double w) {
    const double x = std::max(1.0, std::abs(w) / a), share = (x + std::sqrt(x * x - 1)) / r;
    const double both = 1 + 2 * kDegrees * std::pow(std::max(1.0, share), kDegrees - 1);
    return share < 1 ? std::min(both, 2 * std::pow(share, kDegrees) / (1 - share)) : both;
  };
  constexpr double kStep = 0.05, kEnd = 14;
  double sum = 2 * left(0);
  for (int i = 0; a + i * kStep < kEnd; ++i) {
    const double w = a + i * kStep;
    sum += 2 * kStep * left(w + kStep) * ::ntk::quadrature::kDensity * std::exp(-0.5 * w * w);
  }
  const auto& rule = ::ntk::quadrature::gauss_hermite();
  for (std::size_t k = 0; k < ::ntk::quadrature::GaussHermite::kCount; ++k) {
    const double node = rule.node[k / ::ntk::lanes::kCount][k % ::ntk::lanes::kCount];
    if (std::abs(node) > a) sum += rule.weight[k / ::ntk::lanes::kCount][k % ::ntk::lanes::kCount] * left(node);
  }
  return {a * upward(r), a * across(r), sum};
}
// The best of one height each, from high to low.
const std::vector<Hermite>& hermites() {
  static const std::vector<Hermite> table = [] {
    std::vector<Hermite> made;
    for (const double height : {9.0, 8.0, 7.0, 6.0, 5.0}) {
      Hermite best{height, 0, INFINITY};
      for (const double a : {3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 6.5, 7.0}) {
        const double t = height / a, r = t + std::sqrt(t * t + 1);
        if (const Hermite here = hermite_on(a, r); here.error < best.error) best = here;
      }
      made.push_back(best);
    }
    return made;
  }();
  return table;
}

// That rule for m in an interval.
double by_rule(const Side& g, double width, Interval m) {
  const double real = g.most({m.low - Plane::kReach * width, m.high + Plane::kReach * width});
  double best = INFINITY;
  for (const Hermite& on : hermites()) {
    best = std::min(best, std::max(on_ellipses(g, m, width * on.reach, width * on.height), real) * on.error);
    if (best <= kSmall * g.usual) break;
  }
  return best;
}

// The same at the nodes of a panel over z that have no seam near, run by run of neighbours.
double by_rule(const Side& g, const Plane& plane, double middle, double half) {
  double most = 0, first = 0;
  std::size_t run = 0;
  const auto node = [&](std::size_t k) {
    return plane.slope * (middle + half * ::ntk::quadrature::rule().node[k / ::ntk::lanes::kCount][k % ::ntk::lanes::kCount]);
  };
  for (std::size_t k = 0; k <= ::ntk::quadrature::kNodes; ++k) {
    if (k < ::ntk::quadrature::kNodes && plane.width > 0 && plane.met(node(k)) == plane.seams.end()) {
      if (run++ == 0) first = node(k);
    } else if (run > 0) {
      const double last = node(k - 1);
      most = std::max(most, by_rule(g, plane.width, {std::min(first, last), std::max(first, last)})), run = 0;
    }
  }
  return most;
}

// One place, relative to the roots of the moments.
double error_at(const Side& f, const Scale& at_f, const Side& g, const Scale& at_g, double rho_below_one, double sign) {
  const double q1 = square(at_f.s), q2 = square(at_g.s), c = sign * (1 - rho_below_one) * at_f.s * at_g.s;
  const double gram = q1 * q2 * rho_below_one * (2 - rho_below_one);
  const Plane plane(f.values(), f.of.breaks(), g.values(), g.of.breaks(), q1, q2, c, gram);
  const std::size_t a = f.order, b = g.order;
  const double roots = at_f.root[a] * at_g.root[b];
  const double inner = plane.width > 0 ? between_seams(g, plane) : 0.0;
  double sum = 0;
  for (std::size_t i = 0; i + 1 < plane.cuts.size(); ++i) {
    const double middle = 0.5 * (plane.cuts[i] + plane.cuts[i + 1]), half = 0.5 * (plane.cuts[i + 1] - plane.cuts[i]);
    const double mean = plane.slope * middle, spread = std::abs(plane.slope) * half;
    const Interval m{mean - spread, mean + spread};
    const double nearest = std::max(0.0, std::abs(middle) - half);
    // The integral of |f|; and what of it is left where m is rare, which is counted with `inner`.
    const double mass =
        f.most({plane.s1 * plane.cuts[i], plane.s1 * plane.cuts[i + 1]}) * std::min(1.0, 2 * half) * std::exp(-0.5 * nearest * nearest);
    const double inside = inner * mass * std::exp(0.25 * nearest * nearest);
    const double slack = 16 * kUnit * std::max(std::abs(m.low), std::abs(m.high));
    const bool smooth = plane.width > 0 ? g.to_break(m) >= Plane::kSeen * plane.width : g.to_break({m.low + slack, m.high - slack}) > 0;
    // Of C, where the rule stands for it all over the panel, and at those nodes where it does.
    const double of_rule = !smooth ? INFINITY : plane.width > 0 ? by_rule(g, plane.width, m) : 0.0;
    const double at_nodes = of_rule <= kSmall * g.usual ? of_rule : std::min(of_rule, by_rule(g, plane, middle, half));
    double best = INFINITY;
    for (const double r : kEllipses) {
      const double reach = half * across(r), y = half * upward(r), wide = spread * across(r), high = spread * upward(r);
      const double of_f = on_ellipses(f, {plane.s1 * middle, plane.s1 * middle}, plane.s1 * reach, plane.s1 * y);
      if (!std::isfinite(of_f)) continue;
      const double x = std::max(0.0, std::abs(middle) - reach);
      const double bell = ::ntk::quadrature::kDensity * std::exp(0.5 * (y * y - x * x));
      const auto least = [&](double of_g, double off) {
        best = std::min(best, legendre(r) * half * of_f * bell * of_g + mass * off + inside);
      };
      const double blurred = 0.5 * square(high / plane.width);
      if (plane.width > 0 && blurred < 40)
        least(std::exp(blurred) * g.most({mean - wide - Plane::kReach * plane.width, mean + wide + Plane::kReach * plane.width}), at_nodes);
      if (std::isfinite(of_rule)) {
        const double apart = 6.7 * plane.width;  // the rule's nodes
        least(on_ellipses(g, {mean - apart, mean + apart}, wide, high), of_rule);
      }
      if (best <= inside + mass * at_nodes + kSmall * roots) break;
    }
    sum += best;
  }
  const double of_f = f.most({-14 * at_f.s, 14 * at_f.s}), of_g = g.most({-14 * at_g.s, 14 * at_g.s});
  const double rounding = at_f.off[a] + at_g.off[b] + 24 * kUnit * at_g.moved[b] + static_cast<double>(plane.cuts.size() + 64) * kUnit;
  const double places = (f.gaps(at_f.s) * of_g + g.gaps(at_g.s) * of_f) / roots;
  return sum / roots + at_f.tail[a] + rounding + places + kSkipped * of_g;
}

}  // namespace

std::vector<double> plane_errors(const expr::Expr& phi, const expr::Expr& psi, const std::vector<FarCertificate>& grid) {
  constexpr double kBetweenPlaces = 2, kNotTaken = 0.99, kWorthTelling = 1e-8;
  constexpr std::pair<double, double> kCorrelations[] = {{1, 1}, {0.4, -1}, {0.06, 1}, {1e-3, -1}, {1e-6, 1}, {1e-10, -1}, {0, 1}};
  std::deque<Coefficients> sides;  // which do not move
  std::vector<std::vector<Scale>> scales;
  for (const auto* e : {&phi, &psi}) {
    auto parts = smooth_parts(*e);
    if (!parts) return {};
    if (!sides.empty() && phi == psi) break;
    sides.emplace_back(*e, std::move(*parts), 1);
    scales.emplace_back();
    for (const FarCertificate& place : grid) {
      const auto at = scale(sides.back(), std::sqrt(place.variance));
      if (!at) break;
      scales.back().push_back(*at);
    }
  }
  std::vector<double> out;
  double worst = 0;
  for (std::size_t i = 0; i < std::min(scales.front().size(), scales.back().size()); ++i) {
    for (const std::size_t k : {i, i - std::min<std::size_t>(i, 1)})
      for (const auto& [f, g] : {std::pair<std::size_t, std::size_t>{0, sides.size() - 1}, {sides.size() - 1, 0}}) {
        for (const auto& [below_one, sign] : kCorrelations) {
          if (1 - below_one < kNotTaken * grid[i].plane) continue;
          for (const std::size_t order : {0, 1}) {
            constexpr double kUsual = 1e3;
            const auto side = [&](std::size_t of, std::size_t at) { return Side{sides[of], order, kUsual * scales[of][at].root[order]}; };
            worst = std::max(worst, error_at(side(f, i), scales[f][i], side(g, k), scales[g][k], below_one, sign));
          }
        }
        if (sides.size() == 1) break;
      }
    if (!(kBetweenPlaces * worst <= kWorthTelling)) break;
    out.push_back(kBetweenPlaces * worst);
  }
  return out;
}

}  // namespace ntkc::passes
