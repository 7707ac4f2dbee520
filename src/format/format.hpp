// The canonical layout of a spec: two blanks of indent, one blank line at most, one hundred columns, comments where they were.
#pragma once
#include <string>

#include "ast/ast.hpp"

namespace ntkc::format {

// The text of a parsed file in the canonical layout. Its tokens are those of the source but for `;`, so it parses to the same tree;
// formatting it again changes nothing. What the author had on one line (a short body, statements side by side) stays so where it fits.
std::string format(const ast::File& file, const Sources& sources);

}  // namespace ntkc::format
