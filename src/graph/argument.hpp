// What a layer or an activation may be told, and what it was told.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "expr/expr.hpp"
#include "support/source.hpp"

namespace ntkc::graph {

// The type and unit of an argument. Reals may depend on run-time params; everything else is structural.
enum class ArgumentType : std::uint8_t {
  real,
  nonnegative,
  positive,  // a finite real; >= 0; > 0
  rate,      // in [0, 1)
  integer,
  count,
  size,  // any integer; >= 0; >= 1
  boolean,
  word,   // one of Argument::words
  sizes,  // a size for all axes, or a list of one a axis
  axes,   // word, or a list of axis numbers
  reals,
  weights,     // a list of reals; a list of reals or of lists of reals
  activation,  // the name of a one-argument activation of the file
};

struct Argument {
  std::string_view name;
  ArgumentType type = ArgumentType::real;
  std::string_view fallback;  // the default in the language's syntax; empty: required; "none" is a value
  std::string_view doc;
  std::vector<std::string_view> words = {};  // of an enumeration; with "none" for an optional argument
};

struct ArgValue;
using ArgList = std::vector<ArgValue>;

struct ArgValue {
  std::variant<std::monostate, expr::Expr, std::int64_t, bool, std::string, ArgList> value;  // monostate: none
  Span span;
  bool given = false;  // written by the user (or by a `default`), not the layer's own default

  bool is_none() const { return std::holds_alternative<std::monostate>(value); }
  const expr::Expr& real() const { return std::get<expr::Expr>(value); }
  std::int64_t integer() const { return std::get<std::int64_t>(value); }
  bool boolean() const { return std::get<bool>(value); }
  const std::string& word() const { return std::get<std::string>(value); }
  const ArgList& list() const { return std::get<ArgList>(value); }
};

using Args = std::map<std::string, ArgValue, std::less<>>;  // complete: defaults are filled in

}  // namespace ntkc::graph
