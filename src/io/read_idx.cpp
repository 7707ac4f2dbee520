// The IDX format of the MNIST files: two zero bytes, a type, the number of axes, their sizes, the numbers, all big-endian.
// http://yann.lecun.com/exdb/mnist/
#include "io/formats.hpp"

namespace ntkc::io {
namespace {

std::string_view type_of(unsigned char code) {
  switch (code) {
    case 0x08:
      return ">u1";
    case 0x09:
      return ">i1";
    case 0x0B:
      return ">i2";
    case 0x0C:
      return ">i4";
    case 0x0D:
      return ">f4";
    case 0x0E:
      return ">f8";
    default:
      return "";
  }
}

}  // namespace

std::optional<Matrix> read_idx(ByteSource& source, const std::string& name, const Rows& rows, Diagnostics& diagnostics) {
  unsigned char bytes[4];
  const auto take = [&] {
    const std::size_t got = source.read(reinterpret_cast<char*>(bytes), 4);
    if (got < 4) report_end(source, name, 4 - got, diagnostics);
    return got == 4;
  };
  if (!take()) return std::nullopt;
  const std::string_view type = type_of(bytes[2]);
  if (bytes[0] != 0 || bytes[1] != 0 || type.empty()) {
    diagnostics.report_global(Code::data_damaged, name, "it does not begin as an IDX file");
    return std::nullopt;
  }
  Layout layout{std::string(type), false, std::vector<std::size_t>(bytes[3]), type == ">u1" ? 1.0 / 255 : 1.0};
  for (std::size_t& size : layout.shape) {
    if (!take()) return std::nullopt;
    size = std::size_t{bytes[0]} << 24 | std::size_t{bytes[1]} << 16 | std::size_t{bytes[2]} << 8 | bytes[3];
  }
  return read_array(source, layout, name, rows, diagnostics);
}

}  // namespace ntkc::io
