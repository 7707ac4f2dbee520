// .npy files made byte by byte, as NumPy's documentation of the format says, not by our writer.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>

#include "files.hpp"
#include "io/npy.hpp"
#include "io/read.hpp"

using namespace ntkc;

namespace {

std::string npy(const std::string& type, bool fortran, const std::string& shape, const std::string& numbers, int version = 1) {
  std::string header = "{'descr': " + type + ", 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': " + shape + ", }\n";
  std::string bytes = "\x93NUMPY";
  bytes += static_cast<char>(version);
  bytes += '\0';
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i) bytes += static_cast<char>(header.size() >> (8 * i) & 255);
  return bytes + header + numbers;
}

template <class T>
std::string number(double value, bool big) {
  const T t = static_cast<T>(value);
  std::string bytes(sizeof(T), '\0');
  std::memcpy(bytes.data(), &t, sizeof(T));
  if (big) std::reverse(bytes.begin(), bytes.end());
  return bytes;
}

struct Stored {
  const char* code;
  std::function<std::string(double, bool)> write;
  std::vector<double> values;  // six that the type can hold
};

const std::vector<Stored>& types() {
  static const std::vector<Stored> all = {{"f8", number<double>, {0.1, -2.5e300, 3e-310, 4, 5, -0.0}},
                                          {"f4", number<float>, {0.5, -2.5, 1e-3f, 4, 5, 6}},
                                          {"i1", number<std::int8_t>, {-128, 127, 0, 1, 2, 3}},
                                          {"i2", number<std::int16_t>, {-32768, 32767, 0, 1, 2, 258}},
                                          {"i4", number<std::int32_t>, {-2147483648.0, 1, 2, 3, 4, 66051}},
                                          {"i8", number<std::int64_t>, {-9007199254740992.0, 1, 2, 3, 4, 5}},
                                          {"u1", number<std::uint8_t>, {255, 128, 0, 1, 2, 3}},
                                          {"u2", number<std::uint16_t>, {65535, 1, 2, 3, 4, 258}},
                                          {"u4", number<std::uint32_t>, {4294967295.0, 1, 2, 3, 4, 66051}},
                                          {"u8", number<std::uint64_t>, {9007199254740992.0, 1, 2, 3, 4, 5}},
                                          {"b1", number<std::uint8_t>, {0, 1, 1, 0, 0, 1}}};
  return all;
}

std::optional<io::Matrix> read(const Folder& folder, const std::string& bytes, Diagnostics& d, const io::Rows& rows = {}) {
  return io::read(folder.write("x.npy", bytes), rows, d);
}

Code fault(const std::string& bytes, const io::Rows& rows = {}) {
  const Folder folder;
  Diagnostics d;
  CHECK_FALSE(read(folder, bytes, d, rows));
  return only_code(d);
}

}  // namespace

TEST_CASE("every type, order of bytes, order of axes and version gives the same matrix") {
  const Folder folder;
  for (const Stored& type : types())
    for (const bool big : {false, true})
      for (const bool fortran : {false, true})
        for (const int version : {1, 2, 3}) {
          CAPTURE(type.code);
          CAPTURE(big);
          CAPTURE(fortran);
          std::string numbers;  // the matrix 2 x 3 of values in C order
          for (std::size_t k = 0; k < 6; ++k) numbers += type.write(type.values[fortran ? k % 2 * 3 + k / 2 : k], big);
          Diagnostics d;
          const auto m = read(folder, npy(std::string("'") + (big ? '>' : '<') + type.code + "'", fortran, "(2, 3)", numbers, version), d);
          REQUIRE(m);
          CHECK(m->rows == 2);
          CHECK(m->columns == 3);
          CHECK(m->values == type.values);
          CHECK(std::signbit(m->values[5]) == std::signbit(type.values[5]));
        }
}

TEST_CASE("samples of several axes are read in C order, whatever the file's order") {
  const Folder folder;
  std::string c, f;
  for (int k = 0; k < 24; ++k) c += number<double>(k, false);
  for (int l = 0; l < 4; ++l)
    for (int j = 0; j < 3; ++j)
      for (int i = 0; i < 2; ++i) f += number<double>((i * 3 + j) * 4 + l, false);
  Diagnostics d;
  const auto a = read(folder, npy("'<f8'", false, "(2, 3, 4)", c), d);
  const auto b = read(folder, npy("'<f8'", true, "(2, 3, 4)", f), d);
  REQUIRE(a);
  REQUIRE(b);
  CHECK(a->values == b->values);
  CHECK(a->sample == std::vector<std::size_t>{3, 4});
  CHECK(a->values[23] == 23);
  const auto part = read(folder, npy("'<f8'", true, "(2, 3, 4)", f), d, {1, std::nullopt});
  REQUIRE(part);
  CHECK(part->values == std::vector<double>(a->values.begin() + 12, a->values.end()));
}

