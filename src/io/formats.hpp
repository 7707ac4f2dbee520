// The formats behind io/read.hpp: each reads its numbers from a source, without the check that they are finite.
#pragma once
#include "io/byte_source.hpp"
#include "io/matrix.hpp"

namespace ntkc::io {

std::optional<Matrix> read_npy(ByteSource& source, const std::string& name, const Rows& rows, Diagnostics& diagnostics);
std::optional<Matrix> read_idx(ByteSource& source, const std::string& name, const Rows& rows, Diagnostics& diagnostics);
std::optional<Matrix> read_csv(ByteSource& source, const std::string& name, const Rows& rows, Diagnostics& diagnostics);

// What the binary formats share: how their numbers are stored, and the shape that the header tells.
struct Layout {
  std::string type;  // NumPy's spelling
  bool fortran_order = false;
  std::vector<std::size_t> shape;
  double scale = 1;
};
// The numbers of an array that begins here. Errors: an unreadable type, a shape without samples, rows that are not there, too few bytes.
std::optional<Matrix> read_array(ByteSource& source, const Layout& layout, const std::string& name, const Rows& rows,
                                 Diagnostics& diagnostics);

// The last row, or a diagnostic if the rows wanted are not all there.
std::optional<std::size_t> last_row(const Rows& rows, std::size_t available, const std::string& name, Diagnostics& diagnostics);

// Says that the source ended too early, or why it failed.
void report_end(const ByteSource& source, const std::string& name, std::uint64_t missing, Diagnostics& diagnostics);

}  // namespace ntkc::io
