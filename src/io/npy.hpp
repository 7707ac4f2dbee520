// The .npy format, versions 1 to 3: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ntkc::io {

inline constexpr std::string_view kNpyMagic = "\x93NUMPY";

struct NpyHeader {
  std::string type;  // as NumPy spells it: "<f8", "|u1"
  bool fortran_order = false;
  std::vector<std::size_t> shape;
};

// The dictionary of a header. A type that is no text (a record) is spelled as it stands there. Nothing if it is no such dictionary.
std::optional<NpyHeader> parse_npy_header(std::string_view text);

enum class Dtype { f64, f32 };
inline std::size_t bytes_of(Dtype type) { return type == Dtype::f64 ? 8 : 4; }

// Everything before the numbers: version 1.0, little-endian, C order, padded to a multiple of 64 bytes.
std::string npy_prefix(Dtype type, const std::vector<std::size_t>& shape);

// Appends numbers as they are stored.
void append_numbers(Dtype type, const double* values, std::size_t count, std::string& bytes);
// The bytes themselves, where these are what is stored; else none.
std::string_view as_stored(Dtype type, const double* values, std::size_t count);

}  // namespace ntkc::io
