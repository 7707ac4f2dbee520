// Source texts and places in them.
#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace ntkc {

// A half-open range of bytes in one source text.
struct Span {
  std::uint32_t file = 0, begin = 0, end = 0;
  auto operator<=>(const Span&) const = default;
};

// The texts of one compilation, in the order in which they were loaded. A file's number is its index.
class Sources {
 public:
  struct Position {
    std::uint32_t line, column;  // from 1; a column counts code points
  };

  std::uint32_t add(std::string name, std::string text);
  std::size_t size() const { return files_.size(); }
  const std::string& name(std::uint32_t file) const { return files_[file].name; }
  const std::string& text(std::uint32_t file) const { return files_[file].text; }
  Position position(std::uint32_t file, std::uint32_t offset) const;
  std::string_view line(std::uint32_t file, std::uint32_t number) const;  // without its end of line

 private:
  struct File {
    std::string name, text;
    std::vector<std::uint32_t> line_starts;
  };
  std::deque<File> files_;  // a deque: references to texts stay valid
};

}  // namespace ntkc
