// Expressions in the syntax of the language. The variable is written x.
#include "expr/expr.hpp"

namespace ntkc::expr {
namespace {

// Loosest first, as in the grammar.
enum Level { kConditional, kOr, kAnd, kNot, kComparison, kSum, kProduct, kNegation, kPower, kPrimary };

struct Text {
  std::string text;
  Level level;
};

std::string at(const Text& t, Level level) { return t.level >= level ? t.text : "(" + t.text + ")"; }

Text write(const Expr& e);

Text infix(const Expr& e, std::string_view sign, Level level, Level left, Level right) {
  return {at(write(e.args()[0]), left) + std::string(sign) + at(write(e.args()[1]), right), level};
}

Text of_call(const Expr& e) {
  const auto arg = [&](std::size_t i, Level level) { return at(write(e.args()[i]), level); };
  switch (e.function()) {
    case Function::add:
      return infix(e, " + ", kSum, kSum, kProduct);
    case Function::sub:
      return infix(e, " - ", kSum, kSum, kProduct);
    case Function::mul:
      return infix(e, " * ", kProduct, kProduct, kNegation);
    case Function::div:
      return infix(e, " / ", kProduct, kProduct, kNegation);
    case Function::neg:
      return {"-" + arg(0, kPower), kNegation};
    case Function::pow:
      return infix(e, "^", kPower, kPrimary, kNegation);
    case Function::less:
      return infix(e, " < ", kComparison, kSum, kSum);
    case Function::less_equal:
      return infix(e, " <= ", kComparison, kSum, kSum);
    case Function::equal:
      return infix(e, " == ", kComparison, kSum, kSum);
    case Function::logical_and:
      return infix(e, " and ", kAnd, kAnd, kNot);
    case Function::logical_or:
      return infix(e, " or ", kOr, kOr, kAnd);
    case Function::logical_not:
      return {"not " + arg(0, kNot), kNot};
    case Function::select:
      return {"if " + arg(0, kConditional) + " then " + arg(1, kConditional) + " else " + arg(2, kConditional), kConditional};
    default:
      break;
  }
  std::string text = std::string(name(e.function())) + "(";
  for (std::size_t i = 0; i < e.args().size(); ++i) text += (i ? ", " : "") + arg(i, kConditional);
  return {text + ")", kPrimary};
}

Text write(const Expr& e) {
  switch (e.kind()) {
    case Expr::Kind::constant: {
      const std::string text = e.value().text();
      if (text == "nan") return {"(inf - inf)", kPrimary};
      return {text, text.front() == '-' ? kNegation : kPrimary};
    }
    case Expr::Kind::variable:
      return {"x", kPrimary};
    case Expr::Kind::param:
      return {e.param_name(), kPrimary};
    case Expr::Kind::call:
      break;
  }
  return of_call(e);
}

}  // namespace

std::string to_text(const Expr& e) { return write(e).text; }

}  // namespace ntkc::expr
