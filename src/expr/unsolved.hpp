// Conditions that an expression changes at and no formula gives the zeros of.
#pragma once
#include <vector>

#include "expr/expr.hpp"

namespace ntkc::expr {

std::vector<Expr> unsolved_conditions(const Expr& e);

}  // namespace ntkc::expr
