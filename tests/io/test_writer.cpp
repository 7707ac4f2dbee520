// What is written, in any pieces and order, is read back by the readers (of archives by libzip), equal to the bit.
#include <doctest/doctest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <random>

#include "files.hpp"
#include "io/arrays.hpp"
#include "io/read.hpp"
#include "io/writer.hpp"

using namespace ntkc;
namespace fs = std::filesystem;

namespace {

struct Piece {
  std::size_t array, row, column, rows, columns;
};

std::vector<double> numbers(std::size_t count, unsigned seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::vector<double> values(count);
  for (double& v : values) v = normal(random);
  return values;
}

std::string write(const std::string& path, const io::Results& r, const std::vector<std::vector<double>>& values, std::size_t height,
                  std::size_t width, unsigned seed) {
  std::vector<Piece> pieces;
  const std::size_t rows = r.shape[0], columns = r.columns();
  for (std::size_t a = 0; a < values.size(); ++a)
    for (std::size_t i = 0; i < rows; i += height)
      for (std::size_t j = 0; j < columns; j += width)
        pieces.push_back({a, i, j, std::min(height, rows - i), std::min(width, columns - j)});
  std::mt19937_64 random(seed);
  if (seed > 0) std::shuffle(pieces.begin(), pieces.end(), random);
  const auto writer = io::make_writer(*io::form_of(path), path, r);
  for (const Piece& p : pieces)
    CHECK(writer->write(p.array, p.row, p.column, values[p.array].data() + p.row * columns + p.column, p.rows, p.columns, columns));
  CHECK_FALSE(fs::exists(path));  // not before it is whole
  CHECK(writer->finish());
  CHECK(writer->failure() == "");
  CHECK_FALSE(fs::exists(path + ".part"));
  return bytes_of_file(path);
}

std::vector<double> read(const std::string& name) {
  Diagnostics d;
  const auto m = io::read(name, {}, d);
  REQUIRE(m);
  return m->values;
}

std::vector<double> rounded(std::vector<double> values, io::Dtype type) {
  for (double& v : values)
    if (type == io::Dtype::f32) v = static_cast<float>(v);
  return values;
}

}  // namespace

TEST_CASE("pieces in any order and of any size give the same bytes, which read back") {
  const Folder folder;
  const std::size_t rows = 37, columns = 23;
  const std::vector<std::vector<double>> values = {numbers(rows * columns, 1), numbers(rows * columns, 2)};
  for (const io::Dtype type : {io::Dtype::f64, io::Dtype::f32}) {
    const io::Results one{{"ntk"}, {rows, columns}, type}, two{{"nngp", "ntk"}, {rows, columns}, type};
    std::string npy, npz;
    unsigned seed = 0;
    for (const auto& [height, width] : {std::pair<std::size_t, std::size_t>{rows, columns}, {1, 1}, {5, columns}, {7, 4}, {rows, 2}}) {
      const std::string a = write(folder / fmt::format("{}.npy", seed), one, {values[0]}, height, width, seed);
      const std::string z = write(folder / fmt::format("{}.npz", seed), two, values, height, width, seed);
      if (seed == 0) npy = a, npz = z;
      CHECK(a == npy);
      CHECK(z == npz);
      fs::rename(folder / fmt::format("{}.npy", seed), folder / "last.npy");
      fs::rename(folder / fmt::format("{}.npz", seed++), folder / "last.npz");
    }
    CHECK(npy.size() == io::bytes_of(io::Form::npy, one));
    CHECK(npz.size() == io::bytes_of(io::Form::npz, two));
    CHECK(read(folder / "last.npy") == rounded(values[0], type));
    CHECK(read(folder / "last.npz:nngp") == rounded(values[0], type));
    CHECK(read(folder / "last.npz:ntk") == rounded(values[1], type));
    fs::remove(folder / "last.npy");
    fs::remove(folder / "last.npz");

    const std::string csv = write(folder / "k.csv", one, {values[0]}, 3, columns, 0);
    CHECK(rounded(read(folder / "k.csv"), type) == rounded(values[0], type));
    fs::remove(folder / "k.csv");
  }
}

TEST_CASE("an archive has the arrays that it has") {
  const Folder folder;
  write(folder / "k.npz", {{"nngp", "ntk"}, {2}, io::Dtype::f64}, {{1, 2}, {3, 4}}, 1, 1, 0);
  CHECK(read(folder / "k.npz:ntk") == std::vector<double>{3, 4});
  Diagnostics d;
  CHECK_FALSE(io::read(folder / "k.npz:other", {}, d));
  CHECK(only_code(d) == Code::no_such_array);
  CHECK(d.all()[0].help == "it has nngp, ntk");
  std::string bytes = bytes_of_file(folder / "k.npz");
  bytes[150] ^= 1;  // in the numbers of the first array: the checksum finds it
  Diagnostics damage;
  CHECK_FALSE(io::read(folder.write("bad.npz", bytes) + ":nngp", {}, damage));
  CHECK(only_code(damage) == Code::data_damaged);
}

