// Work that an interrupted run completed is taken up, and only that: by its checksums, whatever was torn, damaged or cut off.
#include <doctest/doctest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "files.hpp"
#include "io/writer.hpp"

using namespace ntkc;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kRows = 10, kColumns = 7, kSide = 4;  // blocks of 4 x 4, 4 x 3, 2 x 4 and 2 x 3
const io::Work kWork{R"({"of": "this run"})", kSide};

const std::vector<io::Block>& blocks() {
  static const std::vector<io::Block> all = [] {
    std::vector<io::Block> list;
    for (std::size_t i = 0; i < kRows; i += kSide)
      for (std::size_t j = 0; j < kColumns; j += kSide) list.push_back({i, std::min(kSide, kRows - i), j, std::min(kSide, kColumns - j)});
    return list;
  }();
  return all;
}

io::Results results(const std::string& path) {
  io::Results r{{"nngp", "ntk"}, {kRows, kColumns}, io::Dtype::f32};
  if (path.ends_with(".npy")) r.names.pop_back();
  return r;
}

std::unique_ptr<io::Writer> open(const std::string& path, bool resume, const io::Work& work = kWork) {
  return io::make_writer(*io::form_of(path), path, results(path), work, resume);
}

double value(std::size_t array, std::size_t i, std::size_t j) { return 1.5 + static_cast<double>(array * 1000 + i * 10 + j); }

bool put(io::Writer& writer, const std::string& path, const io::Block& b, std::uint64_t marks = 0) {
  for (std::size_t a = 0; a < results(path).names.size(); ++a)
    for (std::size_t i = b.row; i < b.row + b.rows; ++i) {  // a row at a time: pieces are not blocks
      std::vector<double> row;
      for (std::size_t j = b.column; j < b.column + b.columns; ++j) row.push_back(value(a, i, j));
      if (!writer.write(a, i, b.column, row.data(), 1, b.columns, b.columns)) return false;
    }
  return writer.complete(b, marks);
}

std::vector<bool> kept(const io::Writer& writer) {
  std::vector<bool> flags;
  for (const io::Block& b : blocks()) flags.push_back(writer.has(b));
  return flags;
}
std::vector<bool> first(std::size_t count) {
  std::vector<bool> flags(blocks().size(), false);
  std::fill_n(flags.begin(), count, true);
  return flags;
}

// Completes what is not there; true: the file is whole.
bool complete(io::Writer& writer, const std::string& path) {
  for (const io::Block& b : blocks())
    if (!writer.has(b) && !put(writer, path, b)) return false;
  return writer.finish();
}
std::string whole(const std::string& path) {
  CHECK(complete(*open(path, false), path));
  io::remove_state(path);
  const std::string bytes = bytes_of_file(path);
  fs::remove(path);
  return bytes;
}
// A run that ends after some blocks.
void interrupt(const std::string& path, std::size_t count) {
  const auto writer = open(path, false);
  for (std::size_t k = 0; k < count; ++k) CHECK(put(*writer, path, blocks()[k], std::uint64_t{1} << k));
  CHECK(writer->can_be_continued() == (count > 0));
}
std::string state_of(const std::string& path) { return bytes_of_file(io::state_name(path)); }

// Offset of a number in a .npy file.
std::size_t offset(std::size_t i, std::size_t j) {
  return io::npy_prefix(io::Dtype::f32, {kRows, kColumns}).size() + (i * kColumns + j) * sizeof(float);
}

}  // namespace

