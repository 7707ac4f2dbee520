// Every fault of a text has its code, its place and its words; one fault does not hide the next.
#include <set>

#include "doctest/doctest.h"
#include "helpers.hpp"

using namespace ntkc;
using test::Parsed;

namespace {

struct Fault {
  std::string text;  // the fault is between « and »
  Code code;
  const char* message;    // begins so
  const char* help = "";  // contains it
};

const Fault kFaults[] = {
    {"param «=» 3", Code::expected, "expected a name, found `=`"},
    {"param «repeat» = 3", Code::reserved_word, "`repeat` is a word of the language", "repeat_"},
    {"network n { let a = «scan» }", Code::reserved_word, "`scan` is a word"},
    {"param x «==» 3", Code::expected, "expected `=`, found `==`", "single `=`"},
    {"param x = if 1 «=» 2 then 3 else 4", Code::expected, "expected `then`, found `=`", "write `==`"},
    {"param x = 1 «&&» 2", Code::expected, "expected `import`", "write `and`"},
    {"param x = (1 + 2 «»", Code::unclosed, "expected `)` to close the parenthesis, found the end of the text"},
    {"param x = [1, 2 «;»", Code::unclosed, "expected `]` to close the bracket, found `;`"},
    {"network n { dense(a = 1 «relu» }", Code::unclosed, "expected `)` to close the parenthesis, found `relu`"},
    {"network n { dense «»", Code::unclosed, "expected `}` to close the body, found the end of the text"},
    {"network n { repeat 2 { dense } «network» m {}", Code::unclosed, "expected `}` to close the body, found `network`"},
    {"network n { input x «[»3] }", Code::expected, "expected `:`, found `[`"},
    {"network n { dense(a = «)» }", Code::expected, "expected an expression, found `)`"},
    {"network n { dense(«=» 2) }", Code::expected, "expected an argument, found `=`"},
    {"network n { dense«,» relu }", Code::expected, "expected a statement or `}`, found `,`", "line end"},
    {"network n { dense; «;» }", Code::expected, "expected a statement or `}`, found `;`", "at most one"},
    {"network n { dense «->» relu }", Code::expected, "expected a statement or `}`, found `->`", "top to bottom"},
    {"network n { «{» dense } }", Code::expected, "expected a statement or `}`, found `{`", "a body belongs to"},
    {"network n { residual(«)» { } }", Code::expected, "expected an argument, found `)`"},
    {"network n { sum { «dense» } }", Code::expected, "expected `branch`, found `dense`"},
    {"network n { repeat «{» dense } }", Code::expected, "expected an expression, found `{`"},
    {"network n { repeat 3 «dense» }", Code::expected, "expected `{` to open the body, found `dense`"},
    {"network n { default dense«;» }", Code::expected, "expected `(`, found `;`"},
    {"network n { input x: [«]» }", Code::expected, "expected a size (a whole number or a name), found `]`"},
    {"«netwrok» n { }", Code::expected, "expected `import`, `param`, `const`, `activation`, `block` or `network`, found `netwrok`",
     "did you mean `network`?"},
    {"network n {} «dense»", Code::expected, "expected `import`", "in the body of a network"},
    {"network n { let a =\n«repeat» 2 { dense } }", Code::expected, "expected a layer, found `repeat`"},
    {"import «mlp»", Code::expected, "expected a string in double quotes, found `mlp`"},
    {"block b(s«)» {}", Code::expected, "expected `=`, found `)`"},
    {"network «\xC3\xA9» {}", Code::expected, "expected a name, found `\xC3\xA9`"},
    {"param x = 1 < 2 «<» 3", Code::chained_comparison, "comparisons cannot be chained", "a < b and b < c"},
    {"param x = 1 + «not» a", Code::misplaced_not, "`not` binds less tightly", "parentheses"},
    {"param x = «1.2.3»", Code::malformed_number, "`1.2.3` is not a number"},
    {"param x = «0x1F» + 1", Code::malformed_number, "`0x1F` is not a number"},
    {"param x = «3dense»", Code::malformed_number, "`3dense` is not a number"},
    {"param x = «2e»", Code::malformed_number, "`2e` is not a number"},
    {"param x = «1e999»", Code::number_too_large, "the number 1e999 is too large"},
    {"network n { input x: [«18446744073709551616»] }", Code::number_too_large, "the number 18446744073709551616 is too large"},
    {"network n { input x: [«1e3»] }", Code::not_an_integer, "`1e3` is not a whole number"},
    {"ntk «1.0» param a = 1", Code::not_an_integer, "`1.0` is not a whole number"},
    {"ntk «2» networks as they may be one day", Code::unknown_version, "language version 2 is not known"},
    {"import «\"»mlp.ntk\nparam a = 1", Code::unterminated_string, "this string is not closed"},
    {"import \"a«\\q»b\"", Code::unknown_escape, "unknown escape in a string"},
    {"param a = 1 «/*» no end", Code::unterminated_comment, "this comment is not closed"},
    {"param a = 1 // «\xE9» in Latin-1\n", Code::invalid_utf8, "byte 0xE9 at offset 15 is not UTF-8"},
    {"// \xE2\x82\xAC is well, «\xC0»\xAF overlong", Code::invalid_utf8, "byte 0xC0"},
    {"// «\xED»\xA0\x80 is half a pair", Code::invalid_utf8, "byte 0xED"},
};

}  // namespace

