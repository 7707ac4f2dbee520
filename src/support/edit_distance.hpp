// How far apart two spellings are, for "did you mean".
#pragma once
#include <cstddef>
#include <string_view>

namespace ntkc {

// Levenshtein's distance; letters of either case are alike.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace ntkc
