// Formatting keeps the tree and the comments, and settles at once.
#include "format/format.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "../sanitizers.hpp"
#include "doctest/doctest.h"
#include "ebnf.hpp"
#include "grammar/std.hpp"
#include "helpers.hpp"

using namespace ntkc;
using test::Parsed;

namespace {

std::string formatted(const Parsed& parsed) { return format::format(*parsed.file, parsed.sources); }
std::string formatted(const std::string& text) {
  const Parsed parsed(text);
  REQUIRE_MESSAGE(parsed.file, text, parsed.messages());
  return formatted(parsed);
}

std::vector<std::string> comments(const Parsed& parsed) {
  std::vector<std::string> result;
  for (const ast::Comment& comment : parsed.file->comments) {
    std::string text = comment.text;
    std::erase(text, '\r');
    while (!text.empty() && text.back() == ' ') text.pop_back();
    result.push_back(std::move(text));
  }
  return result;
}

void check_properties(const std::string& text) {
  const Parsed before(text);
  REQUIRE_MESSAGE(before.file, text, before.messages());
  const std::string once = formatted(before);
  const Parsed after(once);
  REQUIRE_MESSAGE(after.file, text, "\nbecame\n", once, after.messages());
  CHECK_MESSAGE(ast::to_text(*before.file) == ast::to_text(*after.file), text, "\nbecame\n", once);
  CHECK_MESSAGE(comments(before) == comments(after), text, "\nbecame\n", once);
  CHECK_MESSAGE(formatted(after) == once, text, "\nbecame\n", once, "\nand then\n", formatted(after));
  CHECK(once.find(" \n") == once.npos);
  CHECK(once.find("\n\n\n") == once.npos);
}

std::vector<std::string> example_texts() {
  std::vector<std::string> texts;
  for (const auto& file : grammar::std_files()) texts.emplace_back(file.text);
  for (const char* folder : {"/tests/grammar/specs", "/examples"})
    for (const auto& entry : std::filesystem::recursive_directory_iterator(std::string(NTKC_SOURCE_DIR) + folder))
      if (entry.path().extension() == ".ntk") {
        std::ifstream file(entry.path());
        texts.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
      }
  return texts;
}

}  // namespace

TEST_CASE("all examples keep their tree and their comments") {
  const auto texts = example_texts();
  CHECK(texts.size() > 25);
  for (const std::string& text : texts) check_properties(text);
}

TEST_CASE("a thousand generated specs keep their tree and their comments") {
  constexpr std::uint64_t kSeed = 7;
  MESSAGE("seed ", kSeed);
  const test::Ebnf ebnf = test::language_ebnf();
  std::mt19937_64 random(kSeed);
  for (int done = 0; done < tests::cases(1000);) {
    const auto sentence = ebnf.sentence(random, 8 + done % 15);
    if (sentence.size() < 5 || sentence.size() > 1500) continue;
    check_properties(test::laid_out(sentence, random));
    ++done;
  }
}

TEST_CASE("what is inside the compiler is in the canonical layout") {
  for (const auto& file : grammar::std_files()) CHECK_MESSAGE(formatted(std::string(file.text)) == file.text, file.name);
}

TEST_CASE("blanks and lines") {
  CHECK(formatted("") == "");
  CHECK(formatted("\xEF\xBB\xBF  ntk   1;param a=-x^- 2*(3 -y)in[ 0,10 ];") == "ntk 1\nparam a = -x^-2 * (3 - y) in [0, 10]\n");
  CHECK(formatted("param a=if not(b<1)then f ( c,d=[1,- 2] )else-e") == "param a = if not (b < 1) then f(c, d = [1, -2]) else -e\n");
  CHECK(formatted("\n\n\nparam a = 1\n\n\n\nparam b = 2 param c = 3") == "param a = 1\n\nparam b = 2\nparam c = 3\n");
  CHECK(formatted("network n{input x:[3,T];default(a=1)default conv(b=2)}") ==
        "network n { input x: [3, T]; default (a = 1); default conv(b = 2) }\n");
  CHECK(formatted("network n {\ninput x:[3]\ndense;relu\n\n\nrepeat 3 shared{dense;tanh}dense }") ==
        "network n {\n  input x: [3]\n  dense; relu\n\n  repeat 3 shared { dense; tanh }; dense\n}\n");
  CHECK(formatted("network n { residual(scale=2){\nrelu } shortcut{ } repeat 2 {\n} }") ==
        "network n {\n  residual(scale = 2) {\n    relu\n  } shortcut {}\n  repeat 2 {}\n}\n");
  CHECK(formatted("block b(s=2){sum{branch{dense};branch from h{ }}}") == "block b(s = 2) { sum { branch { dense } branch from h {} } }\n");
}

TEST_CASE("comments stay where they were") {
  CHECK(formatted("// head\n\n\nntk 1 // version\nparam abc = 1// one\n/* two */param c = 2 /* three */\n// tail") ==
        "// head\n\nntk 1          // version\nparam abc = 1  // one\n/* two */ param c = 2 /* three */\n// tail\n");
  CHECK(formatted("network n { // open\n dense // a\n\n // own\n relu; /* b */ tanh // c\n // last\n} // end") ==
        "network n {  // open\n  dense      // a\n\n  // own\n  relu /* b */; tanh  // c\n  // last\n}  // end\n");
  CHECK(formatted("network n { dense( // why\n a = 1, // one\n // own\n b = 2) }") ==
        "network n {\n  dense(      // why\n      a = 1,  // one\n      // own\n      b = 2)\n}\n");
}

TEST_CASE("a hundred columns") {
  const std::string wide = formatted("network n { input x: [3]; " + test::repeated("dense; relu; ", 30) + "}");
  const std::string chain = formatted("param a = 1" + test::repeated(" + sqrt(2)", 100));
  const std::string args = formatted("network n { dense(sigma_w = 1" + test::repeated(", argument = 12345", 20) + ") }");
  for (const std::string& text : {wide, chain, args}) {
    std::size_t longest = 0;
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) longest = std::max(longest, text.find('\n', at) - at);
    CHECK_MESSAGE(longest <= 100, text);
    CHECK_MESSAGE(longest > 80, text);
  }
}
