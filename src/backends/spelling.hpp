// How C++ spells scalar functions: operators with their parentheses, calls of ntk::math, masks.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "backends/text.hpp"
#include "expr/expr.hpp"

namespace ntkc::backends {

// An expression of the target. Numbers are of type T or (loose) of double or the type of the other sample, which functions of
// several arguments must be told; masks are what comparisons give.
struct Spelled {
  enum Level { comparison = 1, sum = 2, term = 3, unary = 4, primary = 5 };
  std::string text;
  int level = primary;
  bool loose = false;
  bool mask = false;
};

Spelled number(double value);
Spelled name(std::string text, bool loose = false);
Spelled apply(expr::Function f, std::vector<Spelled> args, std::string_view type);
Spelled as_number(Spelled s, std::string_view type);           // a mask as 0 or 1
std::string exactly(const Spelled& s, std::string_view type);  // of that type

// The body of a function of z as statements that end in `return`: shared parts are computed once. Params are spelled by `params`.
struct ParamName {
  std::string param, spelling;
};
void write_function_body(Text& out, const expr::Expr& e, std::string_view variable, std::string_view type,
                         std::span<const ParamName> params);
// An expression of params alone, of type double.
std::string spell_params(const expr::Expr& e, std::span<const ParamName> params);

}  // namespace ntkc::backends
