// What the tree says of a text: operators, contextual words, spans, depth, speed.
#include <chrono>

#include "../sanitizers.hpp"
#include "doctest/doctest.h"
#include "helpers.hpp"

using namespace ntkc;
using test::Parsed;
using test::repeated;

namespace {

// An expression with all its parentheses.
std::string explicit_text(const ast::Expr& e) {
  using Kind = ast::Expr::Kind;
  switch (e.kind) {
    case Kind::unary:
      return "(" + e.operators[0] + " " + explicit_text(e.operands[0]) + ")";
    case Kind::power:
      return "(" + explicit_text(e.operands[0]) + " ^ " + explicit_text(e.operands[1]) + ")";
    case Kind::conditional:
      return "(if " + explicit_text(e.operands[0]) + " then " + explicit_text(e.operands[1]) + " else " + explicit_text(e.operands[2]) +
             ")";
    case Kind::chain: {
      std::string text = "(" + explicit_text(e.operands[0]);
      for (std::size_t i = 0; i < e.operators.size(); ++i) text += " " + e.operators[i] + " " + explicit_text(e.operands[i + 1]);
      return text + ")";
    }
    case Kind::list:
    case Kind::call: {
      std::string text = e.kind == Kind::list ? "[" : e.text + "(";
      for (const ast::Arg& arg : e.args) text += (arg.name ? arg.name->text + "=" : "") + explicit_text(arg.value) + ";";
      return text + (e.kind == Kind::list ? "]" : ")");
    }
    default:
      return e.text;
  }
}

std::string read(const std::string& text) {
  Sources sources;
  Diagnostics diagnostics;
  const auto e = grammar::parse_expression(sources, sources.add("-D", text), diagnostics);
  return e ? explicit_text(*e) : "fault: " + diagnostics.all()[0].message;
}

const ast::Body& body_of(const Parsed& parsed) { return std::get<ast::Network>(parsed.file->items.at(0).node).body; }

double seconds(const std::string& text) {
  const auto start = std::chrono::steady_clock::now();
  const Parsed parsed(text);
  CHECK_MESSAGE(parsed.file.has_value(), parsed.messages());
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

TEST_CASE("operators bind as the reference says") {
  CHECK(read("-x^2") == "(- (x ^ 2))");
  CHECK(read("2^-x^3*y") == "((2 ^ (- (x ^ 3))) * y)");
  CHECK(read("a^b^c") == "(a ^ (b ^ c))");
  CHECK(read("a - b + c * d / e") == "(a - b + (c * d / e))");
  CHECK(read("not a < b and c or d == -1") == "(((not (a < b)) and c) or (d == (- 1)))");
  CHECK(read("- - x") == "(- (- x))");
  CHECK(read("a --b") == "(a - (- b))");
  CHECK(read("if a then b else if c then d else e + 1") == "(if a then b else (if c then d else (e + 1)))");
  CHECK(read("(a + b) * c") == "((a + b) * c)");
  CHECK(read("f(x, slope = [1, .5, 1e-3], g(), y == z)") == "f(x;slope=[1;.5;1e-3;];g();(y == z);)");
  CHECK(read("a . b . c + sum(1)") == "(a.b.c + sum(1;))");
  CHECK(read("\"a\\\"\\\\\\n\\t\"") == "a\"\\\n\t");
  CHECK(read("[]") == "[]");
  CHECK(read("a b") == "fault: expected the end of the text, found `b`");
  CHECK(read("") == "fault: expected an expression, found the end of the text");
}

TEST_CASE("chains are one node however long") {
  Sources sources;
  Diagnostics diagnostics;
  const auto e = grammar::parse_expression(sources, sources.add("-D", "1" + repeated(" + 1", 100'000)), diagnostics);
  REQUIRE(e);
  CHECK(e->operands.size() == 100'001);
}

TEST_CASE("sum, product, concat and ntk are words only in their places") {
  const Parsed parsed(
      "ntk 1 network sum { input ntk: [product] sum let concat = ntk; concat sum { branch {} } product(a = 1) { branch from sum {} } param "
      "sum = ntk }");
  REQUIRE_MESSAGE(parsed.file, parsed.messages());
  const auto& stmts = body_of(parsed).stmts;
  REQUIRE(stmts.size() == 7);
  CHECK(std::holds_alternative<ast::Layer>(stmts[1].node));
  CHECK(std::holds_alternative<ast::Layer>(stmts[3].node));
  CHECK(std::get<ast::Join>(stmts[4].node).kind == ast::Join::Kind::sum);
  CHECK(std::get<ast::Join>(stmts[5].node).kind == ast::Join::Kind::product);
}

TEST_CASE("a word is not the beginning of a longer word") {
  const Parsed parsed("network n { repeats repeat_ inputs letter asx iff2 }");
  REQUIRE_MESSAGE(parsed.file, parsed.messages());
  CHECK(body_of(parsed).stmts.size() == 6);
}

TEST_CASE("spans cover their node and nothing around it") {
  const Parsed parsed(
      "  network /*c*/ net { input x : [ 3 , T ] ; dense ( a = ( 1 + 2 ) , -x ^ 2 ) /*d*/ residual { } shortcut { relu } // e\n } ");
  REQUIRE_MESSAGE(parsed.file, parsed.messages());
  const ast::Item& item = parsed.file->items.at(0);
  CHECK(parsed.at(item.span).starts_with("network /*c*/ net {"));
  CHECK(parsed.at(item.span).ends_with("// e\n }"));
  const auto& stmts = body_of(parsed).stmts;
  CHECK(parsed.at(std::get<ast::Network>(item.node).name.span) == "net");
  CHECK(parsed.at(body_of(parsed).span).starts_with("{ input"));
  CHECK(parsed.at(stmts[0].span) == "input x : [ 3 , T ]");
  CHECK(parsed.at(std::get<ast::Input>(stmts[0].node).dims[1].span) == "T");
  CHECK(parsed.at(stmts[1].span) == "dense ( a = ( 1 + 2 ) , -x ^ 2 )");
  const auto& args = std::get<ast::Layer>(stmts[1].node).args;
  CHECK(parsed.at(args[0].span) == "a = ( 1 + 2 )");
  CHECK(parsed.at(args[0].name->span) == "a");
  CHECK(parsed.at(args[0].value.span) == "( 1 + 2 )");
  CHECK(parsed.at(args[0].value.operands[1].span) == "2");
  CHECK(parsed.at(args[1].span) == "-x ^ 2");
  CHECK(parsed.at(args[1].value.operands[0].span) == "x ^ 2");
  CHECK(parsed.at(stmts[2].span) == "residual { } shortcut { relu }");
  CHECK(parsed.at(std::get<ast::Residual>(stmts[2].node).shortcut->span) == "{ relu }");
  REQUIRE(parsed.file->comments.size() == 3);
  CHECK(parsed.at(parsed.file->comments[2].span) == "// e");
}

TEST_CASE("an empty text, a byte order mark, and text beyond ASCII in comments and strings are fine") {
  CHECK(Parsed("").file);
  CHECK(Parsed("// nothing\n").file);
  const Parsed parsed("\xEF\xBB\xBFntk 1; // \xC3\xBC\nimport \"caf\xC3\xA9.ntk\" as c");
  REQUIRE(parsed.file);
  CHECK(parsed.file->version == 1);
  CHECK(std::get<ast::Import>(parsed.file->items.at(0).node).path == "caf\xC3\xA9.ntk");
}

TEST_CASE("nesting to 256 is fine, deeper is an error with its place, ten thousand deep is no crash") {
  struct Nest {
    const char *before, *open, *inner, *close, *after;
  };
  constexpr Nest nests[] = {
      {"param a = ", "(", "1", ")", ""},
      {"param a = ", "[", "1", "]", ""},
      {"param a = ", "- ", "1", "", ""},
      {"param a = ", "not ", "true", "", ""},
      {"param a = ", "2^", "1", "", ""},
      {"param a = ", "f(", "1", ")", ""},
      {"param a = ", "if a then 1 else ", "1", "", ""},
      {"param a = ", "if ", "a", " then 1 else 2", ""},
      {"block b ", "{ repeat 2 ", "{}", " }", ""},
      {"network n ", "{ scan s ", "{}", " }", ""},
      {"network n ", "{ residual ", "{}", " }", ""},
      {"network n ", "{ residual {} shortcut ", "{}", " }", ""},
  };
  for (const Nest& nest : nests) {
    const auto text = [&](int depth) {
      return nest.before + repeated(nest.open, depth) + nest.inner + repeated(nest.close, depth) + nest.after;
    };
    const int own = std::string_view(nest.inner) == "{}" ? 1 : 0;  // the innermost body is a level, too
    CAPTURE(nest.open);
    CHECK(Parsed(text(256 - own)).file);
    for (const int depth : {257 - own, 10'000}) {
      const Parsed deep(text(depth));
      REQUIRE(deep.codes() == std::vector{Code::too_deep});
      CHECK(deep.diagnostics.all()[0].span.begin > 256);
    }
  }
  CHECK(Parsed("network n " + repeated("{ sum { branch ", 10'000)).codes() == std::vector{Code::too_deep});
  CHECK(Parsed("param a = " + repeated("- ", 200) + "1 - " + repeated("- ", 200) + "1").file);
}

// The promise is a second for a megabyte. Under sanitizers only that the time stays in proportion: a quadratic parser would take minutes.
constexpr double kLimit = tests::kSanitized ? 20 : 1;

TEST_CASE("a megabyte of spec takes less than a second") {
  std::string layers = "network n { input x: [3]; ";
  while (layers.size() < 1'000'000) layers += "dense(sigma_w = 1.5, sigma_b = 0.1); relu; repeat 3 { tanh; dense }\n";
  CHECK(seconds(layers + "}") < kLimit);
  std::string params = "ntk 1\n";
  for (int i = 0; params.size() < 1'000'000; ++i) params += fmt::format("param p{} = sqrt(2) * (1 + -x^2) in [0, 10]  // a comment\n", i);
  CHECK(seconds(params) < kLimit);
  CHECK(seconds(repeated("/* " + std::string(5000, '*') + " */ param a = 1 // " + std::string(5000, '/') + "\n", 100)) < kLimit);
}

TEST_CASE("one layer alone") {
  Sources sources;
  Diagnostics diagnostics;
  const auto layer = grammar::parse_layer(sources, sources.add("-D", " nets.leaky(slope = 0.2) "), diagnostics);
  REQUIRE(layer);
  CHECK(layer->name.text == "nets.leaky");
  CHECK(layer->args.size() == 1);
  CHECK_FALSE(grammar::parse_layer(sources, sources.add("-D", "a; b"), diagnostics));
}
