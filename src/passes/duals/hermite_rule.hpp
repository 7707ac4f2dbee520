// What the rule of Gauss and Hermite (ntk/runtime/quadrature.hpp) is off by.
#pragma once
#include "ntk/runtime/quadrature.hpp"
#include "passes/duals/plane_side.hpp"

namespace ntkc::passes {

// E[g(m + width w)] for every m of an interval; and at those nodes of a panel over z, of this middle and half-width, that have no seam
// near.
double hermite_error(const Side& g, double width, expr::Interval m);
double hermite_error(const Side& g, const ::ntk::quadrature::in_double::Plane& plane, double middle, double half);

}  // namespace ntkc::passes
