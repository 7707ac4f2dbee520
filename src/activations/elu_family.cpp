// In polar coordinates, the plane cut into wedges by u = 0 and v = 0: where both are positive or both negative the wedge has the angle
// pi - theta, elsewhere theta. u v is integrated in closed form (the arc-cosine kernel of Cho & Saul 2009), u with an exponential and two
// of them by an integral over the angle alone (ntk/runtime/wedges.hpp). With t = rate s: kappa / scale^2 = (sqrt(gram) + (pi - theta) c) /
// 2pi - depth (s1 L(t2, theta) + s2 L(t1, theta)) + depth^2 S(t1, t2, pi - theta), kappa-dot / scale^2 = (pi - theta) / 2pi + depth rate
// (E(0, t1, theta) + E(0, t2, theta)) + (depth rate)^2 E(t1, t2, pi - theta). Tsuchida et al. 2021 have kappa by the bivariate normal,
// which loses its digits at small and at large variances.
#include "activations/elu_family.hpp"

namespace ntkc::activations {

Form saturating_dual(ir::Builder& b, const Saturation& s, const ir::Builder::Covariance& covariance, int i, int j) {
  if (i != j || i > 1) return std::nullopt;
  const K k(b, covariance);
  const Num scale = exact(b, s.scale), depth = exact(b, s.depth), rate = exact(b, s.rate), s1 = sqrt(k.q1), s2 = sqrt(k.q2);
  const Num t1 = rate * s1, t2 = rate * s2, theta = angle(k.gram, k.c), rest = pi(b) - theta, none = number(b, 0);
  const auto two = [&](Function f, Num x, Num y) { return ir::apply(f, x, y); };
  const auto three = [&](Function f, Num x, Num y, Num z) { return Num{&b, b.call(f, {x.v, y.v, z.v})}; };
  if (i == 0)
    return (scale * scale *
            ((sqrt(k.gram) + rest * k.c) / (2 * pi(b)) -
             depth * (s1 * two(Function::wedge_linear, t2, theta) + s2 * two(Function::wedge_linear, t1, theta)) +
             depth * depth * three(Function::wedge_saturating, t1, t2, rest)))
        .v;
  const Num slope = depth * rate;
  return (scale * scale *
          (rest / (2 * pi(b)) +
           slope * (three(Function::wedge_decaying, none, t1, theta) + three(Function::wedge_decaying, none, t2, theta)) +
           slope * slope * three(Function::wedge_decaying, t1, t2, rest)))
      .v;
}

}  // namespace ntkc::activations