TEST_CASE("each fault: code, place, message, help") {
  for (const Fault& fault : kFaults) {
    std::string text = fault.text;
    const auto begin = text.find("«");
    text.erase(begin, std::string_view("«").size());
    const auto end = text.find("»");
    text.erase(end, std::string_view("»").size());
    const Parsed parsed(text);
    CAPTURE(text);
    CAPTURE(parsed.messages());
    CHECK_FALSE(parsed.file);
    CHECK(parsed.diagnostics.all().size() == 1);
    if (parsed.diagnostics.all().empty()) continue;
    const Diagnostic& d = parsed.diagnostics.all()[0];
    CHECK(d.code == fault.code);
    CHECK(d.span == Span{0, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
    CHECK(d.message.starts_with(fault.message));
    CHECK(d.help.find(fault.help) != d.help.npos);
    if (d.code == Code::unclosed) {
      REQUIRE(d.notes.size() == 1);
      CHECK(std::string("{([").find(parsed.at(d.notes[0].span)) != std::string::npos);
    }
  }
}

TEST_CASE("binary files and numbers without end") {
  CHECK(Parsed(std::string("ntk 1\n\0\1\2", 9)).codes() == std::vector{Code::binary_file});
  CHECK(Parsed("param a = " + std::string(2'000'000, '7')).codes() == std::vector{Code::number_too_long});
  CHECK(Parsed("param a = 0." + std::string(500, '0') + "1").file);  // small is no fault
  CHECK(Parsed("param a = 1e-999").file);
}

TEST_CASE("every fault of a file in one run, each once") {
  const Parsed parsed(
      "ntk 1\n"
      "param = 3\n"
      "param y = 1 +\n"
      "network a {\n"
      "  input x [3]\n"
      "  dense(sigma_w = )\n"
      "  dense; @ relu\n"
      "  dense(sigma_w = 3 relu\n"
      "  repeat { dense; nothing here is wrong }\n"
      "  sum { dense }\n"
      "  param q = 1e999 + 1.2.3\n"
      "  param s = \"abc\n"
      "  repeat 3 { dense; } }\n"
      "}\n"
      "network b { input x: [1.5] }\n"
      "netwrok c { dense }\n"
      "param ok = if 1 = 2 then 3\n"
      "network d { dense\n");
  std::vector<std::uint32_t> lines;
  for (const Diagnostic& d : parsed.diagnostics.all()) lines.push_back(parsed.sources.position(0, d.span.begin).line);
  CAPTURE(parsed.messages());
  CHECK(lines == std::vector<std::uint32_t>{2, 4, 5, 6, 7, 8, 9, 10, 11, 11, 12, 14, 15, 16, 17, 19});
}

TEST_CASE("a text that is no spec at all is not quoted whole") {
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "network n { @ }\n";
  const Parsed parsed(text);
  CHECK(parsed.diagnostics.all().size() == 100);
}

TEST_CASE("every syntax code has a case here") {
  std::set<Code> seen{Code::binary_file, Code::number_too_long, Code::too_deep};
  for (const Fault& fault : kFaults) seen.insert(fault.code);
  for (const CodeInfo& info : all_codes()) {
    if (static_cast<int>(info.code) >= 1100) break;
    CHECK_MESSAGE(seen.contains(info.code), info.name);
    CHECK(info.paragraph.size() > 20);
    CHECK_FALSE(info.example.empty());
  }
}
