// The words for what was expected and what was found instead.
#pragma once
#include <string>
#include <string_view>

#include "grammar/token.hpp"

namespace ntkc::grammar {

// `which`: the name of a rule ("expr": an expression), or a terminal, which is its own words.
std::string_view in_words(std::string_view which);
std::string describe(const Token& found);
// How to mend it, where that can be told; otherwise empty.
std::string help_for(std::string_view which, const Token& found);

}  // namespace ntkc::grammar
