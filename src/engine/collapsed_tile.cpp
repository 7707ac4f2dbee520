#include "engine/collapsed_tile.hpp"

#include <cmath>

#include "engine/near_ops.hpp"

namespace ntkc::engine {

template <class T, class Out>
CollapsedTileRunner<T, Out>::CollapsedTileRunner(const Context& context, const Collapsed<T>& collapsed)
    : context_(context),
      recursion_(context),
      rows_(context, true),
      collapsed_(collapsed),
      fitted_(collapsed, context.plan.outputs.size()) {}

template <class T, class Out>
void CollapsedTileRunner<T, Out>::run(const Samples& x, const Samples& y, const PackedSamples<T>& columns, const Tile& tile, bool symmetric,
                                      const Targets<Out>& to) {
  const auto rows = rows_of(x, tile, columns, rows_).of(0, tile.row, tile.row_end);
  const auto diagonal = diagonal_of(tile, symmetric);
  multiply(rows, columns.of(0, tile.column, tile.column_end), diagonal, fitted_.sums(), Fitted::kStride);
  fitted_.run(tile.row, tile.row_end, tile.column, tile.column_end, static_cast<double>(rows.packed->size()), diagonal, to);
  directly(x, y, tile, symmetric, to);
}

template <class T, class Out>
void CollapsedTileRunner<T, Out>::directly(const Samples& x, const Samples& y, const Tile& tile, bool symmetric, const Targets<Out>& to) {
  const std::size_t outputs = context_.plan.outputs.size();
  std::uint32_t i[kLanes], j[kLanes];
  double sums[kLanes];
  std::vector<double> out(outputs * kLanes), one(outputs);
  const auto left = x.features(0, true), right = y.features(0, false);
  const double *const q = x.norms(0, true), *const r = y.norms(0, false);
  std::size_t n = 0;
  const auto flush = [&] {
    recursion_.scattered(x, y, n, i, j, sums, symmetric, out.data());
    for (std::size_t o = 0; o < outputs; ++o)
      for (std::size_t l = 0; l < n; ++l) to[o].row(i[l] - tile.row)[j[l] - tile.column] = static_cast<Out>(out[o * kLanes + l]);
    n = 0;
  };
  for (const auto& pair : fitted_.left()) {
    i[n] = static_cast<std::uint32_t>(tile.row) + pair.row, j[n] = static_cast<std::uint32_t>(tile.column) + pair.column;
    if constexpr (!::ntk::product::kOfLengthOne<T>)
      sums[n] = pair.sum;
    else
      sums[n] = inner(left.size, left.row(i[n]), right.row(j[n])) * static_cast<double>(left.size);
    const double rho = sums[n] / static_cast<double>(left.size) / (std::sqrt(q[i[n]]) * std::sqrt(r[j[n]]));
    if (collapsed_.stray(i[n], j[n], rho, one.data())) {
      for (std::size_t o = 0; o < outputs; ++o) to[o].row(pair.row)[pair.column] = static_cast<Out>(one[o]);
      continue;
    }
    if (++n == kLanes) flush();
  }
  if (n > 0) flush();
}

template class CollapsedTileRunner<double>;
template class CollapsedTileRunner<float>;
template class CollapsedTileRunner<double, float>;

}  // namespace ntkc::engine