TEST_CASE("rows A:B are those of the whole, over buffers of any fill") {
  const Folder folder;
  const std::size_t n = 3001, width = 101;
  std::string numbers;
  for (std::size_t k = 0; k < n * width; ++k) numbers += number<double>(static_cast<double>(k), false);
  Diagnostics d;
  for (const auto& [begin, end] : {std::pair<std::size_t, std::size_t>{0, n}, {0, 1}, {n - 1, n}, {1297, 1299}, {500, 2900}}) {
    const auto m = read(folder, npy("'<f8'", false, "(3001, 101)", numbers), d, {begin, end});
    REQUIRE(m);
    CHECK(m->rows == end - begin);
    CHECK(m->values.front() == static_cast<double>(begin * width));
    CHECK(m->values.back() == static_cast<double>(end * width - 1));
  }
}

TEST_CASE("faults of .npy files have names") {
  const std::string four = number<double>(1, false) + number<double>(2, false) + number<double>(3, false) + number<double>(4, false);
  const std::string good = npy("'<f8'", false, "(2, 2)", four);
  for (std::size_t size = 0; size < good.size(); ++size) CHECK(fault(good.substr(0, size)) == Code::data_truncated);
  for (const char* type :
       {"'<c16'", "'|O'", "'<U3'", "'|S3'", "'<f2'", "'<M8[ns]'", "[('a', '<f8'), ('b', '<f8')]", "''", "'f8'", "'<f16'"})
    CHECK(fault(npy(type, false, "(2, 2)", four)) == Code::data_type);
  CHECK(fault(npy("'<f8'", false, "()", four)) == Code::data_no_samples);
  CHECK(fault(npy("'<f8'", false, "(0, 2)", "")) == Code::data_empty);
  CHECK(fault(npy("'<f8'", false, "(2, 0)", "")) == Code::data_empty);
  CHECK(fault(npy("'<f8'", false, "(4000000000000, 1000)", four)) == Code::data_truncated);
  CHECK(fault(npy("'<f8'", false, "(9223372036854775807, 9223372036854775807)", four)) == Code::data_damaged);
  CHECK(fault(npy("'<f8'", false, "(-2, 2)", four)) == Code::data_damaged);
  CHECK(fault(npy("'<f8'", false, "(2, 2", four)) == Code::data_damaged);
  CHECK(fault(npy("<f8", false, "(2, 2)", four)) == Code::data_damaged);
  CHECK(fault(npy("'<f8'", false, "(2, 2)", four, 4)) == Code::data_damaged);
  CHECK(fault("\x93NUMPX" + good.substr(6)) == Code::data_damaged);
  CHECK(fault(good, {1, 3}) == Code::rows_out_of_range);
  CHECK(fault(good, {2, std::nullopt}) == Code::rows_out_of_range);
}

TEST_CASE("NaN and infinity are found at their place") {
  const Folder folder;
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()}) {
    std::string numbers;
    for (int k = 0; k < 12; ++k) numbers += number<double>(k == 7 ? bad : k, false);
    Diagnostics d;
    CHECK_FALSE(read(folder, npy("'<f8'", false, "(4, 3)", numbers), d, {1, 4}));
    REQUIRE(only_code(d) == Code::data_not_finite);
    CHECK(d.all()[0].message.find("in sample 2, at number 1") != std::string::npos);
    Diagnostics none;
    CHECK(read(folder, npy("'<f8'", false, "(4, 3)", numbers), none, {0, 2}));
  }
}

TEST_CASE("a prefix that we write is one that we read, and a multiple of 64 bytes") {
  for (const auto& shape : std::vector<std::vector<std::size_t>>{{1}, {3, 4}, {1000000, 1000000}, {1, 2, 3, 4, 5}, {123456789, 1}}) {
    const std::string prefix = io::npy_prefix(io::Dtype::f32, shape);
    CHECK(prefix.size() % 64 == 0);
    CHECK(prefix.back() == '\n');
    const auto header = io::parse_npy_header(std::string_view(prefix).substr(10));
    REQUIRE(header);
    CHECK(header->shape == shape);
    CHECK(header->type == "<f4");
    CHECK_FALSE(header->fortran_order);
  }
}

TEST_CASE("rows are written A:B") {
  CHECK(io::parse_rows("2:5")->begin == 2);
  CHECK(io::parse_rows("2:5")->end == 5);
  CHECK_FALSE(io::parse_rows(":")->end);
  CHECK(io::parse_rows(":7")->end == 7);
  for (const char* bad : {"", "3", "5:5", "5:2", "-1:2", "a:b", "1:2:3", "1: 2", "99999999999999999999:"}) CHECK_FALSE(io::parse_rows(bad));
}
