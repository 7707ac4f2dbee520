// A file that grows beside its name, as NAME.part, and gets the name when it is whole; what was there before is untouched until then.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "support/output.hpp"

namespace ntkc::io {

class PartFile {
 public:
  explicit PartFile(std::string path);
  ~PartFile();  // removes what is unfinished, unless it is kept
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  // Each is false after a fault, whose reason failure() keeps; later calls then do nothing.
  bool open(std::uint64_t size);  // reserves the room where the file system can, so that a full disk is known before the work; 0: unknown
  // What an earlier run left, to be kept: the unfinished file, or without one the finished file, to be read only. False without a fault:
  // there is neither.
  bool reopen(std::uint64_t size);
  bool write(std::uint64_t offset, std::string_view bytes);
  bool append(std::string_view bytes);
  bool read(std::uint64_t offset, char* to, std::size_t size);
  bool sync();  // bytes written so far outlive the system
  bool finish();

  void keep();  // from now on the unfinished file outlives this run
  bool is_kept() const { return kept_; }
  bool is_finished() const { return finished_; }
  bool peek(std::uint64_t offset, char* to, std::size_t size) const;  // as read, but that the bytes are not there is no fault

  const std::string& path() const { return path_; }
  const std::string& failure() const { return failure_; }

 private:
  bool fail();  // with errno
  bool attach(int flags);
  bool reserve(std::uint64_t size);
  std::string path_, part_, failure_;
  std::optional<Unfinished> watched_;
  int descriptor_ = -1;
  bool kept_ = false, finished_ = false;
  std::uint64_t end_ = 0;
};

}  // namespace ntkc::io
