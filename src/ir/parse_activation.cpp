#include "ir/parse_activation.hpp"

namespace ntkc::ir {
namespace {

graph::ArgValue parse_value(Lexer& in) {
  graph::ArgValue value;
  if (in.peek() == '"') {
    value.value = in.quoted();
  } else if (in.accept("[")) {
    graph::ArgList list;
    while (!in.accept("]")) {
      if (!list.empty()) in.expect(",");
      list.push_back(parse_value(in));
    }
    value.value = std::move(list);
  } else if (in.at_word("int")) {
    in.word();
    value.value = static_cast<std::int64_t>(std::stoll(in.number()));
  } else if (in.at_word("true") || in.at_word("false")) {
    value.value = in.word() == "true";
  } else if (in.at_word("none")) {
    in.word();
  } else {
    value.value = parse_expr(in);
  }
  return value;
}

}  // namespace

expr::Expr parse_expr(Lexer& in) {
  if (in.accept("$")) return expr::Expr::param(in.word(true));
  if (in.at_number()) return expr::Expr(numeric::Number::parse(in.number()));
  const std::string word = in.word();
  if (word == "inf") return expr::Expr(numeric::Number::parse(word));
  if (word == "x" && in.peek() != '(') return expr::Expr::variable();
  const expr::Function* function = expr::find_function(word);
  if (!function) in.fail("unknown function `" + word + "`");
  std::vector<expr::Expr> args;
  in.expect("(");
  while (!in.accept(")")) {
    if (!args.empty()) in.expect(",");
    args.push_back(parse_expr(in));
  }
  if (args.size() != static_cast<std::size_t>(expr::arity(*function))) in.fail("wrong number of arguments");
  return expr::Expr::call(*function, std::move(args));
}

graph::ActivationUse parse_use(Lexer& in) {
  graph::ActivationUse use;
  const std::string origin = in.word();
  if (origin != "built_in" && origin != "defined") in.fail("expected `built_in` or `defined`");
  use.built_in = origin == "built_in";
  use.name = in.word(true);
  in.expect("(");
  while (!in.accept(")")) {
    if (!use.args.empty()) in.expect(",");
    const std::string name = in.word();
    in.expect("=");
    use.args[name] = parse_value(in);
  }
  in.expect("=");
  use.phi = parse_expr(in);
  return use;
}

}  // namespace ntkc::ir