TEST_CASE("after any number of complete blocks a run continues, to the same bytes") {
  const Folder folder;
  for (const std::string name : {"k.npy", "k.npz"}) {
    const std::string path = folder / name, bytes = whole(path);
    for (std::size_t count = 0; count <= blocks().size(); ++count) {
      CAPTURE(count);
      interrupt(path, count);
      CHECK_FALSE(fs::exists(path));
      CHECK(fs::exists(path + ".part") == (count > 0));
      CHECK(fs::exists(path + ".state") == (count > 0));
      const auto writer = open(path, true);
      CHECK(kept(*writer) == first(count));
      CHECK(writer->marks() == (std::uint64_t{1} << count) - 1);
      CHECK(complete(*writer, path));
      CHECK(bytes_of_file(path) == bytes);
      CHECK_FALSE(fs::exists(path + ".part"));
      io::remove_state(path);
      fs::remove(path);
    }
    CHECK(fs::is_empty(folder.path()));
  }
}

TEST_CASE("a run that is not to continue begins afresh") {
  const Folder folder;
  const std::string path = folder / "k.npy";
  interrupt(path, 3);
  {
    const auto writer = open(path, false);
    CHECK(kept(*writer) == first(0));
    CHECK_FALSE(fs::exists(path + ".state"));
  }
  CHECK(fs::is_empty(folder.path()));
}

TEST_CASE("a changed byte is found, and its block alone is wanted again") {
  const Folder folder;
  const std::string path = folder / "k.npy", bytes = whole(path);
  for (std::size_t damaged = 0; damaged < blocks().size(); ++damaged) {
    CAPTURE(damaged);
    interrupt(path, blocks().size());
    const io::Block& b = blocks()[damaged];
    std::string part = bytes_of_file(path + ".part");
    part[offset(b.row + b.rows - 1, b.column + b.columns - 1) + 3] ^= 1;
    folder.write("k.npy.part", part);
    auto expected = first(blocks().size());
    expected[damaged] = false;
    {
      const auto writer = open(path, true);
      CHECK(kept(*writer) == expected);
      CHECK(complete(*writer, path));
    }
    CHECK(bytes_of_file(path) == bytes);
    fs::remove(path);
  }
}

TEST_CASE("a state that is torn anywhere, or damaged, gives what its sound lines say") {
  const Folder folder;
  const std::string path = folder / "k.npy";
  interrupt(path, blocks().size());
  const std::string state = state_of(path), part = bytes_of_file(path + ".part");
  const std::size_t head = state.find('\n') + 1;
  std::size_t byte = 0;
  for (std::size_t size = 0; size <= state.size(); ++size) {
    CAPTURE(size);
    folder.write("k.npy.part", part);
    folder.write("k.npy.state", state.substr(0, size));
    const auto lines = static_cast<std::size_t>(std::count(state.begin(), state.begin() + static_cast<std::ptrdiff_t>(size), '\n'));
    const auto writer = open(path, true);
    CHECK(kept(*writer) == first(lines == 0 ? 0 : lines - 1));
    if (lines > 1) CHECK(state_of(path) == state.substr(0, state.rfind('\n', size - 1) + 1));  // the torn line is gone
  }
  for (std::size_t at = head; at < state.size(); ++at) {
    CAPTURE(at);
    folder.write("k.npy.part", part);
    std::string bad = state;
    bad[at] = static_cast<char>(bad[at] ^ (1 << (byte++ % 7)));
    folder.write("k.npy.state", bad);
    const auto line = static_cast<std::size_t>(std::count(state.begin(), state.begin() + static_cast<std::ptrdiff_t>(at), '\n')) - 1;
    auto expected = first(blocks().size());
    expected[line] = false;
    if (state[at] == '\n' && line + 1 < expected.size()) expected[line + 1] = false;  // two lines in one
    CHECK(kept(*open(path, true)) == expected);
  }
}

