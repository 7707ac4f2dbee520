// The zeros of conditions: by formula, or isolated by intervals and computed in 100 digits.
#pragma once
#include <optional>
#include <vector>

#include "expr/interval.hpp"

namespace ntkc::expr {

// Expressions, free of the variable, among which are all zeros within `reach` of 0; values that are not real numbers mean no zero.
struct Zeros {
  std::vector<Expr> places;
  double reach = kInfinity;  // less where they are not known to be finitely many: kFarthestZero of ntk/runtime/zeros.hpp
};

// nullopt: no formula gives them, and f has params or they are too many.
std::optional<Zeros> zeros(const Expr& f);

// Of a continuous f without params those that intervals isolate; between them f keeps its sign. nullopt as above.
std::optional<Zeros> isolated_zeros(const Expr& f);

// Conditions that an expression changes at and whose zeros are not known.
std::vector<Expr> unsolved_conditions(const Expr& e);

}  // namespace ntkc::expr
