#include "layers/spatial.hpp"

namespace ntkc::layers {
namespace {

std::optional<Shaped> shape(const ShapeContext& context) {
  const graph::Node& input = context.input(0);
  Shaped result{{}, input.width, input.law == graph::Law::data ? graph::Law::data : graph::Law::other};
  for (const graph::Dim& dim : input.shape.positions) {
    if (!dim.size || !result.width) {
      result.width.reset();
    } else if (!(result.width = multiply(*result.width, *dim.size))) {
      context.diagnostics.report(Code::size_overflow, context.node.span);
      return std::nullopt;
    }
  }
  result.shape.channels.size = result.width;
  return result;
}

}  // namespace

Layer flatten() {
  return {.name = "flatten",
          .arguments = {},
          .doc = "Channels of all positions side by side: the mean over p of K[p, p].",
          .has_weights = false,
          .shape = shape};
}

}  // namespace ntkc::layers
