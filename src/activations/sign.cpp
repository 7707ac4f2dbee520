// kappa = 1 - 2t/pi = (2/pi) atan2(c, sqrt(gram)). For other orders the derivative is Dirac's delta (Stein's E[u f(u)] / q).
#include "activations/forms.hpp"

namespace ntkc::activations {
namespace {

Form dual(ir::Builder& b, const graph::Args&, const ir::Builder::Covariance& covariance, int i, int j) {
  const K k(b, covariance);
  if (i == 0 && j == 0) return (2 / pi(b) * atan2(k.c, sqrt(k.gram))).v;
  if (i == 1 && j == 1) return (2 / (pi(b) * sqrt(k.gram))).v;
  return std::nullopt;
}

Form mean(ir::Builder& b, const graph::Args&, Value q, int order) {
  if (order == 0) return b.constant(0);
  const Num variance = ir::num(b, q), zero = number(b, 0);
  if (order == 1) return select(less(zero, variance), sqrt(2 / (pi(b) * variance)), zero).v;
  return std::nullopt;
}

Form distance(ir::Builder& b, const graph::Args&, const ir::Builder::Covariance& covariance) {
  const K k(b, covariance);
  return (4 / pi(b) * angle(k.gram, k.c)).v;
}

// 1 - kappa^2 = (2t/pi)(2 - 2t/pi).
Form gram(ir::Builder& b, const graph::Args&, const ir::Builder::Covariance& covariance) {
  const K k(b, covariance);
  const Num turns = angle(k.gram, k.c) / pi(b);
  return (4 * turns * (1 - turns)).v;
}

}  // namespace

Activation sign() {
  return {.name = "sign",
          .doc = "-1, 0 or 1",
          .reference = "Cho & Saul 2009, by sign(x) = 2 step(x) - 1",
          .phi = [](const graph::Args&) { return expr::sign(expr::Expr::variable()); },
          .closed = Closed{dual, mean, distance, gram},
          .jump = true};
}

}  // namespace ntkc::activations
