// What is proved of Hermite series and of what is taken where their terms do not suffice.
#pragma once
#include "passes/duals.hpp"

namespace ntkc::passes {

std::optional<Bound> quadrature_bound(const graph::ActivationUse& phi, const graph::ActivationUse& psi, double tolerance);
// Whether the tolerance is known to be kept to a variance of 3; quickly (milliseconds), so that a bound may show it where this does not.
bool quadrature_keeps(const graph::ActivationUse& phi, const graph::ActivationUse& psi, double tolerance);

}  // namespace ntkc::passes
