#include "activations/relu_family.hpp"

#include "activations/differences.hpp"

namespace ntkc::activations {
namespace {

struct Moments {
  Num mean_square, jump_square;  // (a^2 + b^2) / 2 and (b - a)^2
  Moments(ir::Builder& b, const Slopes& s)
      : mean_square(exact(b, (s.a * s.a + s.b * s.b) / 2)), jump_square(exact(b, (s.b - s.a) * (s.b - s.a))) {}
};

// |x| is even: near rho = -1 its values are near each other, too.
K near_side(const Slopes& s, const K& k) { return s.a == -s.b ? folded(k) : k; }

Num product_of_deviations(const K& k) { return sqrt(k.q1 * k.q2); }

}  // namespace

// kappa = m c + (b - a)^2 / (2 pi) (R - t c), R = sqrt(gram), t the angle; kappa-dot = m - (b - a)^2 t / (2 pi).
Form rectifier_dual(ir::Builder& b, const Slopes& s, const ir::Builder::Covariance& covariance, int i, int j) {
  const K k(b, covariance);
  const Moments m(b, s);
  const Num theta = angle(k.gram, k.c), two_pi = 2 * pi(b);
  if (i == 0 && j == 0) return (m.mean_square * k.c + m.jump_square / two_pi * (sqrt(k.gram) - theta * k.c)).v;
  if (i == 1 && j == 1) return (m.mean_square - m.jump_square / two_pi * theta).v;
  return std::nullopt;
}

Form rectifier_mean(ir::Builder& b, const Slopes& s, Value q, int order) {
  if (order == 0) return (exact(b, s.b - s.a) * sqrt(ir::num(b, q) / (2 * pi(b)))).v;
  if (order == 1) return exact(b, (s.a + s.b) / 2).v;
  return std::nullopt;
}

// m D - (b - a)^2 / pi s1 s2 (sin t - t cos t).
Form rectifier_distance(ir::Builder& b, const Slopes& s, const ir::Builder::Covariance& covariance) {
  const K k = near_side(s, K(b, covariance));
  const Moments m(b, s);
  const Num theta = angle(k.gram, k.c);
  return (m.mean_square * k.D - m.jump_square / pi(b) * product_of_deviations(k) * apply(Function::sin_minus_x_cos, theta)).v;
}

// q1 q2 e (2m - e), e = m (1 - rho') = 2 m sin^2(t/2) - (b - a)^2 / (2 pi) (sin t - t cos t).
Form rectifier_gram(ir::Builder& b, const Slopes& s, const ir::Builder::Covariance& covariance) {
  const K k = near_side(s, K(b, covariance));
  const Moments m(b, s);
  const Num theta = angle(k.gram, k.c), half_sine = apply(Function::sin, theta / 2);
  const Num e = 2 * m.mean_square * square(half_sine) - m.jump_square / (2 * pi(b)) * apply(Function::sin_minus_x_cos, theta);
  return (k.q1 * k.q2 * e * (2 * m.mean_square - e)).v;
}

expr::Expr rectifier_phi(const Slopes& s) {
  const expr::Expr x = expr::Expr::variable();
  const auto piece = [](const expr::Expr& slope, const expr::Expr& part) {
    return slope == expr::Expr(0) ? expr::Expr(0) : slope == expr::Expr(1) ? part : slope * part;
  };
  const expr::Expr above = piece(s.b, max(x, 0)), below = piece(s.a, min(x, 0));
  return below == expr::Expr(0) ? above : above + below;
}

}  // namespace ntkc::activations
