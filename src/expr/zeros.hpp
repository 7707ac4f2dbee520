// The zeros of conditions: by formula, or isolated by intervals and computed in 100 digits.
#pragma once
#include <optional>
#include <vector>

#include "expr/expr.hpp"

namespace ntkc::expr {

// Expressions, free of the variable, among which are all zeros of f; values that are not real numbers mean no zero. nullopt: no formula
// gives them, and f has params, or they are not known to be finitely many.
std::optional<std::vector<Expr>> zeros(const Expr& f);

// Of a continuous f without params those that intervals isolate; between them f keeps its sign. nullopt as above.
std::optional<std::vector<Expr>> isolated_zeros(const Expr& f);

// Conditions that an expression changes at and whose zeros are not known.
std::vector<Expr> unsolved_conditions(const Expr& e);

}  // namespace ntkc::expr
