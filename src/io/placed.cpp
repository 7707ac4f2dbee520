#include "io/placed.hpp"

#include <zlib.h>

#include <algorithm>
#include <chrono>

#include "io/checksum.hpp"
#include "io/part_file.hpp"
#include "io/zip_layout.hpp"

namespace ntkc::io {
namespace {

constexpr std::size_t kCopied = 1 << 12;               // a row of so many bytes is written from where it is
constexpr std::size_t kPiece = 1 << 20;                // bytes at a time
constexpr auto kSyncEvery = std::chrono::seconds(30);  // what a power cut may cost; a killed process loses nothing that it wrote
using SyncClock = std::chrono::steady_clock;

std::vector<ZipMember> members_of(const Results& results, bool archive) {
  const std::uint64_t size = npy_prefix(results.dtype, results.shape).size() + results.numbers() * bytes_of(results.dtype);
  std::vector<ZipMember> members;
  for (const std::string& name : results.names) members.push_back({name + ".npy", size});
  if (archive) lay_out(members);
  return members;
}

class Placed : public Writer {
 public:
  Placed(const std::string& path, const Results& results, bool archive, const Work& work, bool resume)
      : file_(path),
        journal_(path, work),
        results_(results),
        work_(work),
        archive_(archive),
        prefix_(npy_prefix(results.dtype, results.shape)),
        members_(members_of(results, archive)) {
    if (resume && work.side > 0 && take_up()) return;
    if (!fault().empty() || !file_.open(size())) return;
    remove_state(path);
    for (const ZipMember& m : members_) file_.write(m.data, prefix_);
  }

  bool write(std::size_t array, std::size_t row, std::size_t column, const double* values, std::size_t rows, std::size_t columns,
             std::size_t stride) override {
    bytes_.clear();
    for (std::size_t i = 0; i < rows; ++i) {
      if (const std::string_view same = as_stored(results_.dtype, values + i * stride, columns); same.size() >= kCopied) {
        if (!file_.write(place(array, row + i, column), same)) return false;
        sum_.add(same);
        continue;
      }
      append_numbers(results_.dtype, values + i * stride, columns, bytes_);
      const bool joined = columns == results_.columns() && i + 1 < rows && bytes_.size() < kPiece;  // whole rows lie one behind another
      if (joined) continue;
      if (!file_.write(place(array, row + i, column + columns) - bytes_.size(), bytes_)) return false;
      sum_.add(bytes_);
      bytes_.clear();
    }
    return true;
  }

  bool complete(const Block& block, std::uint64_t marks) override {
    if (work_.side == 0) return true;
    if (!journal_.add({block, sum_.take(), marks}) || !save()) return false;
    const auto now = SyncClock::now();
    if (now - synced_ < kSyncEvery) return true;
    synced_ = now, long_ = true;
    return file_.sync() && journal_.sync();
  }
  bool has(const Block& block) const override {
    return !kept_.empty() && each_cell(block, [&](std::size_t cell) { return kept_[cell]; });
  }
  std::uint64_t marks() const override { return marks_; }
  bool remember(const std::string& note) override { return work_.side == 0 || (journal_.add_note(note) && save()); }
  std::string remembered() const override { return note_; }
  bool can_be_continued() const override { return file_.is_kept(); }

  bool finish() override {
    if (file_.is_finished()) return file_.finish();
    return (!archive_ || close_archive()) && (!long_ || file_.sync()) && file_.finish();
  }
  std::string failure() const override { return fault(); }

 private:
  const std::string& fault() const { return file_.failure().empty() ? journal_.failure() : file_.failure(); }
  bool save() {
    if (!journal_.commit()) return false;
    file_.keep();
    return true;
  }
  std::uint64_t size() const { return archive_ ? directory_offset(members_) : members_[0].size; }
  std::uint64_t place(std::size_t array, std::size_t row, std::size_t column) const {
    return members_[array].data + prefix_.size() + (std::uint64_t{row} * results_.columns() + column) * bytes_of(results_.dtype);
  }

