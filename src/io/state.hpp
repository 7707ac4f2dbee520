// NAME.state beside the unfinished NAME.part: what its numbers depend on, and which blocks of them are on disk, with checksums. A text:
//
//   ntkc-state 1 SIDE IDENTITY
//   note TEXT LINE-CHECKSUM
//   ROW ROWS COLUMN COLUMNS CHECKSUM MARKS LINE-CHECKSUM
//
// A line is added as soon as its block is written, so whatever ends a run tears the last line at most.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "support/output.hpp"

namespace ntkc::io {

// Rows [row, row + rows) and columns [column, column + columns) of every array.
struct Block {
  std::size_t row, rows, column, columns;
};

struct Record {
  Block block;
  std::uint64_t checksum;  // XXH3 of the bytes, array by array, row by row
  std::uint64_t marks;     // what the writer's user wants to know of the work so far
};

// What a run is about.
struct Work {
  std::string identity;  // one line: all that the bytes depend on
  std::size_t side = 0;  // blocks begin at multiples of it and end there or with the array; 0: the run cannot be continued
};

std::string state_name(const std::string& path);
void remove_state(const std::string& path);

// Of the result `path`. Nothing if there is no state, or none that this version writes. Damaged lines are left out. Without `take` the rest
// is not read; `note` gets the last one.
std::optional<Work> read_state(const std::string& path, const std::function<void(const Record&)>& take = {}, std::string* note = nullptr);

class Journal {
 public:
  Journal(const std::string& path, Work work);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // Each is false after a fault, whose reason failure() keeps.
  bool add(const Record& record);  // to a new state, which stands in for the old one from commit() on
  bool add_note(const std::string& text);
  bool commit();
  bool sync();
  const std::string& failure() const { return failure_; }

 private:
  bool fail(std::string reason);
  bool put(std::string line);
  std::string name_, new_name_, failure_;
  Work work_;
  int descriptor_ = -1;
  std::optional<Unfinished> new_;
};

}  // namespace ntkc::io
