// Products of the features of samples: of a tile's rows with its columns.
#pragma once
#include "engine/samples.hpp"
#include "ntk/runtime/packed.hpp"

namespace ntkc::engine {

struct Tile {
  std::size_t row, row_end, column, column_end;
};

// The first product of the same features, for each of a plan's: its sums serve all of them.
std::vector<std::size_t> first_of_same(const plan::Plan& plan);

// A range of samples, packed for every product: as its rows, or as its columns. Doubles are those of the samples; floats are rounded from
// samples of length 1, so that every sum is a correlation.
template <class T>
class PackedSamples {
 public:
  PackedSamples(const Context& context, bool rows);
  // Makes room; panels may then be packed at once.
  void reset(const Samples& samples, std::size_t begin, std::size_t end);
  std::size_t panels() const;
  void pack(std::size_t panel);
  bool holds(const Samples& samples, std::size_t begin, std::size_t end) const {
    return samples_ == &samples && begin_ == begin && end_ == end;
  }
  // Whether what is packed as columns may be read as the rows of a tile.
  bool serves_rows(const Samples& samples, const Tile& tile) const;
  // Those of a product, of samples [begin, end).
  ::ntk::product::Panels<T> of(std::size_t product, std::size_t begin, std::size_t end) const {
    return {packed_[product], begin - begin_, end - begin};
  }

 private:
  const Context& context_;
  bool rows_;
  std::vector<std::size_t> first_;
  const Samples* samples_ = nullptr;
  std::size_t begin_ = 0, end_ = 0;
  std::vector<::ntk::product::Packed<T>> packed_;
};

// The rows of a tile: among the columns, or packed, unless they are.
template <class T>
const PackedSamples<T>& rows_of(const Samples& samples, const Tile& tile, const PackedSamples<T>& columns, PackedSamples<T>& own);

// sums[i * stride + j] = sum over k of number k of row i times that of column j; room for both to the next multiple of a panel. Of columns
// j > i + diagonal nothing is promised.
void multiply(const ::ntk::product::Panels<double>& rows, const ::ntk::product::Panels<double>& columns, std::ptrdiff_t diagonal,
              double* sums, std::size_t stride);
void multiply(const ::ntk::product::Panels<float>& rows, const ::ntk::product::Panels<float>& columns, std::ptrdiff_t diagonal, float* sums,
              std::size_t stride);

// Of a tile, what is wanted: columns j <= i + this, counted from its first.
std::ptrdiff_t diagonal_of(const Tile& tile, bool symmetric);

}  // namespace ntkc::engine
