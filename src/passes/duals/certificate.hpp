// A bound of what the expectations that Hermite series give may be off: proved for all variances in a range, for every term of the error
// (certificate.cpp).
#pragma once
#include <optional>
#include <vector>

#include "expr/expr.hpp"

namespace ntkc::passes {

inline constexpr double kFarVariance = 100;

struct Certificate {
  // Of E[phi(u) phi(v)] and E[phi'(u) phi'(v)] where they come from series, relative to the roots of the second moments.
  double kappa = 0, kappa_dot = 0;
  double largest_variance = 0, largest_correlation = 1;  // |rho|
  double far_correlation = 1;                            // up to which series are taken at a variance of kFarVariance
};

// For variances from 2^-40 to the largest: as far as series of so many terms suffice at every correlation and the tolerance is kept. If
// they do not even at the smallest (phi has kinks), up to a correlation from which they are not taken; if `complete`, what is taken then
// has a bound of its own. nullopt: phi is not known to be continuous and analytic between its breaks.
std::optional<Certificate> certificate(const expr::Expr& phi, double tolerance, double truncation, std::size_t terms,
                                       bool complete = false);
// The same of E[phi(u) psi(v)] and E[phi'(u) psi'(v)], two different functions.
std::optional<Certificate> certificate(const expr::Expr& phi, const expr::Expr& psi, double tolerance, double truncation, std::size_t terms,
                                       bool complete = false);

// At a variance of a grid, and at all smaller ones of it, every correlation: octaves are those beyond the terms (ntk/runtime/octaves.hpp).
struct OctaveCertificate {
  double variance = 0;
  double kappa = 0, kappa_dot = 0;  // terms and octaves
  double octaves = 0;               // of both what octaves add to it
};
// Errors are doubled for what lies between the variances. Shorter where octaves do not suffice, or are not known to.
std::vector<OctaveCertificate> octave_certificates(const expr::Expr& phi, const expr::Expr& psi, double truncation, std::size_t terms);

// What conditional expectations of piecewise polynomials are off by, of both expectations, for variances from 1e-12 to 1e4 and every
// correlation. nullopt: a jump, or params.
std::optional<double> pieces_certificate(const expr::Expr& phi, const expr::Expr& psi);

}  // namespace ntkc::passes
