// What an expression is made of. Private to this room.
#pragma once
#include "expr/expr.hpp"

namespace ntkc::expr {

struct Expr::Node {
  Kind kind = Kind::constant;
  numeric::Number value;
  std::string param;
  Function function{};
  std::vector<Expr> args;
  bool varies = false;  // depends on the variable
};

}  // namespace ntkc::expr
