// One tile of the matrix of pairs: the products of its rows and columns, then the pair program a row at a time.
#pragma once
#include <vector>

#include "engine/machine.hpp"
#include "engine/near_ops.hpp"
#include "engine/product.hpp"
#include "ntk/runtime/views.hpp"

namespace ntkc::engine {

inline constexpr std::size_t kTileRows = 64, kTileColumns = kLanes;

// Where the tile's values of each output go. Of a symmetric matrix nothing is written above the diagonal.
template <class T>
using Targets = std::vector<::ntk::MatrixView<T>>;

class TileRunner {
 public:
  using Packed = PackedSamples<double>;

  explicit TileRunner(const Context& context);

  // Of a symmetric matrix (x is y) only columns <= row. `columns` are packed samples of y that the tile's are among.
  template <class T>
  void run(const Samples& x, const Samples& y, const PackedSamples<double>& columns, const Tile& tile, bool symmetric,
           const Targets<T>& to);
  // Sample i with itself, for rows [first, first + n), n <= kLanes: of output o at out + o * kLanes.
  void diagonal(const Samples& x, std::size_t first, std::size_t n, double* out);
  // n <= kLanes pairs (i[l], j[l]) anywhere, of which the product of features with themselves has the sums[l]; likewise. In a symmetric
  // matrix i = j is a sample with itself.
  void scattered(const Samples& x, const Samples& y, std::size_t n, const std::uint32_t* i, const std::uint32_t* j, const double* sums,
                 bool symmetric, double* out);

 private:
  template <class T>
  void run_strip(const Samples& x, const Samples& y, const Tile& tile, bool symmetric, const Targets<T>& to);
  void multiply(const Samples& x, const PackedSamples<double>& columns, const Tile& tile, bool symmetric);
  void read(const Samples& x, const Samples& y, std::size_t i, const Tile& tile, std::size_t n, bool diagonal);
  void directly(const Samples& x, const Samples& y, std::size_t product, std::size_t i, std::size_t j, double* out);
  template <class Out>
  void finish(const Inputs& inputs, Out out);

  const Context& context_;
  Machine machine_;
  PackedSamples<double> rows_;
  std::vector<std::size_t> inner_of_;      // the first product of the same features, whose sums serve all of them
  std::vector<std::vector<double>> sums_;  // of each such product: kTileRows by kTileColumns
  struct Found {                           // what was last read off a pair's rows, for the other products of the same features
    std::size_t inner = 0, i = 0, j = 0;
    const Samples *x = nullptr, *y = nullptr;
    Near near;
  } found_;
  std::size_t first_column_ = 0, first_row_ = 0;   // of the sums and values
  std::vector<double> products_, scratch_, same_;  // a row of lanes each
};

}  // namespace ntkc::engine
