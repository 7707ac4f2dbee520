// Reads one line of IR text, token by token. Errors throw std::invalid_argument with the line.
#pragma once
#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <string_view>

#include "ir/names.hpp"

namespace ntkc::ir {

class Lexer {
 public:
  explicit Lexer(std::string_view line) : line_(line) { skip(); }

  bool at_end() const { return at_ >= line_.size(); }
  char peek() const { return at_end() ? '\0' : line_[at_]; }
  bool at_word() const { return is_letter(peek()); }
  bool at_number() const {
    return is_digit(peek()) || (peek() == '-' && at_ + 1 < line_.size() && (is_digit(line_[at_ + 1]) || line_[at_ + 1] == 'i'));
  }
  bool at_word(std::string_view word) const {
    return line_.substr(at_, word.size()) == word && (at_ + word.size() >= line_.size() || !name_char(line_[at_ + word.size()], false));
  }

  bool accept(std::string_view symbol) {
    if (line_.substr(at_, symbol.size()) != symbol) return false;
    at_ += symbol.size();
    skip();
    return true;
  }
  void expect(std::string_view symbol) {
    if (!accept(symbol)) fail(fmt::format("expected `{}`", symbol));
  }
  std::string word(bool dots = false) {
    if (!at_word()) fail("expected a name");
    return take([&](char c) { return name_char(c, dots); });
  }
  // A number's text, `inf` and `-inf` included.
  std::string number() {
    std::string text;
    if (peek() == '-') text += line_[at_++];
    char last = 0;
    text += take([&](char c) {
      const bool ok = is_digit(c) || is_letter(c) || c == '.' || ((c == '-' || c == '+') && (last == 'e' || last == 'E'));
      last = c;
      return ok;
    });
    if (text.empty() || text == "-") fail("expected a number");
    return text;
  }
  std::uint64_t count() {
    const std::string text = number();
    if (text.find_first_not_of("0123456789") != std::string::npos || text.size() > 19) fail("expected a count");
    return std::stoull(text);
  }
  std::string quoted() {
    expect("\"");
    std::string text;
    while (!at_end() && line_[at_] != '"') text += line_[at_++];
    expect("\"");
    return text;
  }
  std::string rest() {
    std::string text(line_.substr(at_));
    at_ = line_.size();
    return text;
  }
  [[noreturn]] void fail(const std::string& what) const {
    throw std::invalid_argument(fmt::format("{} at column {} of: {}", what, at_ + 1, line_));
  }

 private:
  static bool name_char(char c, bool dots) { return is_letter(c) || is_digit(c) || (dots && c == '.'); }
  template <class Accepts>
  std::string take(Accepts accepts) {
    const std::size_t begin = at_;
    while (!at_end() && accepts(line_[at_])) ++at_;
    std::string text(line_.substr(begin, at_ - begin));
    skip();
    return text;
  }
  void skip() {
    while (!at_end() && line_[at_] == ' ') ++at_;
  }

  std::string_view line_;
  std::size_t at_ = 0;
};

}  // namespace ntkc::ir
