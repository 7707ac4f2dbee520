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
  std::size_t begin() const { return begin_; }
  const ::ntk::product::Packed<T>& of(std::size_t product) const { return packed_[product]; }

 private:
  const Context& context_;
  bool rows_;
  std::vector<std::size_t> first_;
  const Samples* samples_ = nullptr;
  std::size_t begin_ = 0, end_ = 0;
  std::vector<::ntk::product::Packed<T>> packed_;
};

// Packs the rows of a tile, unless they are packed.
template <class T>
void pack_once(PackedSamples<T>& rows, const Samples& samples, const Tile& tile);

// sums[i * stride + j] = sum over k of number k of row i times that of column `first` + j, for `count` columns; room for both to the next
// multiple of a panel. `first` is one. Of columns j > i + diagonal nothing is promised.
void multiply(const ::ntk::product::Packed<double>& rows, const ::ntk::product::Packed<double>& columns, std::size_t first,
              std::size_t count, std::ptrdiff_t diagonal, double* sums, std::size_t stride);
void multiply(const ::ntk::product::Packed<float>& rows, const ::ntk::product::Packed<float>& columns, std::size_t first, std::size_t count,
              std::ptrdiff_t diagonal, float* sums, std::size_t stride);

// Of a tile, what is wanted: columns j <= i + this, counted from its first.
std::ptrdiff_t diagonal_of(const Tile& tile, bool symmetric);

}  // namespace ntkc::engine
