#include "io/read.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "io/formats.hpp"
#include "io/npy.hpp"

namespace ntkc::io {
namespace {

enum class Format { npy, npz, csv, idx, unknown };

std::string_view suffix_of(std::string_view path) {
  path = path.substr(path.rfind('/') + 1);  // npos + 1 is 0
  if (path.ends_with(".gz")) path.remove_suffix(3);
  const auto dot = path.rfind('.');
  return dot == std::string_view::npos ? "" : path.substr(dot);
}

// By the name; where that says nothing (MNIST's train-images-idx3-ubyte), by the first bytes.
Format format_of(const std::string& path, Diagnostics& diagnostics) {
  const std::string_view suffix = suffix_of(path);
  if (suffix == ".npy") return Format::npy;
  if (suffix == ".csv") return Format::csv;
  if (suffix == ".npz") return Format::npz;
  if (suffix == ".idx") return Format::idx;
  const auto source = open_file(path, diagnostics);
  if (!source) return Format::unknown;
  char start[6] = {};
  const std::string_view bytes(start, source->read(start, sizeof start));
  if (bytes == kNpyMagic) return Format::npy;
  if (bytes.size() >= 4 && bytes[0] == 0 && bytes[1] == 0 && bytes[2] >= 8 && bytes[2] <= 14) return Format::idx;
  diagnostics.report_global(Code::data_format, path);
  return Format::unknown;
}

bool finite(const Matrix& m, std::size_t first_row, Diagnostics& diagnostics) {
  for (std::size_t i = 0; i < m.rows; ++i) {
    const double *const begin = m.row(i), *const end = begin + m.columns;
    unsigned fault = 0;  // of all numbers of a row at once, without a branch
    for (const double* v = begin; v < end; ++v) fault |= !(std::fabs(*v) <= std::numeric_limits<double>::max());
    if (fault == 0) continue;
    const double* const at = std::find_if_not(begin, end, [](double v) { return std::isfinite(v); });
    diagnostics.report_global(Code::data_not_finite, m.name, std::isnan(*at) ? "NaN" : "infinity", first_row + i, at - begin);
    return false;
  }
  return true;
}

// To the end of what is packed, where its checksum stands.
bool sound(ByteSource& source, const std::string& name, Diagnostics& diagnostics) {
  std::vector<char> rest(1 << 16);
  while (source.read(rest.data(), rest.size()) > 0) {
  }
  const std::string why = source.failure();
  if (!why.empty()) diagnostics.report_global(Code::data_damaged, name, why);
  return why.empty();
}

std::size_t colon_of(const std::string& name) {
  const auto at = name.rfind(".npz:");
  return at == std::string::npos ? at : at + 4;
}

}  // namespace

std::optional<Rows> parse_rows(const std::string& text) {
  const auto colon = text.find(':');
  if (colon == std::string::npos) return std::nullopt;
  const auto number = [&](std::size_t from, std::size_t to, std::size_t& value) {
    const auto [end, error] = std::from_chars(text.data() + from, text.data() + to, value);
    return error == std::errc() && end == text.data() + to;
  };
  Rows rows;
  if (colon > 0 && !number(0, colon, rows.begin)) return std::nullopt;
  if (colon + 1 == text.size()) return rows;
  std::size_t end = 0;
  if (!number(colon + 1, text.size(), end) || end <= rows.begin) return std::nullopt;
  rows.end = end;
  return rows;
}

std::string file_of(const std::string& name) { return name.substr(0, colon_of(name)); }

std::optional<Matrix> read(const std::string& name, const Rows& rows, Diagnostics& diagnostics) {
  std::unique_ptr<ByteSource> source;
  Format format = Format::npy;
  if (const auto colon = colon_of(name); colon != std::string::npos) {
    source = open_member(name.substr(0, colon), name.substr(colon + 1), diagnostics);
  } else {
    format = format_of(name, diagnostics);
    if (format == Format::unknown) return std::nullopt;
    if (format == Format::npz) {
      diagnostics.report_global(Code::npz_without_name, name).suggest(fmt::format("write {}:NAME", name));
      return std::nullopt;
    }
    source = open_file(name, diagnostics);
  }
  if (!source) return std::nullopt;
  auto m = format == Format::csv   ? read_csv(*source, name, rows, diagnostics)
           : format == Format::idx ? read_idx(*source, name, rows, diagnostics)
                                   : read_npy(*source, name, rows, diagnostics);
  if (!m || (format != Format::csv && !sound(*source, name, diagnostics)) || !finite(*m, rows.begin, diagnostics)) return std::nullopt;
  return m;
}

}  // namespace ntkc::io
