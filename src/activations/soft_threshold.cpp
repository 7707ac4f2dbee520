#include "activations/forms.hpp"

namespace ntkc::activations {

static expr::Expr phi(const graph::Args& args) {
  const expr::Expr x = expr::Expr::variable();
  const expr::Expr& t = real(args, "t");
  return max(x - t, 0) + min(x + t, 0);
}

Activation soft_threshold() {
  return {.name = "soft_threshold",
          .arguments = {{"t", graph::ArgumentType::nonnegative, "", "the threshold"}},
          .doc = "sign(x) max(|x| - t, 0)",
          .reference = "PyTorch Softshrink",
          .phi = phi,
          .examples = {"soft_threshold(t = 0.5)"}};
}

}  // namespace ntkc::activations