  // Whether f is true of all squares of the grid in the block.
  template <class F>
  bool each_cell(const Block& b, F f) const {
    const std::size_t side = work_.side, across = (results_.columns() + side - 1) / side;
    for (std::size_t i = b.row / side; i * side < b.row + b.rows; ++i)
      for (std::size_t j = b.column / side; j * side < b.column + b.columns; ++j)
        if (!f(i * across + j)) return false;
    return true;
  }
  bool fits(const Block& b) const {
    const auto whole = [&](std::size_t begin, std::size_t length, std::size_t end) {
      return begin % work_.side == 0 && begin < end && length > 0 && length <= end - begin &&
             (length % work_.side == 0 || begin + length == end);
    };
    return whole(b.row, b.rows, results_.shape[0]) && whole(b.column, b.columns, results_.columns());
  }

  bool sound(const Record& r) {
    bytes_.resize(std::min(kPiece, r.block.columns * bytes_of(results_.dtype)));
    for (std::size_t array = 0; array < members_.size(); ++array)
      for (std::size_t row = r.block.row; row < r.block.row + r.block.rows; ++row) {
        const std::uint64_t end = place(array, row, r.block.column + r.block.columns);
        for (std::uint64_t at = place(array, row, r.block.column); at < end;) {
          const std::size_t n = std::min<std::uint64_t>(bytes_.size(), end - at);
          if (!file_.peek(at, bytes_.data(), n)) return sum_.take(), false;
          sum_.add({bytes_.data(), n});
          at += n;
        }
      }
    return sum_.take() == r.checksum;
  }

  // What an earlier run completed, and is as it wrote it. False: there is nothing to continue.
  bool take_up() {
    const auto earlier = read_state(file_.path());
    if (!earlier || earlier->identity != work_.identity || !file_.reopen(size())) return false;
    const auto forget = [this] { return kept_.clear(), note_.clear(), marks_ = 0, false; };
    kept_.assign((results_.shape[0] + work_.side - 1) / work_.side * ((results_.columns() + work_.side - 1) / work_.side), false);
    const auto take = [&](const Record& r) {
      if (!fits(r.block) || !sound(r)) return;
      each_cell(r.block, [&](std::size_t cell) { return kept_[cell] = true; });
      marks_ |= r.marks;
      if (!file_.is_finished()) journal_.add(r);
    };
    read_state(file_.path(), take, &note_);
    const auto kept = std::ranges::count(kept_, true);
    if (file_.is_finished()) return kept == std::ssize(kept_) || forget();
    if (kept == 0 && note_.empty()) return forget();
    if (!note_.empty()) journal_.add_note(note_);
    for (const ZipMember& m : members_) file_.write(m.data, prefix_);
    journal_.commit();
    return true;
  }

  bool close_archive() {
    bytes_.resize(kPiece);
    for (ZipMember& m : members_) {
      uLong crc = crc32(0, nullptr, 0);
      for (std::uint64_t at = 0; at < m.size;) {
        const std::size_t n = std::min<std::uint64_t>(kPiece, m.size - at);
        if (!file_.read(m.data + at, bytes_.data(), n)) return false;
        crc = crc32(crc, reinterpret_cast<const Bytef*>(bytes_.data()), static_cast<uInt>(n));
        at += n;
      }
      m.crc = static_cast<std::uint32_t>(crc);
      if (!file_.write(m.header, local_header(m))) return false;
    }
    return file_.write(directory_offset(members_), directory(members_));
  }

  PartFile file_;
  Journal journal_;
  Results results_;
  Work work_;
  bool archive_, long_ = false;
  std::string prefix_, bytes_, note_;
  std::vector<ZipMember> members_;
  Checksum sum_;
  std::vector<bool> kept_;  // squares of the grid
  std::uint64_t marks_ = 0;
  SyncClock::time_point synced_ = SyncClock::now();
};

}  // namespace

std::uint64_t bytes_of_placed(const Results& results, bool archive) {
  const auto members = members_of(results, archive);
  return archive ? directory_offset(members) + directory(members).size() : members[0].size;
}

std::unique_ptr<Writer> make_placed(const std::string& path, const Results& results, bool archive, const Work& work, bool resume) {
  return std::make_unique<Placed>(path, results, archive, work, resume);
}

}  // namespace ntkc::io