TEST_CASE("a note is remembered, whatever else there is, if it is sound") {
  const Folder folder;
  const std::string path = folder / "k.npy", bytes = whole(path);
  for (const std::size_t count : {0u, 2u, 6u}) {
    CAPTURE(count);
    {
      const auto writer = open(path, false);
      CHECK(writer->remembered() == "");
      CHECK(writer->remember("first"));
      CHECK(writer->remember("some thing"));
      for (std::size_t k = 0; k < count; ++k) CHECK(put(*writer, path, blocks()[k]));
      CHECK(writer->can_be_continued());
    }
    for (int again = 0; again < 2; ++again) {  // it outlives a run that does nothing
      const auto writer = open(path, true);
      CHECK(writer->remembered() == "some thing");
      CHECK(kept(*writer) == first(count));
    }
    std::string state = state_of(path);
    state[state.find("thing")] ^= 1;
    folder.write("k.npy.state", state);
    const auto writer = open(path, true);
    CHECK(writer->remembered() == "");
    CHECK(kept(*writer) == first(count));
    CHECK(complete(*writer, path));
    CHECK(bytes_of_file(path) == bytes);
    fs::remove(path);
  }
}

TEST_CASE("a state of other work, of no unfinished file, or of a coarser grid") {
  const Folder folder;
  const std::string path = folder / "k.npy", bytes = whole(path);
  interrupt(path, 4);
  CHECK(io::read_state(path)->identity == kWork.identity);
  CHECK(io::read_state(path)->side == kSide);
  CHECK(kept(*open(path, true, {kWork.identity, kSide / 2})) == first(4));
  CHECK(io::read_state(path)->side == kSide / 2);
  fs::remove(path + ".part");
  CHECK(kept(*open(path, true)) == first(0));
  interrupt(path, 4);
  CHECK(kept(*open(path, true, {"another", kSide})) == first(0));
  CHECK(fs::is_empty(folder.path()));
  CHECK_FALSE(io::read_state(path));
}

TEST_CASE("a finished file whose state is still there is taken as it is, if it is sound") {
  const Folder folder;
  for (const std::string name : {"k.npy", "k.npz"}) {
    const std::string path = folder / name;
    CHECK(complete(*open(path, false), path));
    const std::string bytes = bytes_of_file(path);
    const auto written = fs::last_write_time(path);
    {
      const auto writer = open(path, true);
      CHECK(kept(*writer) == first(blocks().size()));
      CHECK(complete(*writer, path));
    }
    CHECK(fs::last_write_time(path) == written);
    CHECK(bytes_of_file(path) == bytes);
    std::string bad = bytes;
    bad[offset(5, 5)] ^= 1;
    folder.write(name, bad);
    const auto writer = open(path, true);
    CHECK(kept(*writer) == first(0));
    CHECK(bytes_of_file(path) == bad);  // until the new one is whole
    CHECK(complete(*writer, path));
    CHECK(bytes_of_file(path) == bytes);
  }
}

TEST_CASE("a full disk keeps what is complete") {
  const Folder folder;
  const std::string path = folder / "k.npy", bytes = whole(path);
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  {
    const auto writer = open(path, false);
    CHECK(put(*writer, path, blocks()[0]));
    const rlimit small{offset(4, 0), before.rlim_max};  // rows from 4 on do not fit: as where room cannot be reserved
    setrlimit(RLIMIT_FSIZE, &small);
    CHECK(put(*writer, path, blocks()[1]));
    CHECK_FALSE(put(*writer, path, blocks()[2]));
    CHECK_FALSE(writer->failure().empty());
    CHECK(writer->can_be_continued());
    CHECK_FALSE(writer->finish());
  }
  setrlimit(RLIMIT_FSIZE, &before);
  const auto writer = open(path, true);
  CHECK(kept(*writer) == first(2));
  CHECK(complete(*writer, path));
  CHECK(bytes_of_file(path) == bytes);
}

TEST_CASE("two runs do not write one file") {
  const Folder folder;
  const std::string path = folder / "k.npy", bytes = whole(path);
  const auto writer = open(path, false);
  CHECK(put(*writer, path, blocks()[0]));
  for (const bool resume : {false, true}) {
    const auto other = open(path, resume);
    CHECK(other->failure() == "another run is writing it");
    CHECK_FALSE(complete(*other, path));
  }
  CHECK(complete(*writer, path));
  CHECK(bytes_of_file(path) == bytes);
}
