#include <doctest/doctest.h>
#include <zlib.h>

#include <filesystem>

#include "files.hpp"
#include "io/inspect.hpp"
#include "io/read.hpp"

using namespace ntkc;

namespace {

std::optional<io::Matrix> read(const std::string& name, const std::string& bytes, Diagnostics& d, const io::Rows& rows = {}) {
  const Folder folder;
  return io::read(folder.write(name, bytes), rows, d);
}

Code fault(const std::string& name, const std::string& bytes, const io::Rows& rows = {}) {
  Diagnostics d;
  CHECK_FALSE(read(name, bytes, d, rows));
  return only_code(d);
}

std::string message(const std::string& bytes) {
  Diagnostics d;
  CHECK_FALSE(read("x.csv", bytes, d));
  const std::string text = d.all().empty() ? "" : d.all()[0].message;
  return text.substr(text.find("x.csv"));
}

std::string packed(const Folder& folder, const std::string& name, const std::string& bytes) {
  gzFile file = gzopen((folder / name).c_str(), "wb");
  gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(file);
  return folder / name;
}

const std::string kImages("\0\0\x08\x03\0\0\0\x02\0\0\0\x01\0\0\0\x03\x00\x01\x02\x7f\xfe\xff", 22);

}  // namespace

TEST_CASE("tables of numbers in all their dialects") {
  for (const std::string text : {"1,2.5\n-3e2,+4\n", "a,b\n1,2.5\n-3e2,4", "1;2.5\r\n-3e2;4\r\n",
                                 "\xEF\xBB\xBF"
                                 "1\t2.5\n\n-3e2\t4\n\n",
                                 " 1 , 2.5\n\"-3e2\",\"4\"\n", "# x, y\n1,2.5\n-300,4\n"}) {
    CAPTURE(text);
    Diagnostics d;
    const auto m = read("x.csv", text, d);
    REQUIRE(m);
    CHECK(m->rows == 2);
    CHECK(m->columns == 2);
    CHECK(m->values == std::vector<double>{1, 2.5, -300, 4});
  }
  Diagnostics d;
  const auto part = read("x.csv", "h\n1\n2\n3\nx\n", d, {1, 3});
  REQUIRE(part);
  CHECK(part->values == std::vector<double>{2, 3});
  CHECK(read("x.csv", "1e-400,2\n", d)->values[0] == 0);
}

TEST_CASE("faults of a table name line and column") {
  CHECK(message("1,2\n3,x4\n").find("x.csv:2:3: `x4` is not a number") == 0);
  CHECK(message("1,two\n3,4\n").find("x.csv:1:3: `two` is not a number") == 0);
  CHECK(message("1,2\n3,\n").find("x.csv:2:3: `` is not a number") == 0);
  CHECK(message("1,2\n\n3,4,5\n").find("x.csv:3: 3 numbers, where the first row has 2") == 0);
  CHECK(fault("x.csv", "1,2\n3,nan\n") == Code::data_not_finite);
  CHECK(fault("x.csv", "1,2\n3,1e999\n") == Code::data_not_finite);
  CHECK(fault("x.csv", "") == Code::data_empty);
  CHECK(fault("x.csv", "a,b\n") == Code::data_empty);
  CHECK(fault("x.csv", "1,2\n", {0, 2}) == Code::rows_out_of_range);
  CHECK(fault("x.csv", std::string("1,\0\n", 4)) == Code::data_damaged);
}

TEST_CASE("MNIST's format, packed or not, by its suffix or by its first bytes") {
  const Folder folder;
  for (const std::string& path :
       {folder.write("x.idx", kImages), packed(folder, "x.idx.gz", kImages), folder.write("train-images-idx3-ubyte", kImages),
        packed(folder, "train-images-idx3-ubyte.gz", kImages)}) {
    CAPTURE(path);
    Diagnostics d;
    const auto m = io::read(path, {}, d);
    REQUIRE(m);
    CHECK(m->rows == 2);
    CHECK(m->sample == std::vector<std::size_t>{1, 3});
    CHECK(m->values[0] == 0);
    CHECK(m->values[3] == 127 / 255.0);
    CHECK(m->values[5] == 1);
  }
  const std::string floats("\0\0\x0d\x01\0\0\0\x01\x3f\x80\0\0", 12);
  Diagnostics d;
  CHECK(read("x.idx", floats, d)->values == std::vector<double>{1});
}

TEST_CASE("faults of IDX files") {
  for (std::size_t size = 0; size < kImages.size(); ++size) CHECK(fault("x.idx", kImages.substr(0, size)) == Code::data_truncated);
  CHECK(fault("x.idx", "\1" + kImages.substr(1)) == Code::data_damaged);
  CHECK(fault("x.idx", std::string("\0\0\x0a\x01\0\0\0\x01\x3f", 9)) == Code::data_damaged);
  CHECK(fault("x.idx", std::string("\0\0\x08\0", 4)) == Code::data_no_samples);
  const Folder folder;
  const std::string gz = bytes_of_file(packed(folder, "a.idx.gz", kImages));
  for (std::size_t size = 1; size < gz.size(); ++size) {
    Diagnostics d;
    CHECK_FALSE(io::read(folder.write("b.idx.gz", gz.substr(0, size)), {}, d));
    CHECK((only_code(d) == Code::data_damaged || only_code(d) == Code::data_truncated));
  }
}

TEST_CASE("files that are none") {
  const Folder folder;
  const auto code = [](const std::string& path) {
    Diagnostics d;
    CHECK_FALSE(io::read(path, {}, d));
    return only_code(d);
  };
  CHECK(code(folder / "missing.npy") == Code::cannot_open);
  CHECK(code(folder.path()) == Code::cannot_open);
  CHECK(code(folder / "missing.npz:x") == Code::cannot_open);
  CHECK(code("/dev/null") == Code::cannot_open);
  CHECK(code(folder.write("x.png", "\x89PNG")) == Code::data_format);
  CHECK(code(folder.write("x.npz", "PK")) == Code::npz_without_name);
  CHECK(code(folder.write("y.npz", "PK") + ":x") == Code::data_damaged);
}

TEST_CASE("what is odd about data is said") {
  const auto codes = [](io::Matrix m) {
    Diagnostics d;
    io::inspect(m, 10, d);
    std::vector<Code> found;
    for (const auto& w : d.all()) found.push_back(w.code);
    return std::pair(found, d.all().empty() ? "" : d.all()[0].message);
  };
  CHECK(codes({3, 2, {1, 2, 3, 4, 5, 6}, {2}, "x"}).first.empty());
  const auto twice = codes({4, 2, {1, 2, 3, 4, 1, 2, 1, 2}, {2}, "x"});
  CHECK(twice.first == std::vector{Code::duplicate_rows});
  CHECK(twice.second == "`x` has 2 duplicate samples: sample 12 is equal to sample 10");
  CHECK(codes({2, 2, {0, 0, 3, 4}, {2}, "x"}).first == std::vector{Code::zero_rows});
  CHECK(codes({2, 2, {1, 7, 3, 7}, {2}, "x"}).first == std::vector{Code::constant_columns});
}
