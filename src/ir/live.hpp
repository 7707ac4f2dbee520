// Which values the outputs need. Of a loop only the carries that are needed, by themselves or by each other on the way to an output.
#pragma once
#include <vector>

#include "ir/program.hpp"

namespace ntkc::ir {

std::vector<bool> live(const Program& program);

}  // namespace ntkc::ir
