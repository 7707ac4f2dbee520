#include "support/provider.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

namespace ntkc {
namespace fs = std::filesystem;
namespace {

ReadFailure failure(ReadFailure::Kind kind, std::string reason) { return {kind, std::move(reason)}; }
ReadFailure too_large() { return failure(ReadFailure::Kind::too_large, "larger than 256 MB"); }
ReadFailure system_failure(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return failure(ReadFailure::Kind::missing, "no such file");
    case EISDIR:
      return failure(ReadFailure::Kind::directory, "it is a directory");
    case EACCES:
      return failure(ReadFailure::Kind::unreadable, "permission denied");
    default:
      return failure(ReadFailure::Kind::unreadable, std::strerror(error));
  }
}

}  // namespace

// Size is counted while reading: a pipe or a device has none beforehand.
std::variant<std::string, ReadFailure> DiskProvider::read(const std::string& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (!fs::exists(status)) return system_failure(error ? error.value() : ENOENT);
  if (fs::is_directory(status)) return system_failure(EISDIR);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (!file) return system_failure(errno);
  if (const auto size = fs::is_regular_file(status) ? fs::file_size(path, error) : 0; !error && size > kMaxBytes) return too_large();
  std::string text;
  char buffer[1 << 16];
  while (const std::size_t count = std::fread(buffer, 1, sizeof buffer, file.get())) {
    if (text.size() + count > kMaxBytes) return too_large();
    text.append(buffer, count);
  }
  if (std::ferror(file.get())) return system_failure(errno);
  return text;
}

std::string DiskProvider::identity(const std::string& path) {
  std::error_code error;
  const fs::path canonical = fs::weakly_canonical(path, error);
  return error ? path : canonical.generic_string();
}

std::variant<std::string, ReadFailure> MemoryProvider::read(const std::string& path) {
  if (const auto found = files_.find(path); found != files_.end()) {
    if (found->second.size() > kMaxBytes) return too_large();
    return found->second;
  }
  return next_ ? next_->read(path) : system_failure(ENOENT);
}

std::string MemoryProvider::identity(const std::string& path) {
  return files_.contains(path) || !next_ ? fs::path(path).lexically_normal().generic_string() : next_->identity(path);
}

}  // namespace ntkc
