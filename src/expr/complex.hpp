// An expression continued to the complex plane: where it may be singular, and its values.
#pragma once
#include <complex>
#include <optional>
#include <vector>

#include "expr/expr.hpp"

namespace ntkc::expr {

// The singularities of e and of its derivatives: of those above and below one another the pair nearest the axis. nullopt: not known, as
// with kinks, run-time params, or functions that are singular somewhere and have another argument than a x + b.
std::optional<std::vector<std::complex<double>>> singularities(const Expr& e);

// nullopt: e has a function without values here, or with branches (log, roots), whose principal values need not be those continued from the
// axis.
std::optional<std::complex<double>> evaluate(const Expr& e, std::complex<double> z);

}  // namespace ntkc::expr
