// The rules of the grammar by their names in the EBNF of README.md, and what they need to be compiled apart.
#pragma once
#include <functional>

#include "grammar/operators.hpp"
#include "grammar/terminals.hpp"

namespace ntkc::grammar {

using iterator_type = const char*;

// Blanks and comments. What is open at the end was refused before the grammar began.
const auto skipper = x3::char_(" \t\r\n\f\v") | "//" >> *(x3::char_ - '\n') | "/*" >> *(x3::char_ - "*/") >> "*/";
using context_type =
    x3::context<state_tag, std::reference_wrapper<State>, x3::phrase_parse_context<std::remove_const_t<decltype(skipper)>>::type>;

// terminals.cpp: words of more than one spelling
const x3::rule<struct name_rule, ast::Name> name = "NAME";
const x3::rule<struct qname_rule, ast::Name> qname = "QNAME";
const x3::rule<struct string_rule, ast::Expr> string = "STRING";
const x3::rule<struct number_rule, ast::Expr> number = "NUMBER";
const x3::rule<struct integer_rule, ast::Dim> integer = "INT";

// expressions.cpp
const x3::rule<struct expr_rule, ast::Expr> expr = "expr";
const x3::rule<struct or_expr_rule, Operation> or_expr = "or-expr";
const x3::rule<struct primary_rule, ast::Expr> primary = "primary";
const x3::rule<struct arg_rule, ast::Arg> arg = "arg";
const x3::rule<struct layer_rule, ast::Layer> layer = "layer";

// statements.cpp
const x3::rule<struct body_rule, ast::Body> body = "body";
const x3::rule<struct stmt_rule, ast::Stmt> stmt = "stmt";
const x3::rule<struct param_rule, ast::Param> param = "param";
const x3::rule<struct input_rule, ast::Input> input = "input";
const x3::rule<struct dim_rule, ast::Dim> dim = "dim";
const x3::rule<struct default_rule, ast::Default> default_ = "default";
const x3::rule<struct let_rule, ast::Let> let = "let";
const x3::rule<struct as_rule, ast::As> as = "as";
const x3::rule<struct repeat_rule, ast::Repeat> repeat = "repeat";
const x3::rule<struct scan_rule, ast::Scan> scan = "scan";
const x3::rule<struct residual_rule, ast::Residual> residual = "residual";
const x3::rule<struct join_rule, ast::Join> join = "join";
const x3::rule<struct branch_rule, ast::Branch> branch = "branch";

// files.cpp
const x3::rule<struct file_rule, ast::File> file = "file";
const x3::rule<struct item_rule, ast::Item> item = "item";
const x3::rule<struct import_rule, ast::Import> import = "import";
const x3::rule<struct activation_rule, ast::Activation> activation = "activation";
const x3::rule<struct block_rule, ast::Block> block = "block";
const x3::rule<struct network_rule, ast::Network> network = "network";

BOOST_SPIRIT_DECLARE(decltype(name), decltype(qname), decltype(string), decltype(number), decltype(integer))
BOOST_SPIRIT_DECLARE(decltype(expr), decltype(primary), decltype(arg), decltype(layer))
BOOST_SPIRIT_DECLARE(decltype(body), decltype(param))
BOOST_SPIRIT_DECLARE(decltype(file))

}  // namespace ntkc::grammar
