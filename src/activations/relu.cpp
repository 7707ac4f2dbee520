#include "activations/relu_family.hpp"

namespace ntkc::activations {

static Slopes slopes(const graph::Args&) { return {0, 1}; }

Activation relu() {
  return {.name = "relu",
          .doc = "max(x, 0)",
          .reference = "Cho & Saul 2009 (arc-cosine kernel of order 1)",
          .phi = [](const graph::Args& args) { return rectifier_phi(slopes(args)); },
          .closed = rectifier<slopes>()};
}

}  // namespace ntkc::activations
