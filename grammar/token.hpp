// A plain reader of tokens beside the grammar: for what comes before it (comments, brackets, encoding) and after its failures.
#pragma once
#include <span>
#include <string_view>
#include <vector>

namespace ntkc::grammar {

struct Token {
  enum class Kind { end, word, number, string, comment, open_comment, symbol };
  Kind kind = Kind::end;
  std::string_view text;  // a part of the source; empty at the end
  const char* begin() const { return text.data(); }
  const char* end() const { return text.data() + text.size(); }
};

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";  // before the text, and no part of it

bool is_space(char c);
bool is_digit(char c);
bool is_word_start(char c);  // [A-Za-z_]
bool is_word_part(char c);   // [A-Za-z0-9_]

// The next token at or after `at`, comments included. A string ends at its quote or with its line.
Token next_token(const char* at, const char* end);
// The same, comments left out.
Token next_word(const char* at, const char* end);

std::span<const std::string_view> reserved_words();
bool is_reserved(std::string_view word);
bool starts_item(std::string_view word);       // import, activation, block, network: never inside a body
bool starts_statement(std::string_view word);  // a reserved word that no expression has

// The offset of the first byte that is not UTF-8 (overlong forms and surrogates are not), or npos.
std::size_t find_invalid_utf8(std::string_view text);

}  // namespace ntkc::grammar
