#include "layers/spatial.hpp"

namespace ntkc::layers {
namespace {

std::optional<Shaped> shape(const ShapeContext& context) {
  const auto window = windows(context, "window");
  if (!window) return std::nullopt;
  const auto positions = slide(context, *window);
  if (!positions) return std::nullopt;
  return linear(context, *positions);
}

}  // namespace

Layer avg_pool() {
  return {.name = "avg_pool",
          .arguments = pool_arguments(),
          .doc = "The mean of K and of Theta over both windows.",
          .has_weights = false,
          .shape = shape};
}

}  // namespace ntkc::layers
