// kappa = (pi - t) / (2 pi), the probability that both are positive. For other orders the derivative is Dirac's delta (Stein's E[u f(u)] /
// q).
#include "activations/forms.hpp"

namespace ntkc::activations {
namespace {

Form dual(ir::Builder& b, const graph::Args&, const ir::Builder::Covariance& covariance, int i, int j) {
  const K k(b, covariance);
  if (i == 0 && j == 0) return (angle(k.gram, -k.c) / (2 * pi(b))).v;
  if (i == 1 && j == 1) return (1 / (2 * pi(b) * sqrt(k.gram))).v;
  return std::nullopt;
}

Form mean(ir::Builder& b, const graph::Args&, Value q, int order) {
  if (order == 0) return b.constant(0.5);
  const Num variance = ir::num(b, q), zero = number(b, 0);
  if (order == 1) return select(less(zero, variance), 1 / sqrt(2 * pi(b) * variance), zero).v;
  return std::nullopt;
}

// E[step(u)^2]. Without variance the angle to everything is pi/2, as in `dual`, and the second moments decide.
Num second(Num q) { return select(less(number(*q.b, 0), q), number(*q.b, 0.5), number(*q.b, 0.25)); }
Num random(const K& k, Num yes, Num no) { return select(less(number(*k.c.b, 0), ir::apply(Function::min, k.q1, k.q2)), yes, no); }

Form distance(ir::Builder& b, const graph::Args&, const ir::Builder::Covariance& covariance) {
  const K k(b, covariance);
  const Num turns = angle(k.gram, k.c) / pi(b);
  return random(k, turns, second(k.q1) + second(k.q2) - (1 - turns)).v;
}

// 1/4 - kappa^2 = t (2 pi - t) / (4 pi^2).
Form gram(ir::Builder& b, const graph::Args&, const ir::Builder::Covariance& covariance) {
  const K k(b, covariance);
  const Num turns = angle(k.gram, k.c) / (2 * pi(b));
  return random(k, turns * (1 - turns), second(k.q1) * second(k.q2) - square(0.5 - turns)).v;
}

}  // namespace

Activation step() {
  return {.name = "step",
          .doc = "1 for x > 0, else 0",
          .reference = "Cho & Saul 2009 (arc-cosine kernel of order 0)",
          .phi = [](const graph::Args&) { return expr::step(expr::Expr::variable()); },
          .closed = Closed{dual, mean, distance, gram},
          .jump = true};
}

}  // namespace ntkc::activations
