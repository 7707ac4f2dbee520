// Lines of a generated file, and what may stand in them.
#pragma once
#include <string>
#include <string_view>

namespace ntkc::backends {

class Text {
 public:
  explicit Text(int depth = 0) : depth_(depth) {}
  void line(std::string_view text);  // at the current depth; an empty line has no blanks
  void open(std::string_view text);  // "text {", deeper
  void close(std::string_view end = "}");
  void label(std::string_view text);  // "public:", half a step to the left
  void append(const Text& inner) { text_ += inner.text_; }
  bool mentions(std::string_view word) const;  // as a whole identifier
  int depth() const { return depth_; }
  void comment(std::string_view text, std::string_view mark = "//");  // broken into lines; whatever `text` holds, it ends no comment
  void raw(std::string_view text) { text_ += text; }
  std::string take() && { return std::move(text_); }

 private:
  std::string text_;
  int depth_;
};

std::string double_literal(double value);           // of type double; reads back exactly
std::string string_literal(std::string_view text);  // of C and C++

}  // namespace ntkc::backends
