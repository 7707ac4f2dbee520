#include "engine/collapsed_tile.hpp"

namespace ntkc::engine {

CollapsedTileRunner::CollapsedTileRunner(const Context& context, const Collapsed& collapsed)
    : context_(context),
      recursion_(context),
      rows_(context, true),
      collapsed_(collapsed),
      fitted_(collapsed, context.plan.outputs.size()) {}

void CollapsedTileRunner::run(const Samples& x, const Samples& y, const PackedSamples& columns, const Tile& tile, bool symmetric,
                              const Targets& to) {
  pack_once(rows_, x, tile);
  const auto diagonal = diagonal_of(tile, symmetric);
  multiply(rows_.of(0), columns.of(0), tile.column - columns.begin(), tile.column_end - tile.column, diagonal, fitted_.sums(),
           Fitted::kStride);
  fitted_.run(tile.row, tile.row_end, tile.column, tile.column_end, static_cast<double>(rows_.of(0).size()), diagonal, to);
  directly(x, y, tile, symmetric, to);
}

void CollapsedTileRunner::directly(const Samples& x, const Samples& y, const Tile& tile, bool symmetric, const Targets& to) {
  const std::size_t outputs = context_.plan.outputs.size();
  std::uint32_t i[kLanes], j[kLanes];
  double sums[kLanes];
  std::vector<double> out(outputs * kLanes);
  std::size_t n = 0;
  const auto flush = [&] {
    recursion_.scattered(x, y, n, i, j, sums, symmetric, out.data());
    for (std::size_t o = 0; o < outputs; ++o)
      for (std::size_t l = 0; l < n; ++l) to[o].data[(i[l] - tile.row) * to[o].stride + (j[l] - tile.column)] = out[o * kLanes + l];
    n = 0;
  };
  for (const auto& pair : fitted_.left()) {
    i[n] = static_cast<std::uint32_t>(tile.row) + pair.row, j[n] = static_cast<std::uint32_t>(tile.column) + pair.column;
    sums[n] = pair.sum;
    if (++n == kLanes) flush();
  }
  if (n > 0) flush();
}

}  // namespace ntkc::engine
