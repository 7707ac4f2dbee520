// A range of the matrices of all outputs, in memory of its own or of others.
#pragma once
#include <algorithm>
#include <vector>

#include "engine/engine.hpp"
#include "engine/product.hpp"

namespace ntkc::engine {

template <class T>
struct Panel {
  Panel(std::size_t outputs, std::size_t r, std::size_t r_end, std::size_t c, std::size_t c_end) : row(r), column(c) {
    for (std::size_t o = 0; o < outputs; ++o) {
      own.emplace_back((r_end - r) * (c_end - c));
      values.emplace_back(own.back().data(), r_end - r, c_end - c);
    }
  }
  explicit Panel(const std::vector<::ntk::MatrixView<T>>& of) : values(of) {}
  std::size_t row = 0, column = 0;
  std::vector<std::vector<T>> own;
  std::vector<::ntk::MatrixView<T>> values;
  T& at(std::size_t output, std::size_t i, std::size_t j) const { return values[output].row(i - row)[j - column]; }
  bool write(TileSink& sink) const {
    for (std::size_t o = 0; o < values.size(); ++o)
      if (!sink.write(o, row, column, values[o])) return false;
    return true;
  }
};

// What `from` has of a tile, on its diagonal and below if `lower`, to the transposed place in `to`.
template <class T>
void transpose(const Tile& tile, const Panel<T>& from, bool lower, Panel<T>& to) {
  constexpr std::size_t kBlock = 16;  // a square of it and of its transpose stay in the first-level cache
  for (std::size_t o = 0; o < from.values.size(); ++o)
    for (std::size_t i = tile.row; i < tile.row_end; i += kBlock)
      for (std::size_t j = tile.column; j < tile.column_end; j += kBlock)
        for (std::size_t b = j; b < std::min(j + kBlock, tile.column_end); ++b) {
          const std::size_t first = lower ? std::max(i, b) : i, end = std::min(i + kBlock, tile.row_end);
          for (std::size_t a = first; a < end; ++a) to.at(o, b, a) = from.at(o, a, b);
        }
}

}  // namespace ntkc::engine
