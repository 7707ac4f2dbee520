#include "layers/spatial.hpp"

namespace ntkc::layers {
namespace {

std::optional<Shaped> shape(const ShapeContext& context) {
  if (!has_positions(context)) return std::nullopt;
  Shaped result = linear(context, context.input(0).shape.positions);
  if (result.law == graph::Law::data) result.law = graph::Law::other;
  return result;
}

}  // namespace

Layer position() {
  return {.name = "position",
          .arguments = {{"sigma", graph::ArgumentType::nonnegative, "1", "standard deviation of the embedding"},
                        {"decay",
                         graph::ArgumentType::activation,
                         "none",
                         "an activation of the squared distance in cells; none: the identity matrix",
                         {"none"}}},
          .doc = "A trained positional embedding: K, Theta += sigma^2 R, R[p, p'] = decay of the squared distance.",
          .has_weights = true,
          .shape = shape};
}

}  // namespace ntkc::layers
