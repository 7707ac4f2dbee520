// The EBNF of the language reference and the parser are the same language.
#include <fstream>
#include <iterator>
#include <random>
#include <regex>

#include "../sanitizers.hpp"
#include "doctest/doctest.h"
#include "ebnf.hpp"
#include "helpers.hpp"

using namespace ntkc;

namespace {

constexpr std::uint64_t kSeed = 20240601;

std::string joined(const std::vector<std::string>& tokens) {
  std::string text;
  for (const std::string& token : tokens) text += token + ' ';
  return text;
}

}  // namespace

TEST_CASE("every rule of the parser has its name in the EBNF") {
  const test::Ebnf ebnf = test::language_ebnf();
  std::ifstream file(NTKC_SOURCE_DIR "/grammar/rules.hpp");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::regex rule("x3::rule<[^>]*> const [a-z_]+ = \"([^\"]+)\"|const x3::rule<.*> [a-z_]+ = \"([^\"]+)\"");
  int count = 0;
  for (auto at = std::sregex_iterator(text.begin(), text.end(), rule); at != std::sregex_iterator(); ++at, ++count) {
    const std::string name = (*at)[1].matched ? (*at)[1] : (*at)[2];
    const bool terminal = name == "NAME" || name == "INT" || name == "NUMBER" || name == "STRING";
    CHECK_MESSAGE((terminal || ebnf.has(name)), name);
  }
  CHECK(count > 25);
}

TEST_CASE("the parser accepts random sentences of the EBNF") {
  const test::Ebnf ebnf = test::language_ebnf();
  std::mt19937_64 random(kSeed);
  INFO("seed ", kSeed);
  std::size_t tokens = 0;
  for (int i = 0; i < tests::cases(2000); ++i) {
    const auto sentence = ebnf.sentence(random, 5 + i % 20);
    if (sentence.size() > 5000) continue;
    tokens += sentence.size();
    const test::Parsed parsed(test::laid_out(sentence, random));
    CHECK_MESSAGE(parsed.file, i, ": ", joined(sentence), "\n", parsed.messages());
  }
  CHECK(tokens > std::size_t(tests::cases(20'000)));
}

TEST_CASE("the parser and the EBNF agree on mutilated sentences") {
  const test::Ebnf ebnf = test::language_ebnf();
  std::mt19937_64 random(kSeed + 1);
  INFO("seed ", kSeed + 1);
  int accepted = 0, rejected = 0;
  while (accepted + rejected < tests::cases(4000)) {
    auto tokens = ebnf.sentence(random, 14);
    if (tokens.size() < 8 || tokens.size() > 150) continue;
    const auto place = [&] { return std::uniform_int_distribution<std::size_t>(2, tokens.size() - 1)(random); };  // `ntk 1` stays
    switch (std::uniform_int_distribution(0, 2)(random)) {
      case 0:
        tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(place()));
        break;
      case 1:
        tokens.insert(tokens.begin() + static_cast<std::ptrdiff_t>(place()), tokens[place()]);
        break;
      default:
        std::swap(tokens[place()], tokens[place()]);
    }
    const bool right = ebnf.accepts(tokens);
    const test::Parsed parsed(joined(tokens));
    CHECK_MESSAGE(parsed.file.has_value() == right, joined(tokens), "\n", parsed.messages());
    ++(right ? accepted : rejected);
  }
  CHECK(accepted > tests::cases(200));
  CHECK(rejected > tests::cases(200));
}

TEST_CASE("the examples of the language reference parse") {
  std::ifstream file(NTKC_SOURCE_DIR "/grammar/README.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  int count = 0;
  for (auto at = text.find("```ntk\n"); at != text.npos; at = text.find("```ntk\n", at + 1), ++count) {
    const test::Parsed parsed(text.substr(at + 7, text.find("```", at + 7) - at - 7));
    CHECK_MESSAGE(parsed.file, count, parsed.messages());
  }
  CHECK(count >= 5);
}
