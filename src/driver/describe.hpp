// What the compiler knows about a network, for people (notes in generated files, `ntkc info`).
#pragma once
#include <string>
#include <vector>

#include "driver/pipeline.hpp"

namespace ntkc::driver {

// Lines about network number i: its layers in one line, then each activation with its formula, source, method and error bound.
std::vector<std::string> notes(const Compilation& compilation, std::size_t i);

}  // namespace ntkc::driver
