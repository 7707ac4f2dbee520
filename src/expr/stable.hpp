// The same function without sums that lose what is small and exponentials that overflow where the function does not.
#pragma once
#include "expr/expr.hpp"

namespace ntkc::expr {

// log(1 + x^2) is log1p(x^2), 1 / (1 + exp(-x)) is sigmoid(x), log(1 + exp(x)) is softplus(x), exp(x) - 1 is expm1(x); log(cosh(x)) and
// quotients likewise. Equal for all real x and params.
Expr stable(const Expr& e);

}  // namespace ntkc::expr
