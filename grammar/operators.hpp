// Operators: the grammar reads `- a * b + c` as a flat list, and this folds it by precedence. Long chains cost no stack.
#pragma once
#include <string_view>
#include <vector>

#include "grammar/state.hpp"

namespace ntkc::grammar {

// What stands between two blanks of an expression: an operator (operand empty) or an operand (text empty).
struct Piece {
  std::string_view text;
  bool prefix = false;
  ast::Expr operand;
};

// pieces = { prefix } operand { operator { prefix } operand }, as the rule or-expr sees to.
struct Operation {
  std::vector<Piece> pieces;
  int tight = 0;  // open signs and exponents: levels of nesting until the next operator that binds less
  int loose = 0;  // open `not`s: until the next `and` or `or`
};

// Loosest first: or, and, not, comparisons (not chained), + -, * /, unary -, ^ (to the right).
// Reports chained comparisons and a `not` under a tighter operator.
ast::Expr fold(Operation&& operation, State& state);

}  // namespace ntkc::grammar
