// The product of a tile by the BLAS.
#pragma once
#include "engine/samples.hpp"

namespace ntkc::engine {

struct Tile {
  std::size_t row, row_end, column, column_end;
};

// sums[(i - tile.row) * stride + (j - tile.column)] = sum over k of a_i[k] b_j[k].
void multiply(const FeatureRows& a, const FeatureRows& b, const Tile& tile, double* sums, std::size_t stride);

}  // namespace ntkc::engine
