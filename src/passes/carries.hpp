// Carries of a loop that are equal in every round.
#pragma once
#include <vector>

#include "ir/program.hpp"

namespace ntkc::passes {

// For each value itself, for an argument the first carry of its loop that equals it: same start, and the same function of equal carries.
std::vector<ir::Value> equal_carries(const ir::Program& program);

}  // namespace ntkc::passes
