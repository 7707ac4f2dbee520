// The functions of the language's expressions.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expr/expr.hpp"
#include "sema/value.hpp"

namespace ntkc::sema {

// `most` is SIZE_MAX for min and max.
struct LanguageFunction {
  std::string_view name;
  std::size_t least, most;
};
const LanguageFunction* find_function(std::string_view name);
std::vector<std::string> function_names();
expr::Expr call_function(const LanguageFunction& function, const std::vector<expr::Expr>& args);

// pi, e, inf, none.
std::optional<Value> language_constant(std::string_view name);

// "a number", "the word `same`", "a list" ... for messages.
std::string describe(const Value& value);

}  // namespace ntkc::sema
