// kappa = sqrt(q1 q2) exp(gamma (rho + shift)), kappa-dot = gamma exp(gamma (rho + shift)); rho is 0 at a zero vector.
#include "activations/forms.hpp"

namespace ntkc::activations {
namespace {

Form dual(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance, int i, int j) {
  const K k(b, covariance);
  const Num gamma = real(b, args, "gamma"), norm = sqrt(k.q1 * k.q2), zero = number(b, 0);
  const Num e = exp(gamma * (select(less(zero, norm), k.c / norm, zero) + real(b, args, "shift")));
  if (i == 0 && j == 0) return (norm * e).v;
  if (i == 1 && j == 1) return (gamma * e).v;
  return std::nullopt;
}

}  // namespace

Activation exp_normalized() {
  using enum graph::ArgumentType;
  return {.name = "exp_normalized",
          .arguments = {{"gamma", nonnegative, "1", "rate"}, {"shift", real, "-1", "added to the correlation"}},
          .doc = "a kernel only: sqrt(q1 q2) exp(gamma (rho + shift)), rho the correlation",
          .reference = "Daniely, Frostig & Singer 2016; Shankar et al. 2020",
          .phi = [](const graph::Args&) { return expr::Expr::variable(); },
          .closed = Closed{dual},
          .kernel_only = true,
          .examples = {"exp_normalized", "exp_normalized(gamma = 2, shift = 0.5)"}};
}

}  // namespace ntkc::activations
