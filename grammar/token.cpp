#include "grammar/token.hpp"

#include <algorithm>

namespace ntkc::grammar {
namespace {

constexpr std::string_view kReserved[] = {"import",  "from", "param", "const",  "in",     "activation", "block",    "network",  "input",
                                          "default", "let",  "as",    "repeat", "shared", "scan",       "residual", "shortcut", "branch",
                                          "if",      "then", "else",  "and",    "or",     "not",        "true",     "false"};

// Symbols of two characters; the wrong ones are here so that messages name them whole.
constexpr std::string_view kPairs[] = {"<=", ">=", "==", "!=", "&&", "||", "**", "->", "=>", ":=", "+=", "-=", "*=", "/=", "++"};

const char* string_end(const char* at, const char* end) {
  for (++at; at != end && *at != '\n' && *at != '\r'; ++at) {
    if (*at == '"') return at + 1;
    if (*at == '\\' && at + 1 != end && at[1] != '\n' && at[1] != '\r') ++at;
  }
  return at;
}

// As C's preprocessing numbers: everything that runs on after a digit belongs to the number, right or wrong.
const char* number_end(const char* at, const char* end) {
  for (; at != end; ++at) {
    const bool sign = (*at == '+' || *at == '-') && (at[-1] == 'e' || at[-1] == 'E');
    if (!is_word_part(*at) && *at != '.' && !sign) break;
  }
  return at;
}

std::size_t code_point_length(const char* at, const char* end) {
  std::size_t length = 1;
  if ((static_cast<unsigned char>(*at) & 0xC0) == 0xC0)
    while (at + length != end && length < 4 && (static_cast<unsigned char>(at[length]) & 0xC0) == 0x80) ++length;
  return length;
}

}  // namespace

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_word_part(char c) { return is_word_start(c) || is_digit(c); }

Token next_token(const char* at, const char* end) {
  at = std::find_if_not(at, end, is_space);
  const auto token = [&](Token::Kind kind, const char* stop) { return Token{kind, {at, static_cast<std::size_t>(stop - at)}}; };
  if (at == end) return token(Token::Kind::end, at);
  const char next = at + 1 != end ? at[1] : '\0';
  if (is_word_start(*at)) return token(Token::Kind::word, std::find_if_not(at, end, is_word_part));
  if (is_digit(*at) || (*at == '.' && is_digit(next))) return token(Token::Kind::number, number_end(at + 1, end));
  if (*at == '"') return token(Token::Kind::string, string_end(at, end));
  if (*at == '/' && next == '/') {
    const char* stop = std::find(at, end, '\n');
    if (stop != end && stop[-1] == '\r') --stop;
    return token(Token::Kind::comment, stop);
  }
  if (*at == '/' && next == '*') {
    const std::string_view rest(at + 2, static_cast<std::size_t>(end - at - 2));
    const auto close = rest.find("*/");
    if (close == std::string_view::npos) return token(Token::Kind::open_comment, end);
    return token(Token::Kind::comment, rest.data() + close + 2);
  }
  for (const auto pair : kPairs)
    if (*at == pair[0] && next == pair[1]) return token(Token::Kind::symbol, at + 2);
  return token(Token::Kind::symbol, at + code_point_length(at, end));
}

Token next_word(const char* at, const char* end) {
  Token token = next_token(at, end);
  while (token.kind == Token::Kind::comment || token.kind == Token::Kind::open_comment) token = next_token(token.end(), end);
  return token;
}

std::span<const std::string_view> reserved_words() { return kReserved; }
bool is_reserved(std::string_view word) { return std::ranges::find(kReserved, word) != std::end(kReserved); }

bool starts_item(std::string_view word) { return word == "import" || word == "activation" || word == "block" || word == "network"; }

bool starts_statement(std::string_view word) {
  constexpr std::string_view words[] = {"input",  "param", "const",    "default", "let",     "as",
                                        "repeat", "scan",  "residual", "branch",  "shortcut"};
  return std::ranges::find(words, word) != std::end(words);
}

std::size_t find_invalid_utf8(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) { return byte(i) >= low && byte(i) <= high; };
  for (std::size_t i = 0; i < text.size();) {
    const unsigned lead = byte(i);
    if (lead < 0x80) {
      ++i;
    } else if (lead >= 0xC2 && lead <= 0xDF && follows(i + 1)) {
      i += 2;
    } else if (lead >= 0xE0 && lead <= 0xEF && follows(i + 1, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF) && follows(i + 2)) {
      i += 3;
    } else if (lead >= 0xF0 && lead <= 0xF4 && follows(i + 1, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF) && follows(i + 2) &&
               follows(i + 3)) {
      i += 4;
    } else {
      return i;
    }
  }
  return std::string_view::npos;
}

}  // namespace ntkc::grammar
