#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>

#include "io/formats.hpp"

namespace ntkc::io {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are read as little-endian");
constexpr std::size_t kBuffer = 1 << 20;

// Numbers of one stored type; bytes are turned round first where the file is big-endian.
using Convert = void (*)(char* bytes, std::size_t count, double scale, double* to, std::size_t stride);

template <class T, bool swap>
void convert(char* bytes, std::size_t count, double scale, double* to, std::size_t stride) {
  const auto run = [&](auto step) {
    for (std::size_t i = 0; i < count; ++i, bytes += sizeof(T)) {
      if constexpr (swap) std::reverse(bytes, bytes + sizeof(T));
      T value;
      std::memcpy(&value, bytes, sizeof(T));
      to[i * step] = static_cast<double>(value) * scale;
    }
  };
  if (stride == 1)
    run(std::integral_constant<std::size_t, 1>());
  else
    run(stride);
}

struct Type {
  std::size_t size;
  Convert little, big;
};

template <class T>
constexpr Type type_of() {
  return {sizeof(T), convert<T, false>, convert<T, true>};
}

std::optional<Type> find_type(std::string_view code) {
  constexpr std::pair<std::string_view, Type> kTypes[] = {
      {"f8", type_of<double>()},        {"f4", type_of<float>()},         {"i1", type_of<std::int8_t>()},  {"i2", type_of<std::int16_t>()},
      {"i4", type_of<std::int32_t>()},  {"i8", type_of<std::int64_t>()},  {"u1", type_of<std::uint8_t>()}, {"u2", type_of<std::uint16_t>()},
      {"u4", type_of<std::uint32_t>()}, {"u8", type_of<std::uint64_t>()}, {"b1", type_of<std::uint8_t>()}};
  for (const auto& [name, type] : kTypes)
    if (name == code) return type;
  return std::nullopt;
}

std::string_view meaning(std::string_view type) {
  if (type.starts_with('[')) return "records";
  switch (type.size() > 1 ? type[1] : ' ') {
    case 'c':
      return "complex numbers";
    case 'O':
      return "Python objects";
    case 'U':
    case 'S':
    case 'a':
      return "text";
    case 'M':
    case 'm':
      return "dates";
    case 'V':
      return "records";
    case 'f':
      return "floating-point numbers of another size";
    default:
      return "something unknown";
  }
}

struct Job {
  ByteSource& source;
  const std::string& name;
  Diagnostics& diagnostics;
  Type type;
  Convert run;
  double scale;
  std::vector<char> buffer = std::vector<char>(kBuffer);

  // `count` numbers, of which those in [begin, end) go to to[(i - begin) * stride].
  bool numbers(std::size_t count, std::size_t begin, std::size_t end, double* to, std::size_t stride) {
    const std::size_t most = kBuffer / type.size;
    for (std::size_t at = 0; at < count;) {
      const std::size_t n = std::min(most, count - at), got = source.read(buffer.data(), n * type.size);
      if (got < n * type.size) {
        report_end(source, name, (count - at) * type.size - got, diagnostics);
        return false;
      }
      const std::size_t from = std::clamp(begin, at, at + n), stop = std::clamp(end, at, at + n);
      if (from < stop) run(buffer.data() + (from - at) * type.size, stop - from, scale, to + (from - begin) * stride, stride);
      at += n;
    }
    return true;
  }
};

}  // namespace

void report_end(const ByteSource& source, const std::string& name, std::uint64_t missing, Diagnostics& diagnostics) {
  if (const std::string why = source.failure(); !why.empty())
    diagnostics.report_global(Code::data_damaged, name, why);
  else
    diagnostics.report_global(Code::data_truncated, name, missing);
}

std::optional<std::size_t> last_row(const Rows& rows, std::size_t available, const std::string& name, Diagnostics& diagnostics) {
  const std::size_t end = rows.end.value_or(available);
  if (available == 0)
    diagnostics.report_global(Code::data_empty, name);
  else if (rows.begin >= end || end > available)
    diagnostics.report_global(Code::rows_out_of_range, rows.begin, rows.end ? fmt::format("{}", end) : "", name, available);
  else
    return end;
  return std::nullopt;
}

std::optional<Matrix> read_array(ByteSource& source, const Layout& layout, const std::string& name, const Rows& rows,
                                 Diagnostics& diagnostics) {
  const std::string_view spelled = layout.type;
  const bool sound = spelled.size() > 1 && std::string_view("<>=|").find(spelled[0]) != std::string_view::npos;
  const auto type = sound ? find_type(spelled.substr(1)) : std::nullopt;
  if (!type) {
    diagnostics.report_global(Code::data_type, name, meaning(spelled), layout.type);
    return std::nullopt;
  }
  if (layout.shape.empty()) {
    diagnostics.report_global(Code::data_no_samples, name);
    return std::nullopt;
  }
  Matrix m;
  m.name = name;
  m.whole = spelled[1] != 'f';
  m.unit = layout.scale;
  m.sample.assign(layout.shape.begin() + 1, layout.shape.end());
  m.columns = 1;
  const std::size_t count = layout.shape[0];
  std::size_t bytes = 0;
  bool overflow = false;
  for (const std::size_t size : m.sample) overflow |= __builtin_mul_overflow(m.columns, size, &m.columns);
  overflow |= __builtin_mul_overflow(m.columns, count, &bytes);
  overflow |= __builtin_mul_overflow(bytes, sizeof(double), &bytes);
  if (overflow) {
    diagnostics.report_global(Code::data_damaged, name, "the shape in its header is too large for any file");
    return std::nullopt;
  }
  if (m.columns == 0) {
    diagnostics.report_global(Code::data_empty, name);
    return std::nullopt;
  }
  const auto end = last_row(rows, count, name, diagnostics);
  if (!end) return std::nullopt;
  const std::uint64_t stored = bytes / sizeof(double) * type->size;
  if (stored > source.bound()) {
    diagnostics.report_global(Code::data_truncated, name, stored - source.bound());
    return std::nullopt;
  }
  m.rows = *end - rows.begin;
  m.values.resize(m.rows * m.columns);
  Job job{source, name, diagnostics, *type, spelled[0] == '>' ? type->big : type->little, layout.scale};
  if (!layout.fortran_order) {
    if (!job.numbers(count * m.columns, rows.begin * m.columns, *end * m.columns, m.values.data(), 1)) return std::nullopt;
    return m;
  }
  // First axis fastest: the file's column number j, in Fortran order of a sample, is place `c` in C order.
  std::vector<std::size_t> index(m.sample.size(), 0);
  for (std::size_t j = 0; j < m.columns; ++j) {
    std::size_t c = 0;
    for (std::size_t axis = 0; axis < index.size(); ++axis) c = c * m.sample[axis] + index[axis];
    if (!job.numbers(count, rows.begin, *end, m.values.data() + c, m.columns)) return std::nullopt;
    for (std::size_t axis = 0; axis < index.size() && ++index[axis] == m.sample[axis]; ++axis) index[axis] = 0;
  }
  return m;
}

}  // namespace ntkc::io
