// Bodies and what stands in them.
#include "grammar/rules.hpp"

namespace ntkc::grammar {
namespace {

constexpr auto take_node = [](auto& context) { x3::_val(context).node = std::move(x3::_attr(context)); };
constexpr auto take_value = [](auto& context) { x3::_val(context).value = std::move(x3::_attr(context).text); };
constexpr auto take_size = [](auto& context) { x3::_val(context).value = x3::_attr(context).value; };
constexpr auto set_low = [](auto& context) { x3::_val(context).range.emplace().low = std::move(x3::_attr(context)); };
constexpr auto set_high = [](auto& context) { x3::_val(context).range->high = std::move(x3::_attr(context)); };
constexpr auto is_join = [](ast::Join::Kind kind) { return [kind](auto& context) { x3::_val(context).kind = kind; }; };

// "(" arg { "," arg } ")" into the member `args` of any statement
template <class Node>
auto arguments() {
  return symbol("(") >> nested[x3::eps > arg[append(&Node::args)] > *(symbol(",") > arg[append(&Node::args)]) > symbol(")")];
}

const auto end_of_body = symbol("}") | x3::eoi | word("import") | word("activation") | word("block") | word("network");
const auto body_def =
    spanned[symbol("{") >>
            nested[*(!end_of_body >> recovering(&State::after_statement)[stmt[append(&ast::Body::stmts)]] >> -symbol(";")) > symbol("}")]];

const auto param_def = (word("param") | word("const")[yes(&ast::Param::is_const)]) > name[to(&ast::Param::name)] >
                       symbol("=", '=') > expr[to(&ast::Param::value)] >
                       -(word("in") > symbol("[") > expr[set_low] > symbol(",") > expr[set_high] > symbol("]"));
const auto dim_def = spanned[integer[take_size] | name[take_value]];
const auto input_def = word("input") > name[to(&ast::Input::name)] > symbol(":") > symbol("[") > dim[append(&ast::Input::dims)] >
                       *(symbol(",") > dim[append(&ast::Input::dims)]) > symbol("]");
const auto default__def = word("default") > -qname[to(&ast::Default::layer)] > &symbol("(") > arguments<ast::Default>();
const auto let_def = word("let") > name[to(&ast::Let::name)] > symbol("=", '=') > layer[to(&ast::Let::layer)];
const auto as_def = word("as") > name[to(&ast::As::name)];
const auto repeat_def = word("repeat") > expr[to(&ast::Repeat::count)] >
                        -word("shared")[yes(&ast::Repeat::shared)] > body[to(&ast::Repeat::body)];
const auto scan_def = word("scan") > name[to(&ast::Scan::name)] > body[to(&ast::Scan::body)];
const auto residual_def = word("residual") > -arguments<ast::Residual>() > body[to(&ast::Residual::body)] >
                          -(word("shortcut") > body[to(&ast::Residual::shortcut)]);
const auto branch_def = spanned[word("branch") > -(word("from") > name[to(&ast::Branch::from)]) > body[to(&ast::Branch::body)]];

// The three words are names elsewhere.
const auto join_word = word("sum")[is_join(ast::Join::Kind::sum)] | word("product")[is_join(ast::Join::Kind::product)] |
                       word("concat")[is_join(ast::Join::Kind::concat)];
const auto join_def = (join_word >> &(symbol("(") | symbol("{"))) > -arguments<ast::Join>() > symbol("{") >
                      +(branch[append(&ast::Join::branches)] > -symbol(";")) > symbol("}");

const auto stmt_def = spanned[input[take_node] | param[take_node] | default_[take_node] | let[take_node] | as[take_node] |
                              repeat[take_node] | scan[take_node] | residual[take_node] | join[take_node] | layer[take_node]];

}  // namespace

BOOST_SPIRIT_DEFINE(body, stmt, param, input, dim, default_, let, as, repeat, scan, residual, join, branch)
BOOST_SPIRIT_INSTANTIATE(decltype(body), iterator_type, context_type)
BOOST_SPIRIT_INSTANTIATE(decltype(param), iterator_type, context_type)

}  // namespace ntkc::grammar
