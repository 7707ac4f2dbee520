#include "io/byte_source.hpp"

#include <sys/stat.h>
#include <zip.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

namespace ntkc::io {
namespace {

constexpr std::uint64_t kDeflateRatio = 1032;  // at most: https://zlib.net/zlib_tech.html

// gzread gives the bytes of a file that is not packed as they are.
class File : public ByteSource {
 public:
  File(gzFile file, std::uint64_t size) : file_(file), size_(size) { gzbuffer(file_, 1 << 17); }
  ~File() override { gzclose_r(file_); }
  std::size_t read(char* to, std::size_t size) override {
    std::size_t done = 0;
    while (done < size) {
      const int n = gzread(file_, to + done, static_cast<unsigned>(std::min<std::size_t>(size - done, 1 << 30)));
      if (n <= 0) break;
      done += static_cast<std::size_t>(n);
    }
    return done;
  }
  std::string failure() const override {
    int code = Z_OK;
    const char* text = gzerror(file_, &code);
    if (code == Z_ERRNO) return std::strerror(errno);
    if (code == Z_BUF_ERROR) return "the packed data ends too early";
    return code == Z_OK ? "" : text;
  }
  std::uint64_t bound() const override { return gzdirect(file_) ? size_ : size_ * kDeflateRatio; }

 private:
  gzFile file_;
  std::uint64_t size_;
};

class Member : public ByteSource {
 public:
  Member(zip_t* archive, zip_file_t* file, std::uint64_t size) : archive_(archive), file_(file), size_(size) {}
  ~Member() override {
    zip_fclose(file_);
    zip_discard(archive_);
  }
  std::size_t read(char* to, std::size_t size) override {
    const zip_int64_t n = zip_fread(file_, to, size);
    return n < 0 ? 0 : static_cast<std::size_t>(n);
  }
  std::string failure() const override {
    const zip_error_t* error = zip_file_get_error(file_);
    return zip_error_code_zip(error) == ZIP_ER_OK ? "" : zip_file_strerror(file_);
  }
  std::uint64_t bound() const override { return size_; }

 private:
  zip_t* archive_;
  zip_file_t* file_;
  std::uint64_t size_;
};

std::optional<std::uint64_t> size_of(const std::string& path, Diagnostics& diagnostics) {
  struct stat status {};
  const bool there = stat(path.c_str(), &status) == 0;
  if (there && S_ISREG(status.st_mode)) return static_cast<std::uint64_t>(status.st_size);
  diagnostics.report_global(Code::cannot_open, path,
                            !there                    ? std::strerror(errno)
                            : S_ISDIR(status.st_mode) ? "it is a directory"
                                                      : "it is no regular file");
  return std::nullopt;
}

std::string without_suffix(std::string name) {
  if (name.ends_with(".npy")) name.resize(name.size() - 4);
  return name;
}

std::string names_in(zip_t* archive) {
  std::string names;
  for (zip_int64_t i = 0; i < std::min<zip_int64_t>(zip_get_num_entries(archive, 0), 20); ++i)
    if (const char* name = zip_get_name(archive, static_cast<zip_uint64_t>(i), 0))
      names += (names.empty() ? "" : ", ") + without_suffix(name);
  return names;
}

}  // namespace

std::unique_ptr<ByteSource> open_file(const std::string& path, Diagnostics& diagnostics) {
  const auto size = size_of(path, diagnostics);
  if (!size) return nullptr;
  if (gzFile file = gzopen(path.c_str(), "rbe")) return std::make_unique<File>(file, *size);
  diagnostics.report_global(Code::cannot_open, path, std::strerror(errno));
  return nullptr;
}

std::unique_ptr<ByteSource> open_member(const std::string& path, const std::string& name, Diagnostics& diagnostics) {
  if (!size_of(path, diagnostics)) return nullptr;
  int code = 0;
  zip_t* archive = zip_open(path.c_str(), ZIP_RDONLY, &code);
  if (!archive) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    if (code == ZIP_ER_OPEN || code == ZIP_ER_READ)
      diagnostics.report_global(Code::cannot_open, path, zip_error_strerror(&error));
    else
      diagnostics.report_global(Code::data_damaged, path, zip_error_strerror(&error));
    zip_error_fini(&error);
    return nullptr;
  }
  zip_int64_t index = zip_name_locate(archive, (name + ".npy").c_str(), 0);
  if (index < 0) index = zip_name_locate(archive, name.c_str(), 0);
  if (index < 0) {
    auto& fault = diagnostics.report_global(Code::no_such_array, path, name);
    if (const std::string names = names_in(archive); !names.empty()) fault.suggest("it has " + names);
    zip_discard(archive);
    return nullptr;
  }
  zip_stat_t status;
  zip_stat_init(&status);
  zip_stat_index(archive, static_cast<zip_uint64_t>(index), 0, &status);
  zip_file_t* file = zip_fopen_index(archive, static_cast<zip_uint64_t>(index), 0);
  if (!file) {
    diagnostics.report_global(Code::data_damaged, path, zip_strerror(archive));
    zip_discard(archive);
    return nullptr;
  }
  return std::make_unique<Member>(archive, file, status.size);
}

}  // namespace ntkc::io
