// How far the expectations that Hermite series give may be off. Not a proof to the last step: the moduli on ellipses are sampled and
// doubled, and the constants of rounding and of dropped tails are estimates.
#pragma once
#include <optional>

#include "expr/expr.hpp"

namespace ntkc::passes {

// Of E[phi(u) phi(v)] and E[phi'(u) phi'(v)], relative to the roots of the second moments, at this variance of both.
struct Certificate {
  double kappa = 0, kappa_dot = 0;
};

// nullopt: the series of so many terms leaves more out than `truncation` near |rho| = 1, or the singularities of phi are not known.
std::optional<Certificate> certificate(const expr::Expr& phi, double q, double truncation, std::size_t terms);

// Of all powers of two up to the largest for which there is one.
struct CertifiedRange {
  double error = 0, largest_variance = 0;
};
std::optional<CertifiedRange> certified_range(const expr::Expr& phi, double truncation, std::size_t terms);

}  // namespace ntkc::passes
