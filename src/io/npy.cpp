#include "io/npy.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <cstring>

namespace ntkc::io {
namespace {

// Reads the Python literal that NumPy writes: a dictionary of texts, truth values and tuples of integers.
struct Reader {
  std::string_view rest;

  void blanks() {
    while (!rest.empty() && (rest[0] == ' ' || rest[0] == '\n' || rest[0] == '\t')) rest.remove_prefix(1);
  }
  bool eat(std::string_view word) {
    blanks();
    if (!rest.starts_with(word)) return false;
    rest.remove_prefix(word.size());
    return true;
  }
  std::optional<std::string> quoted() {
    for (const char quote : {'\'', '"'}) {
      if (!eat(std::string_view(&quote, 1))) continue;
      const auto end = rest.find(quote);
      if (end == std::string_view::npos) return std::nullopt;
      std::string text(rest.substr(0, end));
      rest.remove_prefix(end + 1);
      return text;
    }
    return std::nullopt;
  }
  // A text, or a list in its brackets as it stands.
  std::optional<std::string> type() {
    if (auto text = quoted()) return text;
    if (rest.empty() || rest[0] != '[') return std::nullopt;
    std::size_t depth = 0, end = 0;
    do {
      if (end == rest.size()) return std::nullopt;
      depth += rest[end] == '[';
      depth -= rest[end] == ']';
      ++end;
    } while (depth > 0);
    std::string text(rest.substr(0, end));
    rest.remove_prefix(end);
    return text;
  }
  std::optional<std::vector<std::size_t>> shape() {
    if (!eat("(")) return std::nullopt;
    std::vector<std::size_t> sizes;
    while (!eat(")")) {
      blanks();
      std::size_t size = 0;
      const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), size);
      if (error != std::errc()) return std::nullopt;
      rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
      eat("L");  // Python 2's long integers
      sizes.push_back(size);
      if (!eat(",") && !rest.starts_with(')')) return std::nullopt;
    }
    return sizes;
  }
};

}  // namespace

std::optional<NpyHeader> parse_npy_header(std::string_view text) {
  Reader reader{text};
  NpyHeader header;
  bool type = false, order = false, shape = false;
  if (!reader.eat("{")) return std::nullopt;
  while (!reader.eat("}")) {
    const auto key = reader.quoted();
    if (!key || !reader.eat(":")) return std::nullopt;
    reader.blanks();
    if (*key == "descr") {
      const auto value = reader.type();
      if (!value) return std::nullopt;
      header.type = *value;
      type = true;
    } else if (*key == "fortran_order") {
      header.fortran_order = reader.eat("True");
      if (!header.fortran_order && !reader.eat("False")) return std::nullopt;
      order = true;
    } else if (*key == "shape") {
      const auto value = reader.shape();
      if (!value) return std::nullopt;
      header.shape = *value;
      shape = true;
    } else {
      return std::nullopt;
    }
    if (!reader.eat(",") && !reader.rest.starts_with('}')) return std::nullopt;
  }
  if (!type || !order || !shape) return std::nullopt;
  return header;
}

std::string npy_prefix(Dtype type, const std::vector<std::size_t>& shape) {
  std::string text = fmt::format("{{'descr': '<f{}', 'fortran_order': False, 'shape': ({}{}), }}", bytes_of(type), fmt::join(shape, ", "),
                                 shape.size() == 1 ? "," : "");
  constexpr std::size_t kBefore = 10;  // magic, version, length
  const std::size_t total = (kBefore + text.size() + 1 + 63) / 64 * 64;
  text.resize(total - kBefore - 1, ' ');
  text += '\n';
  std::string prefix(kNpyMagic);
  prefix += {'\1', '\0', static_cast<char>(text.size() & 255), static_cast<char>(text.size() >> 8)};
  return prefix + text;
}

std::string_view as_stored(Dtype type, const double* values, std::size_t count) {
  return type == Dtype::f64 ? std::string_view(reinterpret_cast<const char*>(values), count * sizeof(double)) : std::string_view();
}

void append_numbers(Dtype type, const double* values, std::size_t count, std::string& bytes) {
  const std::size_t at = bytes.size();
  bytes.resize(at + count * bytes_of(type));
  char* to = bytes.data() + at;
  if (type == Dtype::f64) {
    std::memcpy(to, values, count * sizeof(double));
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const float value = static_cast<float>(values[i]);
    std::memcpy(to + i * sizeof value, &value, sizeof value);
  }
}

}  // namespace ntkc::io
