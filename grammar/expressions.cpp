// Expressions, arguments and layers.
#include "grammar/rules.hpp"

namespace ntkc::grammar {
namespace {

using Kind = ast::Expr::Kind;

constexpr auto take = [](auto& context) { x3::_val(context) = std::move(x3::_attr(context)); };
constexpr auto is_kind = [](Kind kind) { return [kind](auto& context) { x3::_val(context).kind = kind; }; };
constexpr auto is_boolean = [](const char* text) {
  return [text](auto& context) {
    x3::_val(context).kind = Kind::boolean;
    x3::_val(context).text = text;
  };
};
constexpr auto take_name = [](auto& context) {
  x3::_val(context).kind = Kind::name;
  x3::_val(context).text = std::move(x3::_attr(context).text);
};
constexpr auto take_element = [](auto& context) {
  ast::Expr& value = x3::_attr(context);
  const Span span = value.span;
  x3::_val(context).args.push_back({std::nullopt, std::move(value), span});
};
constexpr auto take_inner = [](auto& context) {
  x3::_val(context) = std::move(x3::_attr(context));
  x3::_val(context).parenthesized = true;
};
constexpr auto take_operation = [](auto& context) { x3::_val(context) = fold(std::move(x3::_attr(context)), state_of(context)); };

constexpr auto take_prefix = [](auto& context) {
  Operation& operation = x3::_val(context);
  const auto text = text_of(x3::_attr(context));
  state_of(context).deepen(text.data());
  ++(text == "-" ? operation.tight : operation.loose);
  operation.pieces.push_back({text, true, {}});
};
constexpr auto take_operator = [](auto& context) {
  Operation& operation = x3::_val(context);
  State& state = state_of(context);
  const auto text = text_of(x3::_attr(context));
  if (text == "^") {
    state.deepen(text.data());
    ++operation.tight;
  } else {
    state.depth -= std::exchange(operation.tight, 0);
    if (text == "and" || text == "or") state.depth -= std::exchange(operation.loose, 0);
  }
  operation.pieces.push_back({text, false, {}});
};
constexpr auto take_operand = [](auto& context) { x3::_val(context).pieces.push_back({{}, false, std::move(x3::_attr(context))}); };

const auto prefix = x3::raw[symbol("-") | word("not")];
const auto binary = x3::raw[symbol("+") | symbol("-") | symbol("*", '*') | symbol("/") | symbol("^") | symbol("<=") | symbol(">=") |
                            symbol("==") | symbol("!=") | symbol("<") | symbol(">") | word("and") | word("or")];
const auto or_expr_def = own_depth[((+prefix[take_prefix] > primary[take_operand]) | primary[take_operand]) >>
                                   *(binary[take_operator] > *prefix[take_prefix] > primary[take_operand])];

const auto conditional = word("if")[is_kind(Kind::conditional)] >>
                         nested[x3::eps > expr[append(&ast::Expr::operands)] > word("then") > expr[append(&ast::Expr::operands)] >
                                word("else") > expr[append(&ast::Expr::operands)]];
const auto expr_def = spanned[conditional] | or_expr[take_operation];

const auto list = symbol("[")[is_kind(Kind::list)] >>
                  nested[(symbol("]") | (x3::eps > expr[take_element] > *(symbol(",") > expr[take_element]) > symbol("]")))];
const auto group = symbol("(") >> nested[x3::eps > expr[take_inner] > symbol(")")];
const auto call =
    qname[take_name] >>
    -(symbol("(")[is_kind(Kind::call)] >>
      nested[symbol(")") | (x3::eps > arg[append(&ast::Expr::args)] > *(symbol(",") > arg[append(&ast::Expr::args)]) > symbol(")"))]);
const auto primary_def =
    spanned[group | list | number[take] | string[take] | word("true")[is_boolean("true")] | word("false")[is_boolean("false")] | call];

const auto is = symbol("=", '=');
const auto arg_def =
    spanned[((&(name >> is) >> name[to(&ast::Arg::name)] >> is) > expr[to(&ast::Arg::value)]) | expr[to(&ast::Arg::value)]];

const auto parentheses =
    symbol("(")[yes(&ast::Layer::parentheses)] >>
    nested[symbol(")") | (x3::eps > arg[append(&ast::Layer::args)] > *(symbol(",") > arg[append(&ast::Layer::args)]) > symbol(")"))];
const auto layer_def = spanned[qname[to(&ast::Layer::name)] >> -parentheses];

}  // namespace

BOOST_SPIRIT_DEFINE(expr, or_expr, primary, arg, layer)
BOOST_SPIRIT_INSTANTIATE(decltype(expr), iterator_type, context_type)
BOOST_SPIRIT_INSTANTIATE(decltype(primary), iterator_type, context_type)
BOOST_SPIRIT_INSTANTIATE(decltype(arg), iterator_type, context_type)
BOOST_SPIRIT_INSTANTIATE(decltype(layer), iterator_type, context_type)

}  // namespace ntkc::grammar
