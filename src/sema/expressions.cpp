// The value of an expression. Numbers are exact; what depends on a param stays an expression of it.
#include <algorithm>

#include "sema/analyzer.hpp"
#include "sema/functions.hpp"
#include "sema/suggest.hpp"

namespace ntkc::sema {

using expr::Expr;
using expr::Function;

namespace {

constexpr std::size_t kMostWork = 3'000'000;     // statements and expressions of one network, each use counted
constexpr std::size_t kMostTrialWork = 500'000;  // of these in rounds of loops that are tried

Expr binary(Function f, const Expr& a, const Expr& b) { return Expr::call(f, {a, b}); }

// A word of any argument of any layer: where no type says which words are meant.
bool is_word(std::string_view name) {
  for (const layers::Layer& layer : layers::all())
    for (const graph::Argument& argument : layer.arguments)
      if (std::ranges::find(argument.words, name) != argument.words.end()) return true;
  return false;
}

}  // namespace

void Analyzer::work() {
  if (++work_ > kMostWork || (trials_ > 0 && ++trial_work_ > kMostTrialWork)) throw TooLarge{};
}

std::optional<Expr> Analyzer::number(const Value& v, std::string_view whose) {
  if (const auto* n = v.as<Number>()) return n->e;
  if (!v.poisoned()) diagnostics_->report(Code::wrong_operand, v.span, whose, "numbers", describe(v));
  return std::nullopt;
}

std::optional<Expr> Analyzer::truth(const Value& v, std::string_view whose) {
  if (const auto* t = v.as<Truth>()) return t->e;
  if (!v.poisoned()) diagnostics_->report(Code::wrong_operand, v.span, whose, "true or false", describe(v));
  return std::nullopt;
}

Value Analyzer::evaluate(const ast::Expr& e, Scope& scope, const Words& words) {
  using Kind = ast::Expr::Kind;
  work();
  switch (e.kind) {
    case Kind::number:
      return {Number{Expr(numeric::Number::parse(e.text))}, e.span};
    case Kind::boolean:
      return {Truth{Expr(e.text == "true" ? 1 : 0)}, e.span};
    case Kind::string:
      return {Word{e.text}, e.span};
    case Kind::name:
      return name_value(e, scope, words);
    case Kind::list: {
      List list;
      bool poisoned = false;
      for (const ast::Arg& arg : e.args) {
        list.items.push_back(evaluate(arg.value, scope));
        poisoned = poisoned || list.items.back().poisoned();
      }
      return poisoned ? poison(e.span) : Value{std::move(list), e.span};
    }
    case Kind::call:
      return call_value(e, scope);
    case Kind::chain:
      return chain_value(e, scope);
    case Kind::unary: {
      const Value v = evaluate(e.operands[0], scope);
      const std::string whose = fmt::format("`{}`", e.operators[0]);
      if (e.operators[0] == "not") {
        const auto t = truth(v, whose);
        return t ? Value{Truth{Expr::call(Function::logical_not, {*t})}, e.span} : poison(e.span);
      }
      const auto n = number(v, whose);
      return n ? Value{Number{Expr::call(Function::neg, {*n})}, e.span} : poison(e.span);
    }
    case Kind::power: {
      const auto base = number(evaluate(e.operands[0], scope), "`^`"), exponent = number(evaluate(e.operands[1], scope), "`^`");
      return base && exponent ? Value{Number{binary(Function::pow, *base, *exponent)}, e.span} : poison(e.span);
    }
    case Kind::conditional:
      return conditional_value(e, scope, words);
  }
  throw std::logic_error("unknown kind of expression");
}

Value Analyzer::name_value(const ast::Expr& e, Scope& scope, const Words& words) {
  if (std::ranges::find(words, e.text) != words.end()) return e.text == "none" ? Value{None{}, e.span} : Value{Word{e.text}, e.span};
  Scope::Named* found = nullptr;
  if (e.text.find('.') != std::string::npos) {
    bool told = false;
    found = module_member({e.text, e.span}, scope, false, told);
    if (told) return poison(e.span);
  } else {
    found = scope.find_value(e.text);
  }
  if (!found) {
    if (auto constant = language_constant(e.text)) {
      constant->span = e.span;
      return *constant;
    }
    found = scope.find_layer(e.text);
  }
  if (found) {
    use(*found);
    Value value = found->value;
    value.span = e.span;
    return value;
  }
  if (LayerPtr ref = built_in(e.text)) return {std::move(ref), e.span};
  if (!words.empty() || is_word(e.text)) return {Word{e.text}, e.span};
  std::vector<std::string> names = scope.value_names();
  for (const char* constant : {"pi", "e", "inf", "none"}) names.emplace_back(constant);
  for (const std::string_view word : words) names.emplace_back(word);
  diagnostics_->report(Code::unknown_value, e.span, e.text).suggest(did_you_mean(e.text, names));
  return poison(e.span);
}

Value Analyzer::chain_value(const ast::Expr& e, Scope& scope) {
  Value left = evaluate(e.operands[0], scope);
  for (std::size_t i = 0; i < e.operators.size(); ++i) {
    const std::string& op = e.operators[i];
    const Value right = evaluate(e.operands[i + 1], scope);
    const Span span{e.span.file, e.span.begin, right.span.end};
    const std::string whose = fmt::format("`{}`", op);
    if (op == "and" || op == "or") {
      const auto a = truth(left, whose), b = truth(right, whose);
      if (!a || !b) return poison(e.span);
      left = {Truth{binary(op == "and" ? Function::logical_and : Function::logical_or, *a, *b)}, span};
      continue;
    }
    if (op == "==" || op == "!=") {
      const auto *wa = left.as<Word>(), *wb = right.as<Word>();
      const auto *ta = left.as<Truth>(), *tb = right.as<Truth>();
      std::optional<Expr> equal;
      if (wa && wb) {
        equal = Expr(wa->text == wb->text ? 1 : 0);
      } else if (ta && tb) {
        equal = binary(Function::equal, Expr::call(Function::logical_not, {ta->e}), Expr::call(Function::logical_not, {tb->e}));
      } else {
        const auto a = number(left, whose), b = number(right, whose);
        if (!a || !b) return poison(e.span);
        equal = binary(Function::equal, *a, *b);
      }
      left = {Truth{op == "==" ? *equal : Expr::call(Function::logical_not, {*equal})}, span};
      continue;
    }
    const auto a = number(left, whose), b = number(right, whose);
    if (!a || !b) return poison(e.span);
    if (op == "+") left = {Number{binary(Function::add, *a, *b)}, span};
    if (op == "-") left = {Number{binary(Function::sub, *a, *b)}, span};
    if (op == "*") left = {Number{binary(Function::mul, *a, *b)}, span};
    if (op == "/") left = {Number{binary(Function::div, *a, *b)}, span};
    if (op == "<") left = {Truth{binary(Function::less, *a, *b)}, span};
    if (op == ">") left = {Truth{binary(Function::less, *b, *a)}, span};
    if (op == "<=") left = {Truth{binary(Function::less_equal, *a, *b)}, span};
    if (op == ">=") left = {Truth{binary(Function::less_equal, *b, *a)}, span};
  }
  left.span = e.span;
  return left;
}

Value Analyzer::conditional_value(const ast::Expr& e, Scope& scope, const Words& words) {
  const auto condition = truth(evaluate(e.operands[0], scope), "the condition of `if`");
  const Value a = evaluate(e.operands[1], scope, words), b = evaluate(e.operands[2], scope, words);
  if (!condition) return poison(e.span);
  const auto choose = [&](const Expr& c) {
    Value chosen = c.value() == numeric::Number(0) ? b : a;
    chosen.span = e.span;
    return chosen;
  };
  if (condition->is_constant()) return choose(*condition);
  if (a.poisoned() || b.poisoned()) return poison(e.span);
  if (a.as<Number>() && b.as<Number>())
    return {Number{Expr::call(Function::select, {*condition, a.as<Number>()->e, b.as<Number>()->e})}, e.span};
  if (a.as<Truth>() && b.as<Truth>())
    return {Truth{Expr::call(Function::select, {*condition, a.as<Truth>()->e, b.as<Truth>()->e})}, e.span};
  const auto fixed = constant(*condition, e.operands[0].span);
  return fixed ? choose(Expr(*fixed)) : poison(e.span);
}

}  // namespace ntkc::sema
