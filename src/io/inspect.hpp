// What is odd about data: found once, said as warnings.
#pragma once
#include "io/matrix.hpp"
#include "support/diagnostics.hpp"

namespace ntkc::io {

// Warnings 6101 to 6103: duplicate rows, zero rows, constant columns (of two rows or more). `first` is the number of row 0 in its file.
void inspect(const Matrix& m, std::size_t first, Diagnostics& diagnostics);

}  // namespace ntkc::io
