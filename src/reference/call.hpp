#pragma once
#include <span>

#include "expr/expr.hpp"
#include "numeric/real.hpp"

namespace ntkc::reference {

// A function of the IR in 100 digits.
numeric::Float100 call(expr::Function function, std::span<const numeric::Float100> args);

}  // namespace ntkc::reference
