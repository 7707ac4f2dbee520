// What sums over octaves (ntk/runtime/octaves.hpp) may be off by, for every correlation and all pairs of the variances looked at.
#pragma once
#include <cmath>

#include "passes/duals/certificate.hpp"
#include "passes/duals/coefficients.hpp"

namespace ntkc::passes {

// Relative to the root of E[phi'^2]; coefficients are those of phi'.
struct OctaveErrors {
  struct Octave {
    double size = 0;  // the root of the sum of their squares
    double off = 0;   // a bound of that of the errors
    double rule = 0;  // what the rule is off by
  };
  std::vector<Octave> octaves;
  double size = 0, off = 0;   // of all octaves; off: what is known of all errors together alone
  std::size_t looked_at = 0;  // the octaves before have been, coefficient by coefficient
  double rest = INFINITY;     // the off of all others together
  bool smooth = false;
  bool to_the_end = false;  // the last octave has all degrees that the rules leave out
  // Of a sum over octaves of products with another's.
  double of_sum(const OctaveErrors& other) const;
};

// Of these numbers (as raw_series and raw_octaves leave them) at s, where the series' errors are those. Of a smooth function coefficients
// are looked at one by one no further than to `until`, an octave. nullopt: not known.
std::optional<OctaveErrors> octave_errors(const Coefficients& f, double s, const std::vector<double>& numbers,
                                          const Coefficients::Errors& own, std::size_t until = ::ntk::quadrature::kLastOctave);
// The octave from which on these numbers are so small that Parseval's sum bounds what they add.
std::size_t small_from(const Coefficients& f, const std::vector<double>& numbers);

}  // namespace ntkc::passes
