#include <algorithm>

#include "driver/print.hpp"

namespace ntkc::driver {
namespace {

struct Style {
  const char *bold, *error, *warning, *note, *help, *reset;
};
constexpr Style kPlain{"", "", "", "", "", ""};
constexpr Style kColor{"\033[1m", "\033[1;31m", "\033[1;35m", "\033[1;36m", "\033[1;32m", "\033[0m"};
constexpr std::size_t kWidest = 160;  // of a printed line: longer ones are cut around the caret

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Columns that a text takes on a terminal: code points. Tabs are kept in the line under it, so they need no width.
std::string blank(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (!continues(c)) out += c == '\t' ? '\t' : ' ';
  return out;
}

std::string carets(std::string_view text) {
  std::string out = "^";
  const auto points = std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); });
  out.append(points > 1 ? static_cast<std::size_t>(points - 1) : 0, '~');
  return out;
}

// A terminal must not be steered by a spec: control characters other than tabs are shown as a replacement character.
std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t') || byte == 0x7F)
      out += "\uFFFD";
    else
      out += c;
  }
  return out;
}

// The line of the span's begin with the span underlined; of a span over several lines, the part on the first.
std::string excerpt(const Sources& sources, Span span, const char* color, const char* reset) {
  const auto position = sources.position(span.file, span.begin);
  std::string_view line = sources.line(span.file, position.line);
  const std::string& text = sources.text(span.file);
  const std::size_t line_begin = static_cast<std::size_t>(line.data() - text.data());
  std::size_t from = std::min<std::size_t>(span.begin - line_begin, line.size());
  std::size_t to = std::clamp<std::size_t>(span.end - line_begin, from, line.size());
  if (line.size() > kWidest) {
    std::size_t cut = from > kWidest / 2 ? from - kWidest / 2 : 0;
    while (cut > 0 && continues(line[cut])) --cut;
    std::size_t length = std::min(kWidest, line.size() - cut);
    while (cut + length < line.size() && continues(line[cut + length])) --length;
    line = line.substr(cut, length);
    from -= cut;
    to = std::min(to - cut, line.size());
  }
  const std::string number = std::to_string(position.line);
  return fmt::format(" {} | {}\n {} | {}{}{}{}\n", number, printable(line), std::string(number.size(), ' '), blank(line.substr(0, from)),
                     color, carets(line.substr(from, to - from)), reset);
}

std::string place(const Sources* sources, Span span) {
  const auto position = sources->position(span.file, span.begin);
  return fmt::format("{}:{}:{}: ", sources->name(span.file), position.line, position.column);
}

std::string one(const Sources* sources, const Diagnostic& d, const Style& style) {
  const bool placed = d.has_span && sources && d.span.file < sources->size();
  const bool error = d.severity == Severity::error;
  const char* color = error ? style.error : style.warning;
  std::string out = fmt::format("{}{}{}{}: {}{}{}{} [{}]\n", style.bold, placed ? place(sources, d.span) : "ntkc: ", color,
                                error ? "error" : "warning", style.reset, style.bold, shortened(d.message), style.reset, spelling(d.code));
  if (placed) out += excerpt(*sources, d.span, color, style.reset);
  for (const Note& note : d.notes) {
    const bool known = sources && note.span.file < sources->size() && note.span != Span{};
    out += fmt::format("{}{}{}note: {}{}\n", style.bold, known ? place(sources, note.span) : "", style.note, style.reset,
                       shortened(note.message));
    if (known) out += excerpt(*sources, note.span, style.note, style.reset);
  }
  if (!d.help.empty()) out += fmt::format("{}help: {}{}\n", style.help, style.reset, shortened(d.help));
  return out;
}

}  // namespace

std::string shortened(const std::string& message) {
  constexpr std::size_t kMost = 1000, kEnds = 400;
  if (message.size() <= kMost) return message;
  std::size_t head = kEnds, tail = message.size() - kEnds;
  while (head > 0 && continues(message[head])) --head;
  while (tail < message.size() && continues(message[tail])) ++tail;
  return message.substr(0, head) + " ... " + message.substr(tail);
}

std::vector<const Diagnostic*> sorted(const Diagnostics& diagnostics) {
  std::vector<const Diagnostic*> order;
  for (const Diagnostic& d : diagnostics.all()) order.push_back(&d);
  std::ranges::stable_sort(order, [](const Diagnostic* a, const Diagnostic* b) {
    if (a->has_span != b->has_span) return !a->has_span;
    return a->has_span && a->span < b->span;
  });
  return order;
}

std::string to_text(const Diagnostic& diagnostic, const Sources* sources, bool color) {
  return one(sources, diagnostic, color ? kColor : kPlain);
}

std::string to_text(std::span<const Findings> findings, bool color) {
  std::string out;
  for (const Findings& f : findings)
    for (const Diagnostic* d : sorted(*f.diagnostics)) out += to_text(*d, f.sources, color);
  return out;
}

}  // namespace ntkc::driver
