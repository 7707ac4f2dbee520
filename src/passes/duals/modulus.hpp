// Bounds of analytic functions on strips.
#pragma once
#include <limits>
#include <optional>

#include "expr/box.hpp"

namespace ntkc::passes {

// The largest |f| over x + iy, |y| <= height (below the axis it has conjugate values): on the border, once f is known to be analytic
// within. nullopt: it is not. `usual`: a size that is not worth sharpening.
std::optional<double> largest_modulus(const expr::Continued& f, expr::Interval x, double height,
                                      double usual = std::numeric_limits<double>::infinity());

}  // namespace ntkc::passes
