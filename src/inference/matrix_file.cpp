#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstring>
#include <vector>

#include "inference/checks.hpp"
#include "ntk/inference/operator.hpp"

namespace ntk::inference {

static_assert(std::endian::native == std::endian::little, "files are little-endian");

namespace {

std::uint64_t width(MatrixFile::Type type) { return type == MatrixFile::Type::float64 ? sizeof(double) : sizeof(float); }

}  // namespace

MatrixFile::MatrixFile(const std::string& path, Index size, Type type, std::uint64_t offset)
    : path_(path), descriptor_(open(path.c_str(), O_RDONLY | O_CLOEXEC)), size_(size), type_(type), offset_(offset) {
  if (descriptor_ < 0) throw FileError(path, std::strerror(errno));
  struct stat status {};
  const auto count = static_cast<std::uint64_t>(size);
  if (fstat(descriptor_, &status) == 0 && static_cast<std::uint64_t>(status.st_size) >= offset + count * count * width(type)) return;
  close(descriptor_);
  throw FileError(path, "too short for a matrix of " + std::to_string(size) + " rows");
}

MatrixFile::~MatrixFile() { close(descriptor_); }

void MatrixFile::read(Index first, MatrixOut block) const {
  std::vector<char> bytes(static_cast<std::size_t>(block.cols()) * width(type_));
  for (Index i = 0; i < block.rows(); ++i) {
    std::uint64_t at = offset_ + static_cast<std::uint64_t>((first + i) * size_) * width(type_);
    for (std::size_t have = 0; have < bytes.size();) {
      const ssize_t got = pread(descriptor_, bytes.data() + have, bytes.size() - have, static_cast<off_t>(at + have));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) throw FileError(path_, got < 0 ? std::strerror(errno) : "it became shorter");
      have += static_cast<std::size_t>(got);
    }
    bytes_read_ += bytes.size();
    if (type_ == Type::float64)
      std::memcpy(block.row(i).data(), bytes.data(), bytes.size());
    else
      block.row(i) = Eigen::Map<const Eigen::RowVectorXf>(reinterpret_cast<const float*>(bytes.data()), block.cols()).cast<double>();
  }
}

Vector MatrixFile::diagonal() const {
  Vector out(size_);
  for (Index i = 0; i < size_; ++i) {
    const std::uint64_t at = offset_ + static_cast<std::uint64_t>(i * (size_ + 1)) * width(type_);
    char bytes[sizeof(double)];
    if (pread(descriptor_, bytes, width(type_), static_cast<off_t>(at)) != static_cast<ssize_t>(width(type_)))
      throw FileError(path_, std::strerror(errno));
    float narrow = 0;
    std::memcpy(&narrow, bytes, sizeof narrow);
    std::memcpy(&out(i), bytes, sizeof(double));
    if (type_ == Type::float32) out(i) = narrow;
  }
  bytes_read_ += static_cast<std::uint64_t>(size_) * width(type_);
  return out;
}

RowsOperator MatrixFile::kernel(Index block_rows) const {
  return {diagonal(), [this](Index first, MatrixOut block) { read(first, block); }, block_rows};
}

}  // namespace ntk::inference
