#include "layers/spatial.hpp"

namespace ntkc::layers {
namespace {

std::optional<Shaped> shape(const ShapeContext& context) {
  const auto window = windows(context, "filter");
  if (!window) return std::nullopt;
  const auto positions = spread(context, *window);
  if (!positions) return std::nullopt;
  return affine(context, *positions);
}

}  // namespace

Layer conv_transpose() {
  return {.name = "conv_transpose",
          .arguments = convolution_arguments(),
          .doc = "The transposed convolution, divided by the filter's size; sizes and crop as in TensorFlow.",
          .has_weights = true,
          .shape = shape};
}

}  // namespace ntkc::layers
