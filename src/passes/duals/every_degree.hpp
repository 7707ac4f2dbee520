// Sums over nodes z of term h_k(z) for every degree k below `end`, a multiple of kDegreesTogether, by the recurrence, h_k = He_k /
// sqrt(k!): the same bits on every machine. `rounding`: what sums may be off, relative to the root of sum |term| sum |term| h_k^2.
#pragma once
#include <vector>

#include "ntk/runtime/lanes.hpp"

namespace ntkc::passes {

inline constexpr std::size_t kDegreesTogether = 512;
std::vector<double> every_degree(const std::vector<::ntk::Lanes>& z, const std::vector<::ntk::Lanes>& term, std::size_t end);
double rounding_of_every_degree(std::size_t packs);

}  // namespace ntkc::passes
