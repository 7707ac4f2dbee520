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

// E[sign(u)^2]. Without variance the sign is 0, and so is the covariance.
Num second(Num q) { return select(less(number(*q.b, 0), q), number(*q.b, 1), number(*q.b, 0)); }
Num random(const K& k, Num yes, Num no) { return select(less(number(*k.c.b, 0), ir::apply(Function::min, k.q1, k.q2)), yes, no); }

Form distance(ir::Builder& b, const graph::Args&, const ir::Builder::Covariance& covariance) {
  const K k(b, covariance);
  return random(k, 4 / pi(b) * angle(k.gram, k.c), second(k.q1) + second(k.q2)).v;
}

// 1 - kappa^2 = (2t/pi)(2 - 2t/pi).
Form gram(ir::Builder& b, const graph::Args&, const ir::Builder::Covariance& covariance) {
  const K k(b, covariance);
  const Num turns = angle(k.gram, k.c) / pi(b);
  return random(k, 4 * turns * (1 - turns), number(b, 0)).v;
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
