#include "activations/relu_family.hpp"

namespace ntkc::activations {

static Slopes slopes(const graph::Args& args) { return {real(args, "a"), real(args, "b")}; }

Activation ab_relu() {
  return {
      .name = "ab_relu",
      .arguments = {{"a", graph::ArgumentType::real, "", "the slope below 0"}, {"b", graph::ArgumentType::real, "", "the slope above 0"}},
      .doc = "a min(x, 0) + b max(x, 0)",
      .reference = "Tsuchida, Roosta-Khorasani & Gallagher 2018",
      .phi = [](const graph::Args& args) { return rectifier_phi(slopes(args)); },
      .closed = rectifier<slopes>(),
      .examples = {"ab_relu(a = -0.3, b = 1.2)"}};
}

}  // namespace ntkc::activations
