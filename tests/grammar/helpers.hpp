// A text through the parser, with all it left.
#pragma once
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "grammar/parse.hpp"

namespace ntkc::test {

struct Parsed {
  Sources sources;
  Diagnostics diagnostics;
  std::optional<ast::File> file;

  explicit Parsed(std::string text) {
    const auto number = sources.add("test.ntk", std::move(text));
    file = grammar::parse(sources, number, diagnostics);
  }
  std::string_view at(Span span) const { return std::string_view(sources.text(span.file)).substr(span.begin, span.end - span.begin); }
  std::vector<Code> codes() const {
    std::vector<Code> result;
    for (const Diagnostic& d : diagnostics.all()) result.push_back(d.code);
    return result;
  }
  std::string messages() const {
    std::string result;
    for (const Diagnostic& d : diagnostics.all()) result += fmt::format("{}: {}\n", d.span.begin, d.message);
    return result;
  }
};

inline std::string repeated(std::string_view text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

}  // namespace ntkc::test
