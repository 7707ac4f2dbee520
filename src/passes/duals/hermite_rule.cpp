#include "passes/duals/hermite_rule.hpp"

#include <algorithm>

namespace ntkc::passes {

using expr::Interval;
using ::ntk::quadrature::in_double::Plane;

namespace {

// The rule of Gauss and Hermite, exact to degree 31, where g is bounded by 1 on an ellipse over w of this height and half-width, and on the
// axis: twice what its Chebyshev series of degree 31 on [-a, a] leaves, at the nodes and over the Gaussian (Trefethen 2013, theorem 8.1:
// coefficients are at most 2 r^-k). Far out that is no more than both together.
struct Ellipse {
  double height, reach, error;
};
Ellipse ellipse_of(double a, double r) {
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
const std::vector<Ellipse>& ellipses() {
  static const std::vector<Ellipse> table = [] {
    std::vector<Ellipse> made;
    for (const double height : {9.0, 8.0, 7.0, 6.0, 5.0}) {
      Ellipse best{height, 0, INFINITY};
      for (const double a : {3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 6.5, 7.0}) {
        const double t = height / a, r = t + std::sqrt(t * t + 1);
        if (const Ellipse here = ellipse_of(a, r); here.error < best.error) best = here;
      }
      made.push_back(best);
    }
    return made;
  }();
  return table;
}

}  // namespace

double hermite_error(const Side& g, double width, Interval m) {
  const double real = g.most({m.low - Plane::kReach * width, m.high + Plane::kReach * width});
  constexpr double kSmall = 1e-18;
  double best = INFINITY;
  for (const Ellipse& on : ellipses()) {
    best = std::min(best, std::max(g.on_ellipses(m, width * on.reach, width * on.height), real) * on.error);
    if (best <= kSmall * g.usual()) break;
  }
  return best;
}

double hermite_error(const Side& g, const Plane& plane, double middle, double half) {
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
      most = std::max(most, hermite_error(g, plane.width, {std::min(first, last), std::max(first, last)})), run = 0;
    }
  }
  return most;
}

}  // namespace ntkc::passes
