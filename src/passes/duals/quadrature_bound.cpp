// What Hermite series and what stands beside them are known to keep, from what is proved of each.
#include "passes/duals/quadrature_bound.hpp"

#include <algorithm>

#include "passes/duals/certificate.hpp"

namespace ntkc::passes {
namespace {

bool are_pieces(const expr::Expr& f, const expr::Expr& g) { return expr::is_piecewise_polynomial(f) && expr::is_piecewise_polynomial(g); }
// 0: of no function that vanishes around 0.
double smallest_of(const std::vector<FarCertificate>& grid) { return grid.front().variance > kVariances[0] ? grid.front().variance : 0.0; }
double error_of(const FarCertificate& place) { return std::max(place.kappa, place.kappa_dot); }

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
  const auto on_grid = [&](std::size_t i) { return std::max(error_of(grid[i]), of_plane(i)); };
  const double smallest = smallest_of(grid);
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

// Of piecewise polynomials, whose conditional expectations are proved apart: by the grid or, further out, what is proved of ranges.
std::optional<Bound> bound_of_pieces(const expr::Expr& f, const expr::Expr& g, double tolerance) {
  constexpr double kFarTolerance = 1e-10;
  const double truncation = tolerance / 100;
  const auto grid = far_certificates(f, g, truncation, kHermiteTerms);
  const auto rest = grid.empty() ? std::nullopt : pieces_certificate(f, g, grid.back().variance), far_rest = pieces_certificate(f, g);
  if (!far_rest) return std::nullopt;
  const auto of_series = [&](const Certificate& c) {
    return Bound{.error = std::max({c.kappa, c.kappa_dot, far_rest->error}),
                 .largest_variance = std::min(c.largest_variance, kPiecesVariance),
                 .proved = true,
                 .smallest_variance = std::max(c.smallest_variance, far_rest->smallest_variance)};
  };
  const auto series = [&](double kept) {
    return f == g ? certificate(f, kept, truncation, kHermiteTerms, true) : certificate(f, g, kept, truncation, kHermiteTerms, true);
  };
  std::optional<Bound> near, far;
  if (const auto c = series(tolerance)) near = of_series(*c);
  if (const auto c = series(std::max(tolerance, kFarTolerance))) far = of_series(*c);
  if (rest && !(near && near->error <= tolerance)) {
    const Bound on_grid{.error = std::max(error_of(grid.back()), rest->error),
                        .largest_variance = grid.back().variance,
                        .proved = true,
                        .smallest_variance = std::max(smallest_of(grid), rest->smallest_variance)};
    if (!near || on_grid.error < near->error) near = on_grid;
  }
  if (near && far && far->smallest_variance <= near->smallest_variance && far->largest_variance > near->largest_variance)
    near->far_error = far->error, near->far_variance = far->largest_variance;
  return near;
}

// Of variances from `from` on.
std::optional<Bound> bound_from(double from, const expr::Expr& f, const expr::Expr& g, double tolerance) {
  const double truncation = tolerance / 100;
  const auto series = [&](bool complete) {
    return f == g ? certificate(f, tolerance, truncation, kHermiteTerms, complete)
                  : certificate(f, g, tolerance, truncation, kHermiteTerms, complete);
  };
  auto grid = far_certificates(f, g, truncation, kHermiteTerms, {.from = from});
  const bool needed = !grid.empty() && grid.back().plane < 1;
  const std::vector<double> plane = needed ? plane_errors(f, g, grid) : std::vector<double>{};
  while (!grid.empty() && grid.back().plane < 1 && plane.size() < grid.size()) grid.pop_back();
  if (grid.empty()) return proved(series(false));
  return proved(series(true), grid, plane, tolerance);
}

// Of a function that vanishes around 0 small variances see tails, of which less is known than of the rest.
constexpr double kBeyondTails = kVariances[1];

}  // namespace

std::optional<Bound> quadrature_bound(const graph::ActivationUse& phi, const graph::ActivationUse& psi, double tolerance) {
  if (are_pieces(phi.phi, psi.phi)) return bound_of_pieces(phi.phi, psi.phi, tolerance);
  const auto all = bound_from(0, phi.phi, psi.phi, tolerance);
  if (!all || all->smallest_variance == 0 || all->error <= tolerance) return all;
  const auto rest = bound_from(kBeyondTails, phi.phi, psi.phi, tolerance);
  return rest && rest->error < all->error ? rest : all;
}

// A part of what the bound looks at: terms and octaves at three variances, and what is taken beside them.
bool quadrature_keeps(const graph::ActivationUse& phi, const graph::ActivationUse& psi, double tolerance) {
  const expr::Expr &f = phi.phi, &g = psi.phi;
  const auto grid_from = [&](double from) { return far_certificates(f, g, tolerance / 100, kHermiteTerms, {from, kNearVariance}); };
  const auto keeps = [&](const std::vector<FarCertificate>& grid) {
    if (grid.empty() || grid.back().variance < kNearVariance || !(error_of(grid.back()) <= tolerance)) return false;
    if (grid.back().plane == 1) return true;
    if (are_pieces(f, g)) {
      const auto rest = pieces_certificate(f, g, kNearVariance);
      return rest && rest->error <= tolerance;
    }
    const std::vector<double> plane = plane_errors(f, g, grid);
    return plane.size() == grid.size() && plane.back() <= tolerance;
  };
  const auto grid = grid_from(0);
  return keeps(grid) || (!grid.empty() && smallest_of(grid) > 0 && keeps(grid_from(kBeyondTails)));
}

}  // namespace ntkc::passes
