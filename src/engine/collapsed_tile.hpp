// One tile of a collapsed network: its product, the fits, and the recursion for what they leave.
#pragma once
#include "engine/collapse_ops.hpp"
#include "engine/collapsed.hpp"
#include "engine/tile.hpp"
#include "ntk/runtime/collapse_tile.hpp"

namespace ntkc::engine {

class CollapsedTileRunner {
  using Fitted = ::ntk::collapse::Tile<Nodes, CollapseOps>;

 public:
  static constexpr std::size_t kRows = Fitted::kRows, kColumns = Fitted::kColumns;

  CollapsedTileRunner(const Context& context, const Collapsed& collapsed);
  void run(const Samples& x, const Samples& y, const PackedSamples& columns, const Tile& tile, bool symmetric, const Targets& to);

 private:
  void directly(const Samples& x, const Samples& y, const Tile& tile, bool symmetric, const Targets& to);

  const Context& context_;
  TileRunner recursion_;
  PackedSamples rows_;
  const Collapsed& collapsed_;
  Fitted fitted_;
};

}  // namespace ntkc::engine
