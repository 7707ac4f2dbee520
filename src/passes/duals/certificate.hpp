// A bound of what the expectations that Hermite series give may be off: proved for all variances in a range, for every term of the error
// (certificate.cpp).
#pragma once
#include <optional>
#include <vector>

#include "passes/duals.hpp"

namespace ntkc::passes {

inline constexpr double kFarVariance = 100;

struct Certificate {
  // Of E[phi(u) phi(v)] and E[phi'(u) phi'(v)] where they come from series, relative to the roots of the second moments.
  double kappa = 0, kappa_dot = 0;
  double smallest_variance = 0, largest_variance = 0;  // 0: 2^-40
  double largest_correlation = 1;                      // |rho|
  double far_correlation = 1;                          // up to which series are taken at a variance of kFarVariance
  double sufficient = 0, sufficient_variance = 0;      // of both, as far as terms suffice at every correlation
};

// For variances from 2^-40 (of functions that vanish around 0 from a larger one) to the largest: as far as series of so many terms suffice
// at every correlation and the tolerance is kept. If they do not even at the smallest (phi has kinks), up to a correlation from which they
// are not taken; if `complete`, what is taken then has a bound of its own. Of a phi that jumps nothing is said of kappa-dot. nullopt: phi
// is not known to be analytic between its breaks.
std::optional<Certificate> certificate(const expr::Expr& phi, double tolerance, double truncation, std::size_t terms,
                                       bool complete = false);
// The same of E[phi(u) psi(v)] and E[phi'(u) psi'(v)], two different functions.
std::optional<Certificate> certificate(const expr::Expr& phi, const expr::Expr& psi, double tolerance, double truncation, std::size_t terms,
                                       bool complete = false);

// Where terms do not suffice: a grid of variances, errors doubled for what lies between them.
inline constexpr double kVariances[] = {1e-4, 0.1, kNearVariance, kFarVariance};

// At a variance of the grid, and at all smaller ones of it, every correlation.
struct FarCertificate {
  double variance = 0;
  double kappa = 0, kappa_dot = 0;  // terms, and octaves where these follow them (ntk/runtime/octaves.hpp)
  double octaves = 0;               // of both what octaves add
  double plane = 1;                 // from this |rho| on integrals over the plane are taken, if below 1: octaves do not suffice
};
// Shorter than the grid where errors are not known, of functions that vanish around 0 at its beginning.
struct Variances {
  double from = 0, to = kFarVariance;
};
std::vector<FarCertificate> far_certificates(const expr::Expr& phi, const expr::Expr& psi, double truncation, std::size_t terms,
                                             const Variances& range = {});

// What integrals over the plane are off by, of both expectations, where they are taken: at each variance of the grid and all smaller ones,
// at ratios of them and correlations, doubled for what lies between. Shorter than the grid where it is not known.
std::vector<double> plane_errors(const expr::Expr& phi, const expr::Expr& psi, const std::vector<FarCertificate>& grid);

// What conditional expectations of piecewise polynomials are off by, of both expectations or, of functions that jump, of kappa, for
// variances from 1e-12 (of functions that vanish around 0 from a larger one) to the largest and every correlation. nullopt: params.
struct PiecesCertificate {
  double error = 0, smallest_variance = 0;
};
inline constexpr double kPiecesVariance = 1e4;
std::optional<PiecesCertificate> pieces_certificate(const expr::Expr& phi, const expr::Expr& psi, double to = kPiecesVariance);

}  // namespace ntkc::passes
