// "Did you mean": the word of a list that is nearest to one that was written.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ntkc::driver {

// By edit distance (Damerau–Levenshtein, adjacent swaps counted once); nothing where every word is further than a third of its length.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& words);

}  // namespace ntkc::driver
