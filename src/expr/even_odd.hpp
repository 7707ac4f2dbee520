// A function as the sum of an even and an odd one.
#pragma once
#include <optional>

#include "expr/expr.hpp"

namespace ntkc::expr {

struct EvenOdd {
  Expr even = 0, odd = 0;  // simplified; 0: there is none
};
// By the structure of e, for all values of its params; nullopt: not seen.
std::optional<EvenOdd> even_and_odd(const Expr& e);

}  // namespace ntkc::expr
