#include "sema/functions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace ntkc::sema {
namespace {

using expr::Expr;
using expr::Function;

constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();
constexpr LanguageFunction kFunctions[] = {
    {"sqrt", 1, 1},   {"cbrt", 1, 1},  {"exp", 1, 1},  {"expm1", 1, 1},   {"log", 1, 1},      {"log1p", 1, 1},    {"sin", 1, 1},
    {"cos", 1, 1},    {"tan", 1, 1},   {"asin", 1, 1}, {"acos", 1, 1},    {"atan", 1, 1},     {"sinh", 1, 1},     {"cosh", 1, 1},
    {"tanh", 1, 1},   {"erf", 1, 1},   {"erfc", 1, 1}, {"abs", 1, 1},     {"sign", 1, 1},     {"step", 1, 1},     {"min", 2, kAny},
    {"max", 2, kAny}, {"clamp", 3, 3}, {"relu", 1, 1}, {"sigmoid", 1, 1}, {"softplus", 1, 1}, {"norm_cdf", 1, 1}, {"norm_pdf", 1, 1}};

}  // namespace

const LanguageFunction* find_function(std::string_view name) {
  const auto found = std::ranges::find(kFunctions, name, &LanguageFunction::name);
  return found == std::end(kFunctions) ? nullptr : found;
}

std::vector<std::string> function_names() {
  std::vector<std::string> names;
  for (const LanguageFunction& f : kFunctions) names.emplace_back(f.name);
  return names;
}

Expr call_function(const LanguageFunction& function, const std::vector<Expr>& args) {
  if (function.name == "relu") return Expr::call(Function::max, {args[0], Expr(0)});
  if (function.name == "clamp") return Expr::call(Function::max, {args[1], Expr::call(Function::min, {args[0], args[2]})});
  const Function f = *expr::find_function(function.name);
  if (function.most == 1) return Expr::call(f, args);
  Expr result = args[0];
  for (std::size_t i = 1; i < args.size(); ++i) result = Expr::call(f, {result, args[i]});
  return result;
}

std::optional<Value> language_constant(std::string_view name) {
  if (name == "none") return Value{None{}};
  if (name == "pi") return Value{Number{Expr::call(Function::mul, {Expr(4), Expr::call(Function::atan, {Expr(1)})})}};
  if (name == "e") return Value{Number{Expr::call(Function::exp, {Expr(1)})}};
  if (name == "inf") return Value{Number{Expr(std::numeric_limits<double>::infinity())}};
  return std::nullopt;
}

std::string describe(const Value& value) {
  if (value.as<None>()) return "none";
  if (const auto* n = value.as<Number>()) return n->e.is_constant() ? n->e.value().text() : "a number";
  if (const auto* t = value.as<Truth>())
    return !t->e.is_constant() ? "true or false" : t->e.value() == numeric::Number(0) ? "false" : "true";
  if (const auto* w = value.as<Word>()) return fmt::format("the word `{}`", w->text);
  if (value.as<List>()) return "a list";
  if (const LayerRef* layer = value.layer()) return fmt::format("the layer `{}`", layer->name);
  return "an error";
}

}  // namespace ntkc::sema
