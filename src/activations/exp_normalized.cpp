// kappa = sqrt(q1 q2) exp(gamma (rho + shift)), kappa-dot = gamma exp(gamma (rho + shift)); rho is 0 at a zero vector. With E =
// exp(gamma (1 + shift)) and d = 1 - rho the distance is E ((s1 - s2)^2 - 2 s1 s2 expm1(-gamma d)), the determinant -q1 q2 E^2
// expm1(-2 gamma d).
#include "activations/differences.hpp"

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

struct Near {
  K k;
  Num gamma, norm, most, deficit;  // most: E
  Near(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance)
      : k(b, covariance),
        gamma(real(b, args, "gamma")),
        norm(sqrt(k.q1 * k.q2)),
        most(exp(gamma * (1 + real(b, args, "shift")))),
        deficit(select(less(number(b, 0), k.c), k.gram / (norm * (norm + k.c)),
                       select(less(number(b, 0), norm), 1 - k.c / norm, number(b, 1)))) {}
};

Form distance(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance) {
  const Near n(b, args, covariance);
  return (n.most * (square_norm_gap(n.k) - 2 * n.norm * expm1(-(n.gamma * n.deficit)))).v;
}

Form gram(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance) {
  const Near n(b, args, covariance);
  return (-(square(n.norm * n.most) * expm1(-(2 * n.gamma * n.deficit)))).v;
}

}  // namespace

Activation exp_normalized() {
  using enum graph::ArgumentType;
  return {.name = "exp_normalized",
          .arguments = {{"gamma", nonnegative, "1", "rate"}, {"shift", real, "-1", "added to the correlation"}},
          .doc = "a kernel only: sqrt(q1 q2) exp(gamma (rho + shift)), rho the correlation",
          .reference = "Daniely, Frostig & Singer 2016; Shankar et al. 2020",
          .phi = [](const graph::Args&) { return expr::Expr::variable(); },
          .closed = Closed{.dual = dual, .distance = distance, .gram = gram},
          .kernel_only = true,
          .examples = {"exp_normalized", "exp_normalized(gamma = 2, shift = 0.5)"}};
}

}  // namespace ntkc::activations
