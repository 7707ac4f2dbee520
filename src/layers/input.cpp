#include <stdexcept>

#include "layers/layer.hpp"

namespace ntkc::layers {
namespace {

ir::Value features(Demand& d, graph::NodeId u) {
  const auto& inputs = d.network().inputs;
  for (std::uint32_t i = 0; i < inputs.size(); ++i)
    if (inputs[i].node == u) return d.build().input(i);
  throw std::logic_error("an input node that is no input");
}

Forward::Value forward(Forward& f, graph::NodeId u) { return f.input(u); }

constexpr Rule kRule{.rank = Rank::data, .features = features};

}  // namespace

Layer input() {
  return {.name = "input",
          .arguments = {},
          .doc = "A sample, or a part of it: K is the inner product over channels, divided by their number; Theta = 0.",
          .structural = true,
          .rule = kRule,
          .forward = forward};
}

}  // namespace ntkc::layers
