// Piecewise linear activations, through the bivariate normal distribution.
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

// The terms' errors by the second moment, the largest over variances from 1e-12 to 1e4 that leave a part of the function within 3 standard
// deviations. Rounding of sums: an epsilon for each of the terms that meet in one.
std::optional<Bound> bound(const graph::ActivationUse& use, double) {
  const auto f = expr::piecewise_linear(use.phi);
  if (!f || !expr::params_of(use.phi).empty()) return std::nullopt;
  struct Place {
    double distance, weight, side;
  };
  std::vector<Place> places;
  double offset = expr::evaluate(f->offset, 0, {}), slope = expr::evaluate(f->slope, 0, {});
  for (const expr::Hinge& h : f->hinges) {
    const double place = expr::evaluate(h.place, 0, {}), weight = expr::evaluate(h.weight, 0, {});
    if (place < 0) offset -= weight * place, slope += weight;
    places.push_back({std::fabs(place), weight, place < 0 ? -1.0 : 1.0});
  }
  const double rounding = std::numeric_limits<double>::epsilon() * static_cast<double>(4 + 2 * places.size());
  double worst = 0;
  constexpr int kSteps = 165;  // of a quarter, to 1e4
  for (int i = 0; i <= kSteps; ++i) {
    const double q = 1e-12 * std::pow(1.25, i), s = std::sqrt(q);
    double moment = offset * offset + slope * slope * q, error = moment, products = 0;
    bool met = offset != 0 || slope != 0;
    for (const Place& a : places) {
      const double h = a.distance / s, tail = 0.5 * std::erfc(h / std::sqrt(2.0));
      const double straight = s * (std::exp(-h * h / 2) / std::sqrt(2 * std::acos(-1.0)) - h * tail);
      met = met || h <= 3;
      moment += 2 * a.weight * (offset * straight + slope * a.side * q * tail);
      error += 2 * std::fabs(a.weight) * (std::fabs(offset) * straight + std::fabs(slope) * q * tail);
      for (const Place& b : places) {
        const double k = b.distance / s, size = q * std::fabs(a.weight * b.weight);
        if (a.side == b.side) moment += q * a.weight * b.weight * hinges_together(h, k);
        error += size * hinges_together(h, k), products += size * hinges_error(std::max(h, k));
      }
    }
    if (met && moment > 0) worst = std::max(worst, (rounding * error + products) / moment);
  }
  return Bound{worst, 1e4};
}

}  // namespace

extern const DualMethod piecewise_method;
const DualMethod piecewise_method = {"bivariate normal", mean, dual, distance, gram, bound, 0};

}  // namespace ntkc::passes
