#include "io/zip_layout.hpp"

namespace ntkc::io {
namespace {

constexpr std::uint64_t kSeeExtra = 0xFFFFFFFF;  // the value stands in the 64-bit fields
constexpr std::uint64_t kVersion = 45;           // the first with those
constexpr std::uint64_t kDate = 1 << 5 | 1;      // 1 January 1980
constexpr std::uint64_t kUnix = 3 << 8;
constexpr std::uint64_t kMode = 0100644u;

struct Fields {
  std::string bytes;
  Fields& put(std::uint64_t value, int width) {
    for (int i = 0; i < width; ++i) bytes += static_cast<char>(value >> (8 * i) & 255);
    return *this;
  }
};

}  // namespace

std::string local_header(const ZipMember& m) {
  Fields f;
  f.put(0x04034b50, 4).put(kVersion, 2).put(0, 2).put(0, 2).put(0, 2).put(kDate, 2).put(m.crc, 4).put(kSeeExtra, 4).put(kSeeExtra, 4);
  f.put(m.name.size(), 2).put(20, 2);
  f.bytes += m.name;
  f.put(1, 2).put(16, 2).put(m.size, 8).put(m.size, 8);
  return f.bytes;
}

void lay_out(std::vector<ZipMember>& members) {
  std::uint64_t at = 0;
  for (ZipMember& m : members) {
    m.header = at;
    m.data = at + local_header(m).size();
    at = m.data + m.size;
  }
}

std::uint64_t directory_offset(const std::vector<ZipMember>& members) { return members.back().data + members.back().size; }

std::string directory(const std::vector<ZipMember>& members) {
  Fields f;
  for (const ZipMember& m : members) {
    f.put(0x02014b50, 4).put(kUnix | kVersion, 2).put(kVersion, 2).put(0, 2).put(0, 2).put(0, 2).put(kDate, 2).put(m.crc, 4);
    f.put(kSeeExtra, 4)
        .put(kSeeExtra, 4)
        .put(m.name.size(), 2)
        .put(28, 2)
        .put(0, 2)
        .put(0, 2)
        .put(0, 2)
        .put(kMode << 16, 4)
        .put(kSeeExtra, 4);
    f.bytes += m.name;
    f.put(1, 2).put(24, 2).put(m.size, 8).put(m.size, 8).put(m.header, 8);
  }
  const std::uint64_t start = directory_offset(members), size = f.bytes.size(), count = members.size();
  f.put(0x06064b50, 4)
      .put(44, 8)
      .put(kUnix | kVersion, 2)
      .put(kVersion, 2)
      .put(0, 4)
      .put(0, 4)
      .put(count, 8)
      .put(count, 8)
      .put(size, 8)
      .put(start, 8);
  f.put(0x07064b50, 4).put(0, 4).put(start + size, 8).put(1, 4);
  f.put(0x06054b50, 4).put(0, 2).put(0, 2).put(count, 2).put(count, 2).put(size, 4).put(kSeeExtra, 4).put(0, 2);
  return f.bytes;
}

}  // namespace ntkc::io
