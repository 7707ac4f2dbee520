// Piecewise linear expressions as sums of hinges.
#pragma once
#include <optional>
#include <vector>

#include "expr/expr.hpp"

namespace ntkc::expr {

struct Hinge {
  Expr place, weight;
};

// offset + slope x + sum of weight max(x - place, 0). Its parts are free of the variable. Where the order of places depends on params, it
// is decided in the weights.
struct PiecewiseLinear {
  Expr offset = 0, slope = 0;
  std::vector<Hinge> hinges;
};

// The same function of the variable, for all values of its params; nullopt where e is not built as one: from x by sums, factors free of x,
// abs, min, max and continuous conditionals.
std::optional<PiecewiseLinear> piecewise_linear(const Expr& e);

}  // namespace ntkc::expr
