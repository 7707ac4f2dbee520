#include "support/source.hpp"

#include <algorithm>

namespace ntkc {

std::uint32_t Sources::add(std::string name, std::string text) {
  File& file = files_.emplace_back(File{std::move(name), std::move(text), {0}});
  for (std::size_t i = 0; i < file.text.size(); ++i)
    if (file.text[i] == '\n') file.line_starts.push_back(static_cast<std::uint32_t>(i + 1));
  return static_cast<std::uint32_t>(files_.size() - 1);
}

Sources::Position Sources::position(std::uint32_t file, std::uint32_t offset) const {
  const File& f = files_[file];
  const auto next = std::upper_bound(f.line_starts.begin(), f.line_starts.end(), offset);
  const std::uint32_t start = *(next - 1);
  const auto end = std::min<std::size_t>(offset, f.text.size());
  const auto is_code_point = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  const auto before = std::count_if(f.text.begin() + start, f.text.begin() + static_cast<std::ptrdiff_t>(end), is_code_point);
  return {static_cast<std::uint32_t>(next - f.line_starts.begin()), static_cast<std::uint32_t>(before + 1)};
}

std::string_view Sources::line(std::uint32_t file, std::uint32_t number) const {
  const File& f = files_[file];
  const std::size_t begin = f.line_starts[number - 1];
  std::size_t end = number < f.line_starts.size() ? f.line_starts[number] - 1 : f.text.size();
  if (end > begin && f.text[end - 1] == '\r') --end;
  return std::string_view(f.text).substr(begin, end - begin);
}

}  // namespace ntkc
