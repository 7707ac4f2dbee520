#include "activations/relu_family.hpp"

namespace ntkc::activations {

static Slopes slopes(const graph::Args& args) { return {real(args, "slope"), 1}; }

Activation leaky_relu() {
  return {.name = "leaky_relu",
          .arguments = {{"slope", graph::ArgumentType::real, "0.01", "the slope below 0"}},
          .doc = "max(x, 0) + slope min(x, 0)",
          .reference = "Tsuchida, Roosta-Khorasani & Gallagher 2018",
          .phi = [](const graph::Args& args) { return rectifier_phi(slopes(args)); },
          .closed = rectifier<slopes>(),
          .examples = {"leaky_relu", "leaky_relu(slope = 0.2)"}};
}

}  // namespace ntkc::activations
