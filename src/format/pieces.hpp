// A source text as the pieces that the layout moves around: its tokens, with what the layout must know of each.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "ast/ast.hpp"

namespace ntkc::format {

struct Piece {
  std::string_view text;
  std::size_t newlines = 0;  // in the source before it
  std::size_t match = 0;     // of `{`: the index of its `}`
  bool comment = false;
  bool line_comment = false;   // "// ...": nothing can follow it on its line
  bool starts = false;         // a declaration, statement or branch begins here
  bool sign = false;           // a `-` with nothing to its left
  bool several_lines = false;  // a comment with a line end in it
};

// All tokens but `;`.
std::vector<Piece> pieces_of(const ast::File& file, const Sources& sources);

bool space_between(const Piece& left, const Piece& right);
// A long line may go on in the next one between these.
bool may_break_between(const Piece& left, const Piece& right);

}  // namespace ntkc::format
