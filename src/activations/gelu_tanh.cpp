#include "activations/forms.hpp"

namespace ntkc::activations {

static expr::Expr phi(const graph::Args&) {
  const expr::Expr x = expr::Expr::variable();
  const expr::Expr slope = sqrt(0.5 / atan(expr::Expr(1)));  // sqrt(2 / pi)
  return 0.5 * x * (1 + expr::tanh(slope * (x + expr::Expr(numeric::Number::parse("0.044715")) * pow(x, 3))));
}

Activation gelu_tanh() {
  return {.name = "gelu_tanh",
          .doc = "x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2",
          .reference = "Hendrycks & Gimpel 2016; PyTorch GELU(approximate='tanh')",
          .phi = phi};
}

}  // namespace ntkc::activations
