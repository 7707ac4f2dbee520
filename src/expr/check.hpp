// Whether an activation has the moments that kernels need.
#pragma once
#include <optional>
#include <string>

#include "expr/expr.hpp"

namespace ntkc::expr {

struct Fault {
  enum class Kind : std::uint8_t {
    infinite_moment,  // grows like exp(c x^2) or faster: E[f(u)^2] is infinite for large variances
    undefined,        // no real value on an interval, or at 0, where zero vectors go
    pole,             // its square is not integrable at a place
    not_finite,       // infinite on an interval
  } kind;
  std::string text;  // a clause: "it has no real value at x = -1"
};

// The first fault of phi or, with `derivative_too`, of its derivative. Judged by values in 100 digits: on a grid for the domain, at the
// zeros of denominators, roots and logarithms for poles, and at |x| up to 2^15 for growth, where log|f(2x)| / log|f(x)| tends to the
// exponent 2 power. Params that are not given are taken as 1.
std::optional<Fault> check_activation(const Expr& phi, bool derivative_too, const ParamValues& params = {});

}  // namespace ntkc::expr
