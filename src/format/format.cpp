#include "format/format.hpp"

#include <algorithm>
#include <optional>

#include "format/pieces.hpp"

namespace ntkc::format {
namespace {

constexpr std::size_t kColumns = 100;
constexpr std::size_t kIndent = 2, kContinuation = 4;

class Printer {
 public:
  explicit Printer(std::vector<Piece> pieces) : pieces_(std::move(pieces)) {}

  std::string print() {
    sequence(0, pieces_.size(), 0, /*top=*/true);
    if (!text_.empty()) text_ += '\n';
    return aligned();
  }

 private:
  std::size_t column() const { return columns_of(std::string_view(text_).substr(line_start_)); }
  static std::size_t columns_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
  }

  void new_line(std::size_t indent, bool blank = false) {
    if (text_.empty()) return;
    text_ += blank ? "\n\n" : "\n";
    line_start_ = text_.size();
    text_.append(indent, ' ');
  }

  void add(std::string_view text) {
    for (const char c : text)
      if (c != '\r') text_ += c;
    if (const auto line = text.rfind('\n'); line != text.npos) line_start_ = text_.rfind('\n') + 1;
  }

  void add_trailing(std::string_view comment) {
    trailing_.push_back({text_.size(), column()});
    add("  ");
    add(comment);
  }

  // Line comments behind the code of neighbouring lines begin in one column.
  std::string aligned() const {
    std::string result;
    std::size_t done = 0;
    for (std::size_t first = 0, next = 0; first < trailing_.size(); first = next) {
      std::size_t widest = trailing_[first].column;
      for (next = first + 1; next < trailing_.size(); ++next) {
        const auto lines = std::count(text_.begin() + static_cast<std::ptrdiff_t>(trailing_[next - 1].offset),
                                      text_.begin() + static_cast<std::ptrdiff_t>(trailing_[next].offset), '\n');
        if (lines != 1) break;
        widest = std::max(widest, trailing_[next].column);
      }
      for (std::size_t i = first; i < next; ++i) {
        result.append(text_, done, trailing_[i].offset - done).append(widest - trailing_[i].column, ' ');
        done = trailing_[i].offset;
      }
    }
    return result.append(text_, done);
  }

  // The text of pieces [from, to) in one line, or nothing if it cannot be or is wider than `room`.
  std::optional<std::string> one_line(std::size_t from, std::size_t to, std::size_t room) const {
    std::string line;
    bool follows = false;  // a statement of this body
    for (std::size_t i = from; i < to; ++i) {
      const Piece& piece = pieces_[i];
      if (piece.line_comment || piece.several_lines || (i > from && piece.newlines > 0 && inside_body(from, i))) return std::nullopt;
      if (piece.starts && piece.text != "branch" && follows) line += ';';
      if (i > from && space_between(pieces_[i - 1], piece)) line += ' ';
      line += piece.text;
      if (!piece.comment) follows = piece.text != "{";
      if (line.size() > 4 * room || columns_of(line) > room) return std::nullopt;
    }
    return line;
  }

  // Only what stands between braces must have been on one line to stay there.
  bool inside_body(std::size_t from, std::size_t at) const {
    int braces = 0;
    for (std::size_t i = from; i < at; ++i) braces += pieces_[i].text == "{" ? 1 : pieces_[i].text == "}" ? -1 : 0;
    return braces > 0;
  }

  std::size_t room() const { return kColumns - std::min(kColumns, column()); }

  // Statements (or declarations) with the comments between them.
  void sequence(std::size_t from, std::size_t to, std::size_t indent, bool top) {
    bool side_by_side = false;   // another statement may stand in this line
    bool only_comments = false;  // this line has nothing but comments
    for (std::size_t i = from; i < to;) {
      const Piece& piece = pieces_[i];
      const bool blank = piece.newlines > 1 && i > from;
      if (piece.comment) {
        if (piece.newlines > 0 || text_.empty()) {
          new_line(indent, blank);
          only_comments = true;
          add(piece.text);
        } else if (piece.line_comment) {
          add_trailing(piece.text);
        } else {
          add(" ");
          add(piece.text);
        }
        side_by_side = side_by_side && !piece.line_comment && piece.newlines == 0 && !piece.several_lines;
        ++i;
        continue;
      }
      const std::size_t end = statement_end(i, to);
      const bool same_line = i > from && piece.newlines == 0;
      if (same_line && only_comments) {
        add(" ");
        side_by_side = statement(i, end, indent);
      } else if (const auto line =
                     same_line && side_by_side && !top ? one_line(i, end, room() - std::min<std::size_t>(room(), 2)) : std::nullopt) {
        add(piece.text == "branch" ? " " : "; ");
        add(*line);
      } else {
        new_line(indent, blank);
        side_by_side = statement(i, end, indent);
      }
      only_comments = false;
      i = end;
    }
  }

  // The index behind the last token of the statement that begins at `i`; comments after it are not its own.
  std::size_t statement_end(std::size_t i, std::size_t to) const {
    std::size_t end = i + 1;
    for (std::size_t at = i; at < to && (at == i || !pieces_[at].starts); ++at) {
      if (pieces_[at].text == "{") at = pieces_[at].match;
      if (!pieces_[at].comment) end = at + 1;
    }
    return end;
  }

  // Returns whether it took one line.
  bool statement(std::size_t from, std::size_t to, std::size_t indent) {
    const std::size_t line = line_start_;
    for (std::size_t i = from; i < to; ++i) {
      const Piece& piece = pieces_[i];
      const bool broken = i > from && pieces_[i - 1].line_comment;
      const bool own_line = piece.comment && piece.newlines > 0 && i > from;
      if (piece.line_comment && !own_line && !broken) {
        add_trailing(piece.text);
        continue;
      }
      if (broken || own_line || (i > from && must_wrap(i, to, indent)))
        new_line(indent + kContinuation);
      else if (i > from && space_between(pieces_[i - 1], piece))
        add(" ");
      if (piece.text != "{" || piece.match == i + 1) {
        add(piece.text);
      } else if (const auto body = one_line(i, piece.match + 1, room())) {
        add(*body);
        i = piece.match;
      } else {
        add("{");
        sequence(i + 1, piece.match, indent + kIndent, false);
        new_line(indent);
        add("}");
        i = piece.match;
      }
    }
    return line == line_start_;
  }

  // Whether what comes until the next place for a break would leave the page.
  bool must_wrap(std::size_t at, std::size_t to, std::size_t indent) const {
    if (!may_break_between(pieces_[at - 1], pieces_[at]) || column() <= indent + kContinuation) return false;
    std::size_t end = at + 1;
    while (end < to && pieces_[end].text != "{" && !may_break_between(pieces_[end - 1], pieces_[end])) ++end;
    std::size_t width = 1;
    for (std::size_t i = at; i < end; ++i)
      width += columns_of(pieces_[i].text) + (i > at && space_between(pieces_[i - 1], pieces_[i]) ? 1 : 0);
    return width > room();
  }

  std::vector<Piece> pieces_;
  std::string text_;
  std::size_t line_start_ = 0;
  struct Trailing {
    std::size_t offset, column;
  };
  std::vector<Trailing> trailing_;  // line comments behind code: where in text_
};

}  // namespace

std::string format(const ast::File& file, const Sources& sources) { return Printer(pieces_of(file, sources)).print(); }

}  // namespace ntkc::format
