// A zip archive whose members are stored (not packed) and whose sizes are known before their bytes: everything but the checksums can be
// laid out at once, so members are written in place, in any order. Sizes are always 64 bits wide, times always the first that the format
// can say: equal members make equal archives. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3 to 4.5
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace ntkc::io {

struct ZipMember {
  std::string name;
  std::uint64_t size = 0;
  std::uint64_t header = 0, data = 0;  // offsets in the archive
  std::uint32_t crc = 0;
};

// Fills in the offsets.
void lay_out(std::vector<ZipMember>& members);
std::string local_header(const ZipMember& member);
std::uint64_t directory_offset(const std::vector<ZipMember>& members);
std::string directory(const std::vector<ZipMember>& members);

}  // namespace ntkc::io
