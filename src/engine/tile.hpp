// One tile of the matrix of pairs: the products of its rows and columns, then the pair program a row at a time.
#pragma once
#include <functional>
#include <vector>

#include "engine/samples.hpp"

namespace ntkc::engine {

inline constexpr std::size_t kTileRows = 128, kTileColumns = kLanes;

struct Tile {
  std::size_t row, row_end, column, column_end;
};

// Takes the values of row i, columns [column, column + n), of an output.
using TakeRow = std::function<void(std::size_t output, std::size_t i, std::size_t column, std::size_t n, const double* values)>;

class TileRunner {
 public:
  TileRunner(const Context& context);

  // Of a symmetric matrix (x is y) only columns <= row.
  void run(const Samples& x, const Samples& y, Tile tile, bool symmetric, const TakeRow& take);
  // Sample i with itself, for rows [first, first + n), n <= kLanes: take gets them as one row.
  void diagonal(const Samples& x, std::size_t first, std::size_t n, const TakeRow& take);

 private:
  void run_strip(const Samples& x, const Samples& y, const Tile& tile, bool symmetric, const TakeRow& take);
  void multiply(const Samples& x, const Samples& y, const Tile& tile);
  void read(const Samples& x, const Samples& y, std::size_t i, const Tile& tile, std::size_t n, bool diagonal);
  void directly(const Samples& x, const Samples& y, std::size_t product, std::size_t i, std::size_t j, double* out) const;
  void finish(const Inputs& inputs, std::size_t i, std::size_t column, const TakeRow& take);

  const Context& context_;
  Machine machine_;
  std::vector<std::size_t> inner_of_;              // the first product of the same features, whose sums serve all of them
  std::vector<std::vector<double>> sums_;          // of each such product: kTileRows by kTileColumns
  std::size_t first_column_ = 0;                   // of the sums
  std::vector<double> products_, scratch_, same_;  // a row of lanes each
};

}  // namespace ntkc::engine
