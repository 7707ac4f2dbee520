// A row of numbers for each sample, separated by commas, or by semicolons or tabs if the first row has no comma. Blank lines do not count.
#include <charconv>
#include <cstdlib>

#include "io/formats.hpp"

namespace ntkc::io {
namespace {

constexpr std::size_t kLongestLine = 1 << 28;

class Lines {
 public:
  explicit Lines(ByteSource& source) : source_(source) {}
  // The next line without its end; nothing at the end of the file.
  std::optional<std::string_view> next() {
    line_.clear();
    ++number_;
    for (;;) {
      if (at_ == size_) {
        at_ = 0;
        size_ = source_.read(buffer_.data(), buffer_.size());
        if (size_ == 0) break;
      }
      const std::string_view rest(buffer_.data() + at_, size_ - at_);
      const auto end = rest.find('\n');
      line_ += rest.substr(0, end);
      at_ += end == std::string_view::npos ? rest.size() : end + 1;
      if (end != std::string_view::npos || line_.size() > kLongestLine) return trimmed();
    }
    if (line_.empty()) return std::nullopt;
    return trimmed();
  }
  std::size_t number() const { return number_; }

 private:
  std::string_view trimmed() {
    std::string_view line = line_;
    if (number_ == 1 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }
  ByteSource& source_;
  std::vector<char> buffer_ = std::vector<char>(1 << 18);
  std::size_t at_ = 0, size_ = 0, number_ = 0;
  std::string line_;
};

std::string_view trim(std::string_view cell) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!cell.empty() && blank(cell.front())) cell.remove_prefix(1);
  while (!cell.empty() && blank(cell.back())) cell.remove_suffix(1);
  if (cell.size() >= 2 && cell.front() == '"' && cell.back() == '"') cell = cell.substr(1, cell.size() - 2);
  return cell;
}

// Too large or too small for a double: infinity or zero, as strtod has it.
std::optional<double> number(std::string_view cell) {
  cell = trim(cell);
  if (cell.starts_with('+')) cell.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (cell.empty() || end != cell.data() + cell.size() || error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc::result_out_of_range) value = std::strtod(std::string(cell).c_str(), nullptr);  // which of the two
  return value;
}

bool is_whole(std::string_view cell) { return trim(cell).find_first_not_of("+-0123456789") == std::string_view::npos; }

char separator(std::string_view line) {
  for (const char c : {',', ';', '\t'})
    if (line.find(c) != std::string_view::npos) return c;
  return ',';
}

// Calls each(cell, offset) for the cells of a line until it says no.
template <class F>
bool cells(std::string_view line, char by, F each) {
  for (std::size_t at = 0;;) {
    const auto end = std::min(line.find(by, at), line.size());
    if (!each(line.substr(at, end - at), at)) return false;
    if (end == line.size()) return true;
    at = end + 1;
  }
}

}  // namespace

std::optional<Matrix> read_csv(ByteSource& source, const std::string& name, const Rows& rows, Diagnostics& diagnostics) {
  Matrix m;
  m.name = name;
  m.whole = true;
  Lines lines(source);
  std::size_t seen = 0;
  char by = 0;
  while (!rows.end || seen < *rows.end) {
    const auto line = lines.next();
    if (!line) break;
    if (trim(*line).empty()) continue;
    if (line->find('\0') != std::string_view::npos) {
      diagnostics.report_global(Code::data_damaged, name, "it is no text: there is a zero byte in it");
      return std::nullopt;
    }
    if (by == 0) {
      by = separator(*line);
      const bool header = cells(*line, by, [](std::string_view cell, std::size_t) { return !number(cell); });
      if (header) continue;
    }
    const bool wanted = seen >= rows.begin;
    std::size_t count = 0;
    const bool good = cells(*line, by, [&](std::string_view cell, std::size_t offset) {
      const auto value = number(cell);
      if (!value) {
        auto& fault =
            diagnostics.report_global(Code::csv_not_a_number, name, lines.number(), offset + 1, std::string(trim(cell)).substr(0, 40));
        if (seen == 0) fault.suggest("a header is a first row without any number");
        return false;
      }
      if (wanted) m.values.push_back(*value);
      m.whole = m.whole && is_whole(cell);
      ++count;
      return true;
    });
    if (!good) return std::nullopt;
    if (seen == 0) m.columns = count;
    if (count != m.columns) {
      diagnostics.report_global(Code::csv_ragged, name, lines.number(), count, m.columns);
      return std::nullopt;
    }
    ++seen;
  }
  if (const std::string why = source.failure(); !why.empty()) {
    diagnostics.report_global(Code::data_damaged, name, why);
    return std::nullopt;
  }
  const auto end = last_row(rows, seen, name, diagnostics);
  if (!end) return std::nullopt;
  m.rows = *end - rows.begin;
  m.sample = {m.columns};
  return m;
}

}  // namespace ntkc::io
