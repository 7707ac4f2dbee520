// Sums and products in one canonical form: like terms and like factors are collected. Private to this room.
#pragma once
#include <vector>

#include "expr/expr.hpp"

namespace ntkc::expr {

// sum of coefficient * term + constant; product of factor ^ exponent * constant. Sorted, no two alike.
struct Item {
  Expr body;
  numeric::Number weight;  // coefficient or exponent
};

Expr simplified_sum(const Expr& e);      // e is add, sub or neg of simplified expressions
Expr simplified_product(const Expr& e);  // e is mul, div, or pow with a constant exponent, of simplified expressions
Expr power(const Expr& base, const numeric::Number& exponent);

}  // namespace ntkc::expr
