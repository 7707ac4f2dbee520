#include "layers/spatial.hpp"

namespace ntkc::layers {
namespace {

std::optional<Shaped> shape(const ShapeContext& context) {
  const auto window = windows(context, "filter");
  if (!window) return std::nullopt;
  const auto positions = slide(context, *window);
  if (!positions) return std::nullopt;
  return affine(context, *positions);
}

}  // namespace

Layer conv_local() {
  return {.name = "conv_local",
          .arguments = convolution_arguments(),
          .doc = "As conv, with weights that are not shared over positions: all but the bias is kept only for p = p'.",
          .has_weights = true,
          .shape = shape};
}

}  // namespace ntkc::layers
