// One tile of a collapsed network: its product, the fits, and the recursion for what they leave.
#pragma once
#include "engine/collapse_ops.hpp"
#include "engine/collapsed.hpp"
#include "engine/tile.hpp"
#include "ntk/runtime/collapse_tile.hpp"

namespace ntkc::engine {

// Sums are of type T, results of type Out; pairs that are left are computed in double.
template <class T, class Out = T>
class CollapsedTileRunner {
  using Fitted = ::ntk::collapse::Tile<Nodes, T, CollapseOps, Out>;

 public:
  using Packed = PackedSamples<T>;
  static constexpr std::size_t kRows = Fitted::kRows, kColumns = Fitted::kColumns;

  CollapsedTileRunner(const Context& context, const Collapsed<T>& collapsed);
  void run(const Samples& x, const Samples& y, const PackedSamples<T>& columns, const Tile& tile, bool symmetric, const Targets<Out>& to);

 private:
  void directly(const Samples& x, const Samples& y, const Tile& tile, bool symmetric, const Targets<Out>& to);

  const Context& context_;
  TileRunner recursion_;
  PackedSamples<T> rows_;
  const Collapsed<T>& collapsed_;
  Fitted fitted_;
};

}  // namespace ntkc::engine
