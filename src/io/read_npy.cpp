#include "io/formats.hpp"
#include "io/npy.hpp"

namespace ntkc::io {

std::optional<Matrix> read_npy(ByteSource& source, const std::string& name, const Rows& rows, Diagnostics& diagnostics) {
  constexpr std::size_t kLongest = 1 << 20;
  unsigned char start[12];
  const auto take = [&](void* to, std::size_t size) {
    const std::size_t got = source.read(static_cast<char*>(to), size);
    if (got < size) report_end(source, name, size - got, diagnostics);
    return got == size;
  };
  const auto damaged = [&](std::string_view why) {
    diagnostics.report_global(Code::data_damaged, name, why);
    return std::nullopt;
  };
  if (!take(start, 8)) return std::nullopt;
  if (std::string_view(reinterpret_cast<char*>(start), kNpyMagic.size()) != kNpyMagic) return damaged("it does not begin as an .npy file");
  const unsigned version = start[6];
  if (version < 1 || version > 3) return damaged(fmt::format("version {} of .npy is not known", version));
  const std::size_t width = version == 1 ? 2 : 4;
  if (!take(start + 8, width)) return std::nullopt;
  std::size_t length = 0;
  for (std::size_t i = width; i-- > 0;) length = length << 8 | start[8 + i];
  if (length > kLongest) return damaged("its header is longer than 1 MB");
  std::string text(length, '\0');
  if (!take(text.data(), length)) return std::nullopt;
  const auto header = parse_npy_header(text);
  if (!header) return damaged("its header is not what NumPy writes");
  return read_array(source, {header->type, header->fortran_order, header->shape}, name, rows, diagnostics);
}

}  // namespace ntkc::io
