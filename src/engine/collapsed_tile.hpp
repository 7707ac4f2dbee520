// One tile of a collapsed network: its product, then row by row the columns bin by bin; pairs that no fit serves go to the recursion.
#pragma once
#include "engine/collapse_ops.hpp"
#include "engine/collapsed.hpp"
#include "engine/tile.hpp"

namespace ntkc::engine {

class CollapsedTileRunner {
 public:
  static constexpr std::size_t kRows = 256, kColumns = 1024;

  CollapsedTileRunner(const Context& context, const Collapsed& collapsed);
  void run(const Samples& x, const Samples& y, const Tile& tile, bool symmetric, const TakeTile& take);

 private:
  struct Run {  // columns of one bin: order_[begin, end)
    std::uint16_t bin;
    std::size_t begin, end;
  };
  void sort_columns(const Tile& tile);
  void row(std::size_t i, const Tile& tile, double size);
  void evaluate(std::size_t i, const Run& run, const Tile& tile, const ::ntk::collapse::Fit* plus, const ::ntk::collapse::Fit* minus);
  template <class Which>
  void leave(std::size_t i, const Run& run, const Tile& tile, Which which);
  void directly(const Samples& x, const Samples& y, const Tile& tile, bool symmetric);
  double* values(std::size_t output) { return values_.data() + output * kRows * kColumns; }

  const Context& context_;
  const Collapsed& collapsed_;
  TileRunner recursion_;
  std::size_t outputs_;
  std::vector<double> values_;  // of each output; at first the sums in place of the first
  std::vector<Run> runs_;
  std::vector<std::uint32_t> order_;                    // columns of the tile, bin after bin
  std::vector<double> inverse_norms_, places_, roots_;  // of them, in that order
  std::vector<double> rho_, plus_, minus_, row_places_;
  ::ntk::collapse::RowWork work_;
  struct Left {
    std::uint32_t i, j;
    double sum;
  };
  std::vector<Left> left_;
};

}  // namespace ntkc::engine
