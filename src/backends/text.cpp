#include "backends/text.hpp"

#include <fmt/format.h>

#include <cmath>

namespace ntkc::backends {

constexpr std::size_t kColumns = 140;

namespace {

// Where a statement of more than `room` columns is broken: after a comma or an operator that is in no string; npos if there is no such
// place.
std::size_t break_of(std::string_view text, std::size_t room) {
  std::size_t best = std::string_view::npos;
  bool quoted = false;
  for (std::size_t i = 1; i < text.size() && i <= room; ++i) {
    if (text[i] == '"' && text[i - 1] != '\\') quoted = !quoted;
    if (!quoted && text[i] == ' ' && std::string_view(",+-*/=").find(text[i - 1]) != std::string_view::npos) best = i;
  }
  return best;
}

}  // namespace

void Text::line(std::string_view text) {
  std::size_t indent = 2 * static_cast<std::size_t>(depth_);
  while (indent + text.size() > kColumns && !text.starts_with("//")) {
    const auto end = break_of(text, kColumns - indent);
    if (end == std::string_view::npos) break;
    text_.append(indent, ' ').append(text.substr(0, end)) += '\n';
    text.remove_prefix(end + 1);
    indent = 2 * static_cast<std::size_t>(depth_) + 4;
  }
  if (!text.empty()) text_.append(indent, ' ').append(text);
  text_ += '\n';
}

void Text::open(std::string_view text) {
  line(fmt::format("{} {{", text));
  ++depth_;
}

void Text::close(std::string_view end) {
  --depth_;
  line(end);
}

void Text::label(std::string_view text) { text_.append(static_cast<std::size_t>(2 * depth_ - 1), ' ').append(text) += '\n'; }

bool Text::mentions(std::string_view word) const {
  const auto inside = [](char c) { return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  for (auto at = text_.find(word); at != std::string::npos; at = text_.find(word, at + 1)) {
    const auto end = at + word.size();
    if ((at == 0 || !inside(text_[at - 1])) && (end == text_.size() || !inside(text_[end]))) return true;
  }
  return false;
}

void Text::comment(std::string_view text, std::string_view mark) {
  std::string clean;
  for (const char c : text)
    clean += static_cast<unsigned char>(c) < 32 || c == 127 ? ' ' : c == '\\' ? '/' : c;  // "\\\n" would go on in the next line
  const std::size_t room = kColumns - static_cast<std::size_t>(2 * depth_) - mark.size() - 1;
  while (clean.size() > room) {
    const auto blank = clean.rfind(' ', room);
    if (blank == std::string::npos || blank == 0) break;
    line(fmt::format("{} {}", mark, clean.substr(0, blank)));
    clean.erase(0, blank + 1);
  }
  line(fmt::format("{} {}", mark, clean));
}

std::string double_literal(double value) {
  if (std::isinf(value)) return value > 0 ? "std::numeric_limits<double>::infinity()" : "-std::numeric_limits<double>::infinity()";
  auto text = fmt::format("{}", value);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

std::string string_literal(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\' || c == '?') out += '\\';
    if (static_cast<unsigned char>(c) < 32 || c == 127)
      out += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out + '"';
}

}  // namespace ntkc::backends
