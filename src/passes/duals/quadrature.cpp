// Hermite series of both sides, each computed once a sample by quadrature split at the breaks, and direct integration where their tails are
// not small: of piecewise polynomials over one of the Gaussians, given which the other's expectation is elementary.
#include <algorithm>
#include <cmath>

#include "activations/differences.hpp"
#include "passes/duals.hpp"
#include "passes/duals/quadrature_bound.hpp"

namespace ntkc::passes {
namespace {

using expr::Function;
using ir::Num;
using Covariance = ir::Builder::Covariance;

bool smooth(ir::Builder& b, std::uint32_t phi) {
  const expr::Breaks breaks = expr::breaks(b.program().activations[phi].phi);
  return breaks.kinks.empty() && expr::is_continuous(breaks);
}

std::optional<ir::Value> mean(ir::Builder& b, std::uint32_t phi, int order, ir::Value q) { return b.mean_quadrature(phi, order, q); }

std::optional<ir::Value> dual(ir::Builder& b, std::uint32_t phi, std::uint32_t psi, int order_phi, int order_psi, const Covariance& k) {
  if (b.is_constant(k.c, 0))  // independent
    return b.call(Function::mul, {choose_mean(b, phi, order_phi, k.q1), choose_mean(b, psi, order_psi, k.q2)});
  const bool slope = order_phi == 1 && order_psi == 1;  // from the series of phi and psi themselves
  const ir::Value series_phi = b.hermite(phi, slope ? 0 : order_phi, kHermiteTerms, k.q1),
                  series_psi = b.hermite(psi, slope ? 0 : order_psi, kHermiteTerms, k.q2);
  Covariance pair = k;
  if (smooth(b, phi) && smooth(b, psi)) {  // then the determinant's last digits do not matter, and none is carried through the layers
    const Num q1 = num(b, k.q1), q2 = num(b, k.q2), c = num(b, k.c);
    pair.gram = apply(Function::max, q1 * q2 - c * c, num(b, b.constant(0))).v;
  }
  return b.dual_quadrature(phi, psi, order_phi, order_psi, pair, series_phi, series_psi);
}

struct Second {
  Num uu, vv, uv;
};
Second second(ir::Builder& b, std::uint32_t phi, const Covariance& k) {
  const ir::Value zero = b.constant(0);
  const auto at = [&](const Covariance& c) { return num(b, choose_dual(b, phi, phi, 0, 0, c)); };
  return {at({k.q1, k.q1, k.q1, zero, zero}), at({k.q2, k.q2, k.q2, zero, zero}), at(k)};
}

// u = v where their distance is 0: then the answer is 0 whatever the digits of the moments say.
ir::Value unless_equal(ir::Builder& b, const Covariance& k, Num value) {
  const Num zero = num(b, b.constant(0));
  return b.call(Function::select, {b.call(Function::less, {zero.v, k.distance}), apply(Function::max, value, zero).v, zero.v});
}

// The series of a continuous function has the distance without cancellation, where it or its octaves suffice.
std::optional<ir::Value> distance(ir::Builder& b, std::uint32_t phi, const Covariance& k) {
  if (expr::is_continuous(expr::breaks(b.program().activations[phi].phi))) {
    const ir::Value at_x = b.hermite(phi, 0, kHermiteTerms, k.q1), at_y = b.hermite(phi, 0, kHermiteTerms, k.q2);
    return unless_equal(b, k, num(b, b.distance_quadrature(phi, k, at_x, at_y)));
  }
  const Second m = second(b, phi, k);
  return unless_equal(b, k, m.uu + m.vv - 2.0 * m.uv);
}

// Odd and even functions have the determinant of |c|: near rho = -1, too, it comes from a small distance.
std::optional<ir::Value> gram(ir::Builder& b, std::uint32_t phi, const Covariance& k) {
  for (const DualMethod& method : dual_methods()) {
    Covariance near = k;
    if (method.distance == distance && expr::parity(b.program().activations[phi].phi) != expr::Parity::none)
      near.c = b.call(Function::abs, {k.c});
    const std::optional<ir::Value> d = method.distance ? method.distance(b, phi, near) : std::nullopt;
    if (!d) continue;
    const Second m = second(b, phi, near);
    return unless_equal(b, k, activations::gram_from_distance(m.uu, m.vv, m.uv, num(b, *d)));
  }
  return std::nullopt;
}

std::optional<Bound> bound(const graph::ActivationUse& use, double tolerance) { return quadrature_bound(use, use, tolerance); }

}  // namespace

extern const DualMethod quadrature_method;
const DualMethod quadrature_method = {
    "Hermite series and quadrature", mean, dual, distance, gram, bound, kHermiteTerms, quadrature_bound, quadrature_keeps};

}  // namespace ntkc::passes
