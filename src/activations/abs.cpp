#include "activations/relu_family.hpp"

namespace ntkc::activations {

static Slopes slopes(const graph::Args&) { return {-1, 1}; }

Activation abs() {
  return {.name = "abs",
          .doc = "|x|",
          .reference = "Cho & Saul 2009, by |x| = max(x, 0) + max(-x, 0)",
          .phi = [](const graph::Args&) { return expr::abs(expr::Expr::variable()); },
          .closed = rectifier<slopes>()};
}

}  // namespace ntkc::activations