TEST_CASE("what is not finished leaves nothing, and what was there before") {
  const Folder folder;
  const std::string path = folder.write("k.npy", "old");
  {
    const auto writer = io::make_writer(io::Form::npy, path, {{"ntk"}, {2, 2}, io::Dtype::f64});
    const double row[] = {1, 2};
    CHECK(writer->write(0, 0, 0, row, 1, 2, 2));
    CHECK(fs::exists(path + ".part"));
  }
  CHECK_FALSE(fs::exists(path + ".part"));
  CHECK(bytes_of_file(path) == "old");
}

TEST_CASE("faults of the system are told, and leave what was there") {
  const Folder folder;
  const io::Results r{{"ntk"}, {1000, 1000}, io::Dtype::f64};
  CHECK(io::make_writer(io::Form::npy, folder / "no/such/folder/k.npy", r)->failure() != "");
  fs::create_directory(folder / "k.npy");
  CHECK(io::make_writer(io::Form::npy, folder / "k.npy", r)->failure() != "");

  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{1 << 16, before.rlim_max};
  const std::string path = folder.write("full.npy", "old"), csv = folder.write("full.csv", "old");
  setrlimit(RLIMIT_FSIZE, &small);
  const std::vector<double> row(1000, 1.5);
  {
    const auto placed = io::make_writer(io::Form::npy, path, r);
    CHECK(placed->failure() != "");  // the room is asked for at the start
    CHECK_FALSE(placed->write(0, 0, 0, row.data(), 1, 1000, 1000));
    CHECK_FALSE(placed->finish());
    const auto growing = io::make_writer(io::Form::csv, csv, r);
    bool good = growing->failure().empty();
    CHECK(good);
    for (std::size_t i = 0; i < 1000 && good; ++i) good = growing->write(0, i, 0, row.data(), 1, 1000, 1000);
    CHECK_FALSE(good);
    CHECK_FALSE(growing->finish());
  }
  setrlimit(RLIMIT_FSIZE, &before);
  CHECK(bytes_of_file(path) == "old");
  CHECK(bytes_of_file(csv) == "old");
  CHECK_FALSE(fs::exists(path + ".part"));
  CHECK_FALSE(fs::exists(csv + ".part"));
}

TEST_CASE("the form is in the name") {
  CHECK(io::form_of("a/K.npy") == io::Form::npy);
  CHECK(io::form_of("K.npz") == io::Form::npz);
  CHECK(io::form_of("K.csv") == io::Form::csv);
  CHECK(io::form_of("-") == io::Form::standard_output);
  CHECK_FALSE(io::form_of("K.txt"));
  CHECK_FALSE(io::form_of("K"));
}

TEST_CASE("arrays of different shapes share an archive") {
  const std::string path = (fs::temp_directory_path() / "ntkc-arrays.npz").string();
  const std::vector<io::Array> arrays = {{"mean", {2, 3, 4}, numbers(24, 1)}, {"std", {300000}, numbers(300000, 2)}, {"none", {0, 5}, {}}};
  for (const io::Dtype type : {io::Dtype::f64, io::Dtype::f32}) {
    CHECK(io::write_npz(path, arrays, type) == "");
    const std::string bytes = bytes_of_file(path);
    Diagnostics d;
    const auto mean = io::read(path + ":mean", {}, d);
    REQUIRE(mean);
    CHECK(mean->rows == 2);
    CHECK(mean->sample == std::vector<std::size_t>{3, 4});
    CHECK(mean->values == rounded(arrays[0].values, type));
    CHECK(read(path + ":std") == rounded(arrays[1].values, type));
    CHECK(io::write_npz(path, arrays, type) == "");
    CHECK(bytes_of_file(path) == bytes);  // no times in it
  }
  fs::remove(path);
  CHECK(io::write_npz("/nowhere/x.npz", arrays, io::Dtype::f64) != "");
}

TEST_CASE("how numbers are stored tells labels from values") {
  const auto whole = [](const std::string& name, const std::string& text) {
    const std::string path = (fs::temp_directory_path() / name).string();
    std::ofstream(path, std::ios::binary) << text;
    Diagnostics d;
    const auto m = io::read(path, {}, d);
    REQUIRE(m);
    fs::remove(path);
    return std::pair(m->whole, m->unit);
  };
  CHECK(whole("ntkc-l.csv", "label\n3\n-1\n+2\n") == std::pair(true, 1.0));
  CHECK(whole("ntkc-l.csv", "3\n1.0\n") == std::pair(false, 1.0));
  CHECK(whole("ntkc-l.csv", "3\n1e2\n") == std::pair(false, 1.0));
  CHECK(whole("ntkc-l.npy", io::npy_prefix(io::Dtype::f64, {1}) + std::string(8, '\0')) == std::pair(false, 1.0));
  using namespace std::string_literals;
  CHECK(whole("ntkc-l.idx", "\0\0\x08\x01\0\0\0\x02\x07\x09"s) == std::pair(true, 1.0 / 255));
}
