#include "layers/spatial.hpp"

namespace ntkc::layers {
namespace {

std::optional<Shaped> shape(const ShapeContext& context) {
  if (!has_positions(context)) return std::nullopt;
  return linear(context, {});
}

}  // namespace

Layer global_sum_pool() {
  return {.name = "global_sum_pool",
          .arguments = {},
          .doc = "The sum of K and of Theta over all pairs of positions.",
          .has_weights = false,
          .shape = shape};
}

}  // namespace ntkc::layers
