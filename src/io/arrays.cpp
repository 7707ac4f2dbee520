#include "io/arrays.hpp"

#include <zlib.h>

#include <algorithm>

#include "io/part_file.hpp"
#include "io/zip_layout.hpp"

namespace ntkc::io {
namespace {

constexpr std::size_t kNumbers = 1 << 17;  // at a time

class Archive {
 public:
  Archive(const std::string& path, std::span<const Array> arrays, Dtype dtype) : file_(path), dtype_(dtype) {
    for (const Array& a : arrays)
      members_.push_back({a.name + ".npy", npy_prefix(dtype, a.shape).size() + a.values.size() * bytes_of(dtype)});
    lay_out(members_);
    file_.open(directory_offset(members_));
  }

  bool add(const Array& array, ZipMember& member) {
    std::string bytes = npy_prefix(dtype_, array.shape);
    uLong crc = crc32(0, nullptr, 0);
    std::uint64_t at = member.data;
    for (std::size_t done = 0;;) {
      crc = crc32(crc, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size()));
      if (!file_.write(at, bytes)) return false;
      if (done == array.values.size()) break;
      at += bytes.size();
      bytes.clear();
      const std::size_t count = std::min(kNumbers, array.values.size() - done);
      append_numbers(dtype_, array.values.data() + done, count, bytes);
      done += count;
    }
    member.crc = static_cast<std::uint32_t>(crc);
    return file_.write(member.header, local_header(member));
  }

  std::string write(std::span<const Array> arrays) {
    bool good = file_.failure().empty();
    for (std::size_t i = 0; i < arrays.size() && good; ++i) good = add(arrays[i], members_[i]);
    if (good && file_.write(directory_offset(members_), directory(members_))) file_.finish();
    return file_.failure();
  }

 private:
  PartFile file_;
  Dtype dtype_;
  std::vector<ZipMember> members_;
};

}  // namespace

std::string write_npz(const std::string& path, std::span<const Array> arrays, Dtype dtype) {
  return Archive(path, arrays, dtype).write(arrays);
}

}  // namespace ntkc::io
