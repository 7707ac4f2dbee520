// A stream of bytes to read once: a file, packed by gzip or not, or a member of a zip archive.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "support/diagnostics.hpp"

namespace ntkc::io {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills `to`; fewer bytes than asked mean the end, or a fault that failure() names.
  virtual std::size_t read(char* to, std::size_t size) = 0;
  virtual std::string failure() const = 0;
  // No more bytes than this can come, so that a header cannot make us ask for memory that the file has no data for.
  virtual std::uint64_t bound() const = 0;
};

// A regular file. Errors: 8001.
std::unique_ptr<ByteSource> open_file(const std::string& path, Diagnostics& diagnostics);

// The array `name` of an .npz: its member name.npy. Errors: 8001, 6003 (no zip archive), 6010 (no such array).
std::unique_ptr<ByteSource> open_member(const std::string& path, const std::string& name, Diagnostics& diagnostics);

}  // namespace ntkc::io
