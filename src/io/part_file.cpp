#include "io/part_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace ntkc::io {

PartFile::PartFile(std::string path) : path_(std::move(path)), part_(path_ + ".part") {}

PartFile::~PartFile() {
  if (descriptor_ < 0) return;
  close(descriptor_);
  unlink(part_.c_str());
}

bool PartFile::fail() {
  if (failure_.empty()) failure_ = std::strerror(errno);
  return false;
}

bool PartFile::open(std::uint64_t size) {
  struct stat status {};
  if (stat(path_.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
    errno = EISDIR;
    return fail();
  }
  watched_.emplace(part_);
  descriptor_ = ::open(part_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor_ < 0) {
    watched_.reset();
    return fail();
  }
  if (size > 0 && fallocate(descriptor_, 0, 0, static_cast<off_t>(size)) != 0 && (errno == ENOSPC || errno == EFBIG || errno == EDQUOT))
    return fail();
  return true;
}

bool PartFile::write(std::uint64_t offset, std::string_view bytes) {
  if (!failure_.empty()) return false;
  while (!bytes.empty()) {
    const ssize_t n = pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail();
    bytes.remove_prefix(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
  return true;
}

bool PartFile::append(std::string_view bytes) {
  const std::uint64_t at = end_;
  end_ += bytes.size();
  return write(at, bytes);
}

bool PartFile::read(std::uint64_t offset, char* to, std::size_t size) {
  if (!failure_.empty()) return false;
  while (size > 0) {
    const ssize_t n = pread(descriptor_, to, size, static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n == 0) errno = EIO;
    if (n <= 0) return fail();
    to += n;
    offset += static_cast<std::uint64_t>(n);
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

bool PartFile::finish() {
  if (!failure_.empty()) return false;
  const int descriptor = descriptor_;
  descriptor_ = -1;
  const bool whole = close(descriptor) == 0 && std::rename(part_.c_str(), path_.c_str()) == 0;
  if (!whole) {
    fail();
    unlink(part_.c_str());
  }
  watched_.reset();
  return whole;
}

}  // namespace ntkc::io
