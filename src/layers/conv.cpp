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

Layer conv() {
  return {.name = "conv",
          .arguments = convolution_arguments(),
          .doc = "A convolution: as dense, with K replaced by its mean over the filter at both positions.",
          .has_weights = true,
          .shape = shape};
}

}  // namespace ntkc::layers
