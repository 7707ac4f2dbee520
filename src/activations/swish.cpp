#include "activations/forms.hpp"

namespace ntkc::activations {

static expr::Expr phi(const graph::Args& args) {
  const expr::Expr x = expr::Expr::variable();
  return expr::simplify(x * expr::sigmoid(real(args, "beta") * x));
}

Activation swish() {
  return {.name = "swish",
          .arguments = {{"beta", graph::ArgumentType::real, "1", "the steepness"}},
          .doc = "x sigmoid(beta x); silu is another name for it",
          .reference = "Ramachandran, Zoph & Le 2017; PyTorch SiLU",
          .phi = phi,
          .examples = {"swish", "swish(beta = 1.7)"}};
}

}  // namespace ntkc::activations
