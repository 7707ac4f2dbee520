// Piecewise linear activations, through the bivariate normal distribution.
#include <algorithm>
#include <cmath>

#include "activations/differences.hpp"
#include "expr/bivariate.hpp"
#include "passes/duals.hpp"
#include "passes/hinges.hpp"

namespace ntkc::passes {
namespace {

using Covariance = ir::Builder::Covariance;

std::optional<Outward> form(ir::Builder& b, std::uint32_t phi) {
  const auto f = expr::piecewise_linear(b.program().activations[phi].phi);
  return f ? std::optional(Outward(b, *f)) : std::nullopt;
}

std::optional<ir::Value> mean(ir::Builder& b, std::uint32_t phi, int order, ir::Value q) {
  const auto f = order <= 1 ? form(b, phi) : std::nullopt;
  if (!f) return std::nullopt;
  const HingeSide u(*f, num(b, q));
  return (order == 0 ? u.mean() : u.slope()).v;
}

std::optional<ir::Value> dual(ir::Builder& b, std::uint32_t phi, std::uint32_t psi, int order_phi, int order_psi, const Covariance& k) {
  if (order_phi > 1 || order_psi != order_phi) return std::nullopt;
  const auto f = form(b, phi), g = form(b, psi);
  if (!f || !g) return std::nullopt;
  const HingeSide u(*f, num(b, k.q1)), v(*g, num(b, k.q2));
  return (order_phi == 0 ? hinge_dual(u, v, K(b, k)) : hinge_slope_dual(u, v, K(b, k))).v;
}

std::optional<ir::Value> distance(ir::Builder& b, std::uint32_t phi, const Covariance& k) {
  const auto f = form(b, phi);
  if (!f) return std::nullopt;
  const HingeSide u(*f, num(b, k.q1)), v(*f, num(b, k.q2));
  return activations::positive_part(hinge_distance(u, v, K(b, k))).v;
}

std::optional<ir::Value> gram(ir::Builder& b, std::uint32_t phi, const Covariance& k) {
  const auto f = form(b, phi);
  if (!f) return std::nullopt;
  const ir::Value zero = b.constant(0);
  const HingeSide u(*f, num(b, k.q1)), v(*f, num(b, k.q2));
  const K left(b, {k.q1, k.q1, k.q1, zero, zero}), right(b, {k.q2, k.q2, k.q2, zero, zero}), both(b, k);
  return activations::gram_from_distance(hinge_dual(u, u, left), hinge_dual(v, v, right), hinge_dual(u, v, both),
                                         activations::positive_part(hinge_distance(u, v, both)))
      .v;
}

// What one product of hinges at a standard deviations may be off: that of math::normal_hinges beside the elementary terms it is made of.
double hinges_error(double a) { return 4e-16 * std::pow(1 + a * a, 2) * 0.5 * std::erfc(a / std::sqrt(2.0)); }
// E[max(z - a, 0) max(z - b, 0)], the most that hinges at a and b give.
double hinges_together(double a, double b) { return expr::detail::normal_pair(1, a, b, 1.0, 0.0); }
constexpr double kBends = 4e-16;  // of math::normal_bends, times h k
double square(double x) { return x * x; }

// A function in numbers, anchored at 0.
struct Kinks {
  struct Place {
    double distance, weight, side;
  };
  std::vector<Place> places;
  double offset, slope, turn = 0;
  explicit Kinks(const expr::PiecewiseLinear& f) : offset(expr::evaluate(f.offset, 0, {})), slope(expr::evaluate(f.slope, 0, {})) {
    for (const expr::Hinge& h : f.hinges) {
      const double place = expr::evaluate(h.place, 0, {}), weight = expr::evaluate(h.weight, 0, {});
      if (place < 0) offset -= weight * place, slope += weight;
      places.push_back({std::fabs(place), weight, place < 0 ? -1.0 : 1.0}), turn += weight;
    }
  }
  double rounding() const { return std::numeric_limits<double>::epsilon() * static_cast<double>(4 + 2 * places.size()); }
  bool all_within(double s) const {
    return std::ranges::all_of(places, [&](const Place& p) { return p.distance < s; });
  }
  bool any_within(double s) const {
    return offset != 0 || slope != 0 || std::ranges::any_of(places, [&](const Place& p) { return p.distance <= s; });
  }
};

// E[f(u)^2], and what the terms of its hinges may be off.
struct OfHinges {
  double moment, error;
};
OfHinges of_hinges(const Kinks& f, double s) {
  const double q = s * s;
  double moment = square(f.offset) + square(f.slope) * q, size = moment, products = 0;
  for (const Kinks::Place& a : f.places) {
    const double h = a.distance / s, tail = 0.5 * std::erfc(h / std::sqrt(2.0));
    const double straight = s * (std::exp(-h * h / 2) / std::sqrt(2 * std::acos(-1.0)) - h * tail);
    moment += 2 * a.weight * (f.offset * straight + f.slope * a.side * q * tail);
    size += 2 * std::fabs(a.weight) * (std::fabs(f.offset) * straight + std::fabs(f.slope) * q * tail);
    for (const Kinks::Place& b : f.places) {
      const double k = b.distance / s, weight = q * std::fabs(a.weight * b.weight);
      if (a.side == b.side) moment += q * a.weight * b.weight * hinges_together(h, k);
      size += weight * hinges_together(h, k), products += weight * hinges_error(std::max(h, k));
    }
  }
  return {moment, f.rounding() * size + products};
}

// What differences of bends may be off, and the means beside them, where hinges at 0 cancel: of sizes h^2 and h at most. root: that of the
// second moment, which the mean does not exceed.
double error_of_bends(const Kinks& f, double s, double root) {
  double mean = std::fabs(f.offset), halves = f.slope, slope = 0, products = 0;
  for (const Kinks::Place& a : f.places) {
    const double h = a.distance / s, weight = std::fabs(a.weight);
    mean += 0.5 * weight * a.distance * (1 + h), slope += 0.4 * weight * h, halves += 0.5 * a.weight * a.side;
    for (const Kinks::Place& b : f.places) products += kBends * std::fabs(a.weight * b.weight) * a.distance * b.distance;
  }
  return f.rounding() * (2 * root * mean + square(s * (slope + std::fabs(halves)))) + products;
}

// By the second moment, the largest over variances from 1e-12 to 1e4 that leave a part of the function within 3 standard deviations.
// Rounding of sums: an epsilon for each of the terms that meet in one.
std::optional<Bound> bound(const graph::ActivationUse& use, double) {
  const auto form = expr::piecewise_linear(use.phi);
  if (!form || !expr::params_of(use.phi).empty()) return std::nullopt;
  const Kinks f(*form);
  double worst = 0;
  constexpr int kSteps = 165;  // of a quarter, to 1e4
  for (int i = 0; i <= kSteps; ++i) {
    const double s = std::sqrt(1e-12 * std::pow(1.25, i));
    const auto [moment, error] = of_hinges(f, s);
    if (!f.any_within(3 * s) || !(moment > 0)) continue;
    worst = std::max(worst, (f.turn == 0 && f.all_within(s) ? error_of_bends(f, s, std::sqrt(moment)) : error) / moment);
  }
  return Bound{worst, 1e4};
}

}  // namespace

extern const DualMethod piecewise_method;
const DualMethod piecewise_method = {"bivariate normal", mean, dual, distance, gram, bound, 0};

}  // namespace ntkc::passes
