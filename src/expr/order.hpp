// A total order of expressions by structure, so that sums and products have one spelling. Private to this room.
#pragma once
#include "expr/expr.hpp"

namespace ntkc::expr {

int compare(const Expr& a, const Expr& b);  // < 0, 0, > 0; leaves before calls

struct Before {  // of expressions as keys
  bool operator()(const Expr& a, const Expr& b) const { return compare(a, b) < 0; }
};

}  // namespace ntkc::expr
