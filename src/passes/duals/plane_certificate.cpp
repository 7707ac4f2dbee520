// At places of a grid of variances and correlations the plane (ntk/runtime/quadrature.hpp) is cut as it is where kernels are computed, and
// each panel is bounded: g(v) given u = s1 z is integrated to C(m), m = slope z, over z the product f C.
//
// - C by panels between seams: on ellipses on which g is known to be analytic.
// - C by a rule of Gauss and Hermite, exact to degree 31 and positive, where no seam is near (hermite_rule.hpp).
// - Over z the product, on an ellipse of its own. C there is at most exp(y^2 / 2 width^2) times the largest |g|, y = Im m, since
//   C(m + iy) = E[g(m + width w) exp(i w y / width + y^2 / 2 width^2)]; or, where no break of g is near, it is replaced by the rule's sum
//   of g(m + width w_k), which is analytic where g is.
// - Tails and rounding as in coefficients.cpp, by the moments of f and g apart (Cauchy-Schwarz).
#include <algorithm>
#include <cmath>
#include <deque>

#include "passes/duals/certificate.hpp"
#include "passes/duals/hermite_rule.hpp"

namespace ntkc::passes {
namespace {

using expr::Interval;
using ::ntk::quadrature::in_double::Plane;

constexpr double kUnit = 0x1p-53;
constexpr double kSkipped = 1e-19;  // values of f that are left out (1e-20), summed with weights
constexpr double kSmall = 1e-18;    // errors that need not be less, of what is usual
constexpr double kEllipses[] = {3.0, 2.5, 2.2, 4.0, 2.0};

double square(double x) { return x * x; }

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
        const double most = g.on_ellipses({low + half, high - half}, half * across(r), half * upward(r));
        best = std::min(best, kPanels * legendre(r) * wide * ::ntk::quadrature::kDensity * std::exp(0.5 * y * y) * most);
        if (best <= kSmall * g.usual()) break;
      }
      const double nearest = first > 0 ? first : last < 0 ? -last : 0.0, mean = std::max(0.0, nearest - Plane::kReach * plane.width);
      sum += best * std::exp(-0.25 * square(mean / plane.s2));
    }
  }
  return sum;
}

// One place, relative to the roots of the moments.
double error_at(const Side& f, const SideScale& at_f, const Side& g, const SideScale& at_g, double rho_below_one, double sign) {
  const double q1 = square(at_f.s), q2 = square(at_g.s), c = sign * (1 - rho_below_one) * at_f.s * at_g.s;
  const double gram = q1 * q2 * rho_below_one * (2 - rho_below_one);
  const Plane plane(f.values(), f.breaks(), g.values(), g.breaks(), q1, q2, c, gram);
  const std::size_t a = f.order(), b = g.order();
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
    const double of_rule = !smooth ? INFINITY : plane.width > 0 ? hermite_error(g, plane.width, m) : 0.0;
    const double at_nodes = of_rule <= kSmall * g.usual() ? of_rule : std::min(of_rule, hermite_error(g, plane, middle, half));
    // All of the integral and of the sum; or what ellipses tell.
    const double apart_on_axis = Plane::kReach * plane.width;
    double best = 2 * mass * g.most({m.low - apart_on_axis, m.high + apart_on_axis}) + inside;
    for (const double r : kEllipses) {
      if (best <= inside + mass * at_nodes + kSmall * roots) break;
      const double reach = half * across(r), y = half * upward(r), wide = spread * across(r), high = spread * upward(r);
      const double of_f = f.on_ellipses({plane.s1 * middle, plane.s1 * middle}, plane.s1 * reach, plane.s1 * y);
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
        const double apart = 6.7 * plane.width;                                       // the rule's nodes
        least(g.on_ellipses({mean - apart, mean + apart}, wide, high), 2 * of_rule);  // all over the panel, and at its nodes
      }
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
  std::vector<std::vector<SideScale>> scales;
  for (const auto* e : {&phi, &psi}) {
    auto parts = smooth_parts(*e);
    if (!parts) return {};
    if (!sides.empty() && phi == psi) break;
    sides.emplace_back(*e, std::move(*parts), 1);
    scales.emplace_back();
    for (const FarCertificate& place : grid) {
      const auto at = side_scale(sides.back(), std::sqrt(place.variance));
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
            const auto side = [&](std::size_t of, std::size_t at) { return Side(sides[of], order, kUsual * scales[of][at].root[order]); };
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
