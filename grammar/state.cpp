#include "grammar/state.hpp"

#include <algorithm>

#include "grammar/parse.hpp"
#include "grammar/wording.hpp"

namespace ntkc::grammar {
namespace {

constexpr int kMaxFailures = 100;  // a file that is no spec at all need not be quoted whole

}  // namespace

State::State(const Sources& sources, std::uint32_t file, Diagnostics& diagnostics)
    : base_(sources.text(file).data()),
      begin_(base_ + (sources.text(file).starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0)),
      end_(base_ + sources.text(file).size()),
      file_(file),
      diagnostics_(diagnostics) {}

Span State::span(const char* from, const char* to) const {
  return {file_, static_cast<std::uint32_t>(from - base_), static_cast<std::uint32_t>(to - base_)};
}

bool State::scan(std::vector<ast::Comment>& comments) {
  const std::string_view text(base_, static_cast<std::size_t>(end_ - base_));
  if (const auto nul = text.find('\0'); nul != text.npos) {
    report_at(Code::binary_file, text.substr(nul, 1), nul);
    return false;
  }
  if (const auto bad = find_invalid_utf8(text); bad != text.npos) {
    report_at(Code::invalid_utf8, text.substr(bad, 1), static_cast<unsigned char>(text[bad]), bad);
    return false;
  }
  for (Token token = next_token(begin_, end_); token.kind != Token::Kind::end; token = next_token(token.end(), end_)) {
    if (token.kind == Token::Kind::open_comment) {
      report_at(Code::unterminated_comment, token.text.substr(0, 2)).suggest("close it with `*/`");
      return false;
    }
    if (token.kind == Token::Kind::comment) comments.push_back({span(token.begin(), token.end()), std::string(token.text)});
    if (token.kind == Token::Kind::symbol && token.text.find_first_of("(){}[];") == 0) brackets_.push_back(token.begin());
  }
  return true;
}

void State::deepen(const char* where, int levels) {
  depth += levels;
  if (depth <= kMaxNesting) return;
  report_at(Code::too_deep, next_word(where, end_).text, kMaxNesting).suggest("use a `block` or a `param` for the inner part");
  throw Abandon{};
}

// Parentheses never contain braces or semicolons, so these end any parenthesis that was left open.
std::vector<const char*> State::open_brackets(const char* where) const {
  std::vector<const char*> open;
  const auto drop_parentheses = [&] {
    while (!open.empty() && *open.back() != '{') open.pop_back();
  };
  for (const char* bracket : brackets_) {
    if (bracket >= where) break;
    if (*bracket == '(' || *bracket == '[') {
      open.push_back(bracket);
    } else if (*bracket == ')' || *bracket == ']') {
      if (!open.empty() && *open.back() == (*bracket == ')' ? '(' : '[')) open.pop_back();
    } else {
      drop_parentheses();
      if (*bracket == '{') open.push_back(bracket);
      if (*bracket == '}' && !open.empty()) open.pop_back();
    }
  }
  return open;
}

const char* State::expected(const char* where, std::string_view which) {
  const Token found = next_word(where, end_);
  if (found.begin() == last_failure_) return where;
  if (++failures_ > kMaxFailures) throw Abandon{};
  last_failure_ = found.begin();
  const bool wants_name = which == "NAME" || which == "QNAME" || which == "layer";
  if (wants_name && is_reserved(found.text) && !first_on_line(found.begin())) {
    report(Code::reserved_word, found.text).suggest(fmt::format("choose another name, such as `{}_`", found.text));
    return found.end();
  }
  const std::string_view what = in_words(which);
  const bool closing = which == "`}`" || which == "`)`" || which == "`]`";
  const auto [opener, kind] = which == "`}`"   ? std::pair{'{', "body"}
                              : which == "`)`" ? std::pair{'(', "parenthesis"}
                                               : std::pair{'[', "bracket"};
  const auto open = closing ? open_brackets(found.begin()) : std::vector<const char*>{};
  const auto opened = std::find_if(open.rbegin(), open.rend(), [opener = opener](const char* bracket) { return *bracket == opener; });
  Diagnostic& diagnostic = opened == open.rend() ? report_at(Code::expected, found.text, what, describe(found))
                                                 : report_at(Code::unclosed, found.text, what, kind, describe(found));
  if (opened != open.rend()) diagnostic.note(span(*opened, *opened + 1), "opened here");
  diagnostic.help = help_for(which, found);
  return where;
}

bool State::first_on_line(const char* at) const {
  while (at != base_ && is_space(at[-1]) && at[-1] != '\n') --at;
  return at == base_ || at[-1] == '\n';
}

const char* State::after_statement(const char* start, const char* where) const {
  Token token = next_word(where, end_);
  const bool progress = token.begin() > start;
  std::ptrdiff_t braces = 0, parentheses = 0;
  for (const char* bracket : open_brackets(token.begin()))
    if (bracket >= start) ++(*bracket == '{' ? braces : parentheses);
  for (bool first = true;; first = false, token = next_word(token.end(), end_)) {
    if (token.kind == Token::Kind::end || starts_item(token.text)) return token.begin();
    if (token.text == "}" && braces-- == 0) return token.begin();
    if (braces == 0 && (!first || progress)) {
      if (token.text == ";" || starts_statement(token.text)) return token.begin();
      if (first_on_line(token.begin()) && parentheses == 0 && token.text != "{" && token.text != "}") return token.begin();
    }
    if (token.text == "{") ++braces;
    if (token.text == "(" || token.text == "[") ++parentheses;
    if ((token.text == ")" || token.text == "]") && parentheses > 0) --parentheses;
  }
}

const char* State::after_item(const char* start, const char* where) const {
  Token token = next_word(where, end_);
  auto braces = std::ranges::count_if(open_brackets(token.begin()), [](const char* bracket) { return *bracket == '{'; });
  for (bool skip = token.begin() <= start; token.kind != Token::Kind::end; skip = false, token = next_word(token.end(), end_)) {
    const bool inside_too = token.text == "param" || token.text == "const" || token.text == "from";
    if (!skip && (starts_item(token.text) || (inside_too && braces <= 0))) break;
    if (token.text == "{") ++braces;
    if (token.text == "}") --braces;
  }
  return token.begin();
}

}  // namespace ntkc::grammar
