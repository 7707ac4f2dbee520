// Where an expression of the variable takes a value: by inverting monotone functions, linear and quadratic equations. Private to this room.
#pragma once
#include <optional>
#include <vector>

#include "expr/expr.hpp"

namespace ntkc::expr {

// Expressions, free of the variable, among which are all solutions of e(x) = target; values that are not real numbers mean no solution.
// nullopt: not found in closed form. An e that does not depend on the variable has no solutions.
std::optional<std::vector<Expr>> solve(const Expr& e, const Expr& target);

// Functions of the variable at whose zeros e may not be smooth.
std::vector<Expr> conditions(const Expr& e);

}  // namespace ntkc::expr
