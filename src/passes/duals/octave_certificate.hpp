// What sums over octaves (ntk/runtime/octaves.hpp) may be off by, for every correlation and all pairs of the variances looked at.
#pragma once
#include <cmath>

#include "passes/duals/certificate.hpp"
#include "passes/duals/coefficients.hpp"

namespace ntkc::passes {

// Relative to the root of E[phi'^2]; coefficients are those of phi'.
struct OctaveErrors {
  double size = 0;  // the root of the sum of their squares, over all octaves
  double off = 0;   // a bound of that of the errors
  double rule = 0;  // what the rule of octaves is off by
  // Of a sum over octaves of products with another's.
  double of_sum(const OctaveErrors& other) const {
    return size * other.off + other.size * off + off * other.off + std::sqrt(rule * other.rule);
  }
};

// Of these numbers (as raw_series and raw_octaves leave them) at s. nullopt: not known.
std::optional<OctaveErrors> octave_errors(const Coefficients& f, double s, const std::vector<double>& numbers);

}  // namespace ntkc::passes
