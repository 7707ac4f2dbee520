// kappa = exp(-gamma D), kappa-dot = 2 gamma kappa: the Gaussian kernel of the squared distance.
#include "activations/forms.hpp"

namespace ntkc::activations {
namespace {

Form dual(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance, int i, int j) {
  const K k(b, covariance);
  const Num gamma = real(b, args, "gamma"), kappa = exp(-(gamma * k.D));
  if (i == 0 && j == 0) return kappa.v;
  if (i == 1 && j == 1) return (2 * gamma * kappa).v;
  return std::nullopt;
}

Form mean(ir::Builder& b, const graph::Args& args, Value q, int order) {
  const Num gamma = real(b, args, "gamma"), damping = exp(-(gamma * ir::num(b, q)));
  if (order == 0) return damping.v;
  if (order == 1) return (sqrt(2 * gamma) * damping).v;
  return std::nullopt;
}

Form distance(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance) {
  const K k(b, covariance);
  return (-2 * expm1(-(real(b, args, "gamma") * k.D))).v;
}

Form gram(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance) {
  const K k(b, covariance);
  return (-expm1(-(2 * real(b, args, "gamma") * k.D))).v;
}

}  // namespace

Activation rbf() {
  return {.name = "rbf",
          .arguments = {{"gamma", graph::ArgumentType::nonnegative, "1", "the rate of the Gaussian kernel"}},
          .doc = "sqrt(2) sin(sqrt(2 gamma) x + pi/4), whose kernel is exp(-gamma E[(u - v)^2])",
          .reference = "Rahimi & Recht 2007",
          .phi =
              [](const graph::Args& args) {
                const expr::Expr quarter = atan(expr::Expr(1));
                return expr::simplify(sqrt(expr::Expr(2)) * sin(sqrt(2 * real(args, "gamma")) * expr::Expr::variable() + quarter));
              },
          .closed = Closed{dual, mean, distance, gram},
          .examples = {"rbf", "rbf(gamma = 0.3)"}};
}

}  // namespace ntkc::activations
