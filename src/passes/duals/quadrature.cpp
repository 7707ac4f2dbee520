// Hermite series of both sides, each computed once a sample by quadrature split at the breaks, and direct integration where their tails are
// not small: of piecewise polynomials over one of the Gaussians, given which the other's expectation is elementary.
#include <algorithm>
#include <cmath>

#include "activations/differences.hpp"
#include "passes/duals.hpp"
#include "passes/duals/certificate.hpp"

namespace ntkc::passes {
namespace {

using expr::Function;
using ir::Num;
using Covariance = ir::Builder::Covariance;

constexpr double kPiecesVariance = 1e4;

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

std::optional<Bound> proved(const std::optional<Certificate>& c) {
  if (!c) return std::nullopt;
  return Bound{.error = std::max(c->kappa, c->kappa_dot),
               .largest_variance = c->largest_variance,
               .largest_correlation = c->largest_correlation,
               .proved = true,
               .far_correlation = c->far_correlation,
               .smallest_variance = c->smallest_variance};
}
// What is proved of the terms for a range of variances with, where they do not suffice, what octaves add on a grid of it or the plane is
// off by: as far as that keeps the tolerance, else of the terms alone. Further out what is known on the grid.
Bound proved(const std::optional<Certificate>& c, const std::vector<FarCertificate>& grid, const std::vector<double>& plane,
             double tolerance) {
  const auto of_plane = [&](std::size_t i) { return grid[i].plane < 1 ? plane[i] : 0.0; };
  const auto on_grid = [&](std::size_t i) { return std::max({grid[i].kappa, grid[i].kappa_dot, of_plane(i)}); };
  const double smallest = grid.front().variance > kVariances[0] ? grid.front().variance : 0.0;
  const Bound far{
      .error = on_grid(grid.size() - 1), .largest_variance = grid.back().variance, .proved = true, .smallest_variance = smallest};
  if (!c || smallest >= c->largest_variance) return far;
  const auto with_far = [&](double error, double variance) {
    return Bound{.error = error,
                 .largest_variance = variance,
                 .proved = true,
                 .far_error = far.error,
                 .far_variance = far.largest_variance,
                 .smallest_variance = std::max(smallest, c->smallest_variance)};
  };
  std::vector<Bound> candidates{with_far(c->sufficient, c->sufficient_variance)};
  for (std::size_t i = 0; i < grid.size(); ++i) {
    const double of_range = std::max(std::max(c->kappa, c->kappa_dot) + grid[i].octaves, of_plane(i));
    candidates.push_back(with_far(of_range, std::min(c->largest_variance, grid[i].variance)));
    candidates.push_back(with_far(on_grid(i), grid[i].variance));
  }
  std::erase_if(candidates, [](const Bound& b) { return !(b.largest_variance > b.smallest_variance); });
  if (candidates.empty()) return far;
  // As far as the tolerance is kept or, where it is not at all, about the least that there is.
  const double least = std::ranges::min_element(candidates, {}, &Bound::error)->error, kept = least <= tolerance ? tolerance : 2 * least;
  std::erase_if(candidates, [&](const Bound& b) { return b.error > kept; });
  Bound best = *std::ranges::max_element(candidates, {}, [](const Bound& b) { return std::pair(b.largest_variance, -b.error); });
  if (far.error <= std::max(best.error, tolerance)) return far;
  if (best.largest_variance >= far.largest_variance) best.far_error = best.far_variance = 0;
  return best;
}

// Of piecewise polynomials: what is proved of series(tolerance) and of conditional expectations.
template <class Series>
std::optional<Bound> bound_of_pieces(const Series& series, const std::optional<PiecesCertificate>& rest, double tolerance) {
  constexpr double kFarTolerance = 1e-10;
  const std::optional<Certificate> near = rest ? series(tolerance) : std::nullopt;
  if (!near) return std::nullopt;
  const auto most = [&](const Certificate& c) { return std::max({c.kappa, c.kappa_dot, rest->error}); };
  Bound out{.error = most(*near),
            .largest_variance = std::min(near->largest_variance, kPiecesVariance),
            .proved = true,
            .smallest_variance = std::max(near->smallest_variance, rest->smallest_variance)};
  if (out.largest_variance == kPiecesVariance) return out;
  const std::optional<Certificate> far = series(std::max(tolerance, kFarTolerance));
  if (far && far->smallest_variance <= out.smallest_variance && far->largest_variance > near->largest_variance)
    out.far_error = most(*far), out.far_variance = std::min(far->largest_variance, kPiecesVariance);
  return out;
}

std::optional<Bound> bound_of_two(const graph::ActivationUse& phi, const graph::ActivationUse& psi, double tolerance) {
  const expr::Expr &f = phi.phi, &g = psi.phi;
  const double truncation = tolerance / 100;
  const auto series = [&](bool complete, double kept) {
    return f == g ? certificate(f, kept, truncation, kHermiteTerms, complete)
                  : certificate(f, g, kept, truncation, kHermiteTerms, complete);
  };
  if (expr::is_piecewise_polynomial(f) && expr::is_piecewise_polynomial(g))
    return bound_of_pieces([&](double kept) { return series(true, kept); }, pieces_certificate(f, g), tolerance);
  auto grid = far_certificates(f, g, truncation, kHermiteTerms);
  const bool needed = !grid.empty() && grid.back().plane < 1;
  const std::vector<double> plane = needed ? plane_errors(f, g, grid) : std::vector<double>{};
  while (!grid.empty() && grid.back().plane < 1 && plane.size() < grid.size()) grid.pop_back();
  if (grid.empty()) return proved(series(false, tolerance));
  return proved(series(true, tolerance), grid, plane, tolerance);
}
std::optional<Bound> bound(const graph::ActivationUse& use, double tolerance) { return bound_of_two(use, use, tolerance); }

}  // namespace

extern const DualMethod quadrature_method;
const DualMethod quadrature_method = {"Hermite series and quadrature", mean, dual, distance, gram, bound, kHermiteTerms, bound_of_two};

}  // namespace ntkc::passes
