#include "cli/numbers.hpp"

#include <charconv>
#include <cmath>

#include "io/read.hpp"

namespace ntkc::cli {
namespace {

template <class T>
bool number(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

// Numbers between commas, each larger than the one before.
template <class T>
bool increasing(const std::string& text, std::vector<T>& to) {
  std::vector<T> values;
  for (const std::string_view word : split(text, ',')) {
    T value{};
    if (!number(word, value) || !(value >= 0) || (!values.empty() && !(value > values.back()))) return false;
    values.push_back(value);
  }
  to = std::move(values);
  return true;
}

}  // namespace

std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(by);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

void Numbers::wrong(std::string_view option, const std::string& text, std::string_view what) {
  diagnostics.report_global(Code::option_not_a_number, option, text, what);
}

void Numbers::threads(const std::string& text, unsigned& to) {
  unsigned value = 0;
  if (text.empty()) return;
  if (number(text, value) && value > 0 && value <= 4096)
    to = value;
  else
    wrong("--threads", text, "a whole number from 1 to 4096");
}

void Numbers::bytes(std::string_view option, const std::string& text, std::uint64_t& to) {
  std::string digits = text;
  int shift = 0;
  if (digits.ends_with('B')) digits.pop_back();
  for (const auto& [unit, bits] : {std::pair{'K', 10}, {'M', 20}, {'G', 30}, {'T', 40}})
    if (digits.ends_with(unit) || digits.ends_with(static_cast<char>(unit - 'A' + 'a'))) shift = bits;
  if (shift > 0) digits.pop_back();
  std::uint64_t value = 0;
  if (text.empty()) return;
  if (number(digits, value) && value > 0 && value <= (~std::uint64_t{0} >> shift))
    to = value << shift;
  else
    wrong(option, text, "a number of bytes such as 512M or 4G");
}

void Numbers::rows(std::string_view option, const std::string& text, io::Rows& to) {
  if (text.empty()) return;
  if (const auto parsed = io::parse_rows(text))
    to = *parsed;
  else
    wrong(option, text, "A:B, rows from A up to and without B, counted from 0");
}

void Numbers::whole(std::string_view option, const std::string& text, std::uint64_t low, std::uint64_t high, std::string_view what,
                    std::uint64_t& to) {
  std::uint64_t value = 0;
  if (number(text, value) && value >= low && value <= high)
    to = value;
  else
    wrong(option, text, what);
}

void Numbers::real(std::string_view option, const std::string& text, double low, double high, std::string_view what, double& to) {
  double value = 0;
  if (number(text, value) && value >= low && value <= high)
    to = value;
  else
    wrong(option, text, what);
}

void Numbers::times(std::string_view option, const std::string& text, std::vector<double>& to) {
  if (!increasing(text, to)) wrong(option, text, "T,...: numbers from 0 to inf, each larger than the one before");
}

void Numbers::counts(std::string_view option, const std::string& text, std::vector<std::uint64_t>& to) {
  if (!increasing(text, to)) wrong(option, text, "K,...: whole numbers, each larger than the one before");
}

driver::Progress::When progress(const Options& o) {
  using When = driver::Progress::When;
  return o.progress == "always" ? When::always : o.progress == "never" || o.quiet ? When::never : When::automatic;
}

}  // namespace ntkc::cli
