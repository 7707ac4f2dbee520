#include <algorithm>

#include "layers/layer.hpp"

namespace ntkc::layers {

#define NTK_LAYER(name) Layer name();
#include "layers/layers.def"
#undef NTK_LAYER

std::span<const Layer> all() {
  static const std::vector<Layer> table = {
#define NTK_LAYER(name) name(),
#include "layers/layers.def"
#undef NTK_LAYER
  };
  return table;
}

const Layer* find(std::string_view name) {
  const auto table = all();
  const auto found = std::ranges::find(table, name, &Layer::name);
  return found == table.end() ? nullptr : &*found;
}

}  // namespace ntkc::layers
