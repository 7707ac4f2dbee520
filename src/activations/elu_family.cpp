// In polar coordinates, the plane cut into wedges by u = 0 and v = 0: where both are positive or both negative the wedge has the angle
// pi - theta, elsewhere theta. u v is integrated in closed form (the arc-cosine kernel of Cho & Saul 2009), u with an exponential and two
// of them by an integral over the angle alone (ntk/runtime/wedges.hpp). With t = rate s: kappa / scale^2 = (sqrt(gram) + (pi - theta) c) /
// 2pi - depth (s1 L(t2, theta) + s2 L(t1, theta)) + depth^2 S(t1, t2, pi - theta), kappa-dot / scale^2 = (pi - theta) / 2pi + depth rate
// (E(0, t1, theta) + E(0, t2, theta)) + (depth rate)^2 E(t1, t2, pi - theta). Tsuchida et al. 2021 have kappa by the bivariate normal,
// which loses its digits at small and at large variances.
//
// The distance has f(u) - f(v) = s1 A - s2 B, s1 A + depth (1 - exp(-t2 B)), its mirror and depth (exp(-t2 B) - exp(-t1 A)) in the four.
#include "activations/elu_family.hpp"

#include "activations/differences.hpp"

namespace ntkc::activations {
namespace {

struct Wedges {
  ir::Builder& b;
  K k;
  Num scale, depth, rate, s1, s2, t1, t2, theta, rest;
  Wedges(ir::Builder& builder, const Saturation& s, const ir::Builder::Covariance& covariance)
      : b(builder),
        k(b, covariance),
        scale(square(exact(b, s.scale))),
        depth(exact(b, s.depth)),
        rate(exact(b, s.rate)),
        s1(sqrt(k.q1)),
        s2(sqrt(k.q2)),
        t1(rate * s1),
        t2(rate * s2),
        theta(angle(k.gram, k.c)),
        rest(pi(b) - theta) {}
  template <class... X>
  Num operator()(Function f, const X&... x) const {
    return ir::num(b, b.call(f, {x.v...}));
  }
  // E[s1 A (1 - exp(-t2 B))] over the wedge of theta, and its mirror.
  Num mixed() const { return s1 * (*this)(Function::wedge_linear, t2, theta) + s2 * (*this)(Function::wedge_linear, t1, theta); }
};

}  // namespace

Form saturating_dual(ir::Builder& b, const Saturation& s, const ir::Builder::Covariance& covariance, int i, int j) {
  if (i != j || i > 1) return std::nullopt;
  const Wedges w(b, s, covariance);
  const Num none = number(b, 0);
  if (i == 0)
    return (w.scale * ((sqrt(w.k.gram) + w.rest * w.k.c) / (2 * pi(b)) - w.depth * w.mixed() +
                       w.depth * w.depth * w(Function::wedge_saturating, w.t1, w.t2, w.rest)))
        .v;
  const Num slope = w.depth * w.rate;
  return (w.scale * (w.rest / (2 * pi(b)) +
                     slope * (w(Function::wedge_decaying, none, w.t1, w.theta) + w(Function::wedge_decaying, none, w.t2, w.theta)) +
                     slope * slope * w(Function::wedge_decaying, w.t1, w.t2, w.rest)))
      .v;
}

Form saturating_distance(ir::Builder& b, const Saturation& s, const ir::Builder::Covariance& covariance) {
  const Wedges w(b, s, covariance);
  const Num lines = 0.5 * w.k.D - w.s1 * w.s2 / pi(b) * ir::apply(Function::sin_minus_x_cos, w.theta);
  const Num tails = w(Function::wedge_square, w.t1, w.theta) + w(Function::wedge_square, w.t2, w.theta) +
                    w(Function::wedge_apart, w.t1, w.t2, w.rate * (w.s1 - w.s2), w.theta);
  return (w.scale * (positive_part(lines) + 2 * w.depth * w.mixed() + w.depth * w.depth * tails)).v;
}

Form saturating_gram(ir::Builder& b, const Saturation& s, const ir::Builder::Covariance& k) {
  const Value zero = b.constant(0);
  const auto at = [&](const ir::Builder::Covariance& c) { return ir::num(b, *saturating_dual(b, s, c, 0, 0)); };
  return gram_from_distance(at({k.q1, k.q1, k.q1, zero, zero}), at({k.q2, k.q2, k.q2, zero, zero}), at(k),
                            ir::num(b, *saturating_distance(b, s, k)))
      .v;
}

}  // namespace ntkc::activations
