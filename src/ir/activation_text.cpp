#include "ir/activation_text.hpp"

#include <fmt/format.h>

namespace ntkc::ir {

std::string text_of(const expr::Expr& e) {
  switch (e.kind()) {
    case expr::Expr::Kind::constant:
      return e.value().text();
    case expr::Expr::Kind::variable:
      return "x";
    case expr::Expr::Kind::param:
      return "$" + e.param_name();
    case expr::Expr::Kind::call:
      break;
  }
  std::string text = std::string(expr::name(e.function())) + "(";
  for (std::size_t i = 0; i < e.args().size(); ++i) text += (i ? ", " : "") + text_of(e.args()[i]);
  return text + ")";
}

std::string text_of(const graph::ArgValue& value) {
  if (value.is_none()) return "none";
  if (std::holds_alternative<expr::Expr>(value.value)) return text_of(value.real());
  if (std::holds_alternative<std::int64_t>(value.value)) return fmt::format("int {}", value.integer());
  if (std::holds_alternative<bool>(value.value)) return value.boolean() ? "true" : "false";
  if (std::holds_alternative<std::string>(value.value)) return fmt::format("\"{}\"", value.word());
  std::string text = "[";
  for (const graph::ArgValue& item : value.list()) text += (text.size() > 1 ? ", " : "") + text_of(item);
  return text + "]";
}

std::string text_of(const graph::ActivationUse& use) {
  std::string text = fmt::format("{} {}(", use.built_in ? "built_in" : "defined", use.name);
  bool first = true;
  for (const auto& [name, value] : use.args) {
    text += fmt::format("{}{} = {}", first ? "" : ", ", name, text_of(value));
    first = false;
  }
  return text + ") = " + text_of(use.phi);
}

}  // namespace ntkc::ir
