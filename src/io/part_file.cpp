#include "io/part_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
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
  if (!kept_) unlink(part_.c_str());
}

bool PartFile::fail() {
  if (failure_.empty()) failure_ = std::strerror(errno);
  return false;
}

// Two runs must not write one file. A file system without locks is taken at its word.
bool PartFile::attach(int flags) {
  const int descriptor = ::open(part_.c_str(), O_RDWR | O_CLOEXEC | flags, 0666);
  if (descriptor < 0) return errno == ENOENT && (flags & O_CREAT) == 0 ? false : fail();
  struct stat opened {
  }, named{};
  const bool ours = (flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) && fstat(descriptor, &opened) == 0 &&
                    stat(part_.c_str(), &named) == 0 && opened.st_ino == named.st_ino;  // else the other has just finished
  if (!ours) {
    close(descriptor);
    failure_ = "another run is writing it";
    return false;
  }
  descriptor_ = descriptor;
  return true;
}

bool PartFile::reserve(std::uint64_t size) {
  if (size > 0 && fallocate(descriptor_, 0, 0, static_cast<off_t>(size)) != 0 && (errno == ENOSPC || errno == EFBIG || errno == EDQUOT))
    return fail();
  return true;
}

bool PartFile::open(std::uint64_t size) {
  struct stat status {};
  if (stat(path_.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
    errno = EISDIR;
    return fail();
  }
  if (finished_) close(descriptor_), descriptor_ = -1, finished_ = false;
  if (descriptor_ < 0) {
    // A new file is watched before it is there: no signal comes between. One that is there may be another run's.
    if (!watched_ && stat(part_.c_str(), &status) != 0) watched_.emplace(part_);
    if (!attach(O_CREAT)) {
      watched_.reset();
      return false;
    }
  }
  kept_ = false;
  if (!watched_) watched_.emplace(part_);
  return ftruncate(descriptor_, 0) == 0 ? reserve(size) : fail();
}

bool PartFile::reopen(std::uint64_t size) {
  kept_ = true;
  if (attach(0)) return reserve(size);
  if (!failure_.empty()) return false;
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  finished_ = descriptor_ >= 0;
  return finished_;
}

void PartFile::keep() {
  kept_ = true;
  watched_.reset();
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

bool PartFile::peek(std::uint64_t offset, char* to, std::size_t size) const {
  while (size > 0) {
    const ssize_t n = pread(descriptor_, to, size, static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n == 0) errno = EIO;
    if (n <= 0) return false;
    to += n;
    offset += static_cast<std::uint64_t>(n);
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

bool PartFile::read(std::uint64_t offset, char* to, std::size_t size) { return failure_.empty() && (peek(offset, to, size) || fail()); }

bool PartFile::sync() { return failure_.empty() && (fdatasync(descriptor_) == 0 || fail()); }

bool PartFile::finish() {
  if (!failure_.empty()) return false;
  const int descriptor = descriptor_;
  descriptor_ = -1;
  const bool whole = close(descriptor) == 0 && (finished_ || std::rename(part_.c_str(), path_.c_str()) == 0);
  if (!whole) {
    fail();
    if (!kept_) unlink(part_.c_str());
  }
  watched_.reset();
  return whole;
}

}  // namespace ntkc::io
