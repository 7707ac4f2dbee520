#include "driver/sweep.hpp"

#include <fmt/format.h>

#include <charconv>

#include "numeric/number.hpp"

namespace ntkc::driver {
namespace {

std::optional<numeric::Number> number(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || text[0] == '-' || error != std::errc() || end != text.data() + text.size() || !(value < 1e300)) return std::nullopt;
  const auto parsed = numeric::Number::parse(text);
  return negative ? -parsed : parsed;
}

}  // namespace

std::optional<Sweep> parse_sweep(const std::string& text) {
  constexpr int kMost = 100000;
  const auto equals = text.find('='), first = text.find(':', equals + 1), second = text.find(':', first + 1);
  if (equals == std::string::npos || equals == 0 || first == std::string::npos || second == std::string::npos) return std::nullopt;
  const std::string_view all = text;
  const auto low = number(all.substr(equals + 1, first - equals - 1)), high = number(all.substr(first + 1, second - first - 1)),
             step = number(all.substr(second + 1));
  if (!low || !high || !step || !(*step > numeric::Number(0)) || *high < *low) return std::nullopt;
  Sweep sweep{text.substr(0, equals), {}};
  for (int i = 0;; ++i) {
    const auto value = *low + numeric::Number(i) * *step;
    if (value > *high) return sweep;
    if (i == kMost) return std::nullopt;
    sweep.values.push_back(fmt::format("{}", value.to_double()));
  }
}

std::string name_with(const std::string& output, const std::string& name, const std::string& value) {
  if (output.empty() || output == "-") return output;
  const auto dot = output.rfind('.');
  return output.substr(0, dot) + "." + name + "=" + value + (dot == std::string::npos ? "" : output.substr(dot));
}

}  // namespace ntkc::driver
