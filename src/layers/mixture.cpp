#include "layers/mixture.hpp"

#include "layers/moments.hpp"

namespace ntkc::layers {

using expr::Function;

Moments moments(Demand& d, graph::NodeId u) {
  const auto k = [&](Side i, Side j) { return num(d.build(), d.covariance({u, i}, {u, j})); };
  return {k(Side::x, Side::x), k(Side::primed, Side::primed), k(Side::x, Side::primed), num(d.build(), d.gram(u))};
}

Moments of_constant(ir::Num at_x, ir::Num at_primed) {
  return {at_x * at_x, at_primed * at_primed, at_x * at_primed, num(*at_x.b, at_x.b->constant(0))};
}

Moments centred(Demand& d, graph::NodeId u) {
  ir::Builder& b = d.build();
  const ir::Num m1 = num(b, d.mean({u, Side::x})), m2 = num(b, d.mean({u, Side::primed})), zero = num(b, b.constant(0)),
                one = num(b, b.constant(1));
  const Moments k = moments(d, u);
  if (b.is_constant(m1.v, 0)) return k;
  const ir::Num v1 = num(b, d.variance({u, Side::x})), v2 = num(b, d.variance({u, Side::primed})), s1 = sqrt(v1), s2 = sqrt(v2),
                g = s1 * s2;
  const ir::Num turn = m1 * s2 - m2 * s1, rest = apply(Function::max, k.gram - turn * turn, zero), sum = k.c + m1 * m2 + g;
  const auto select = [&](ir::Num yes, ir::Num no) {
    return num(b, b.call(Function::select, {apply(Function::less, zero, k.c).v, yes.v, no.v}));
  };
  const ir::Num e = apply(Function::min, select(rest / select(sum, one), g - (k.c - m1 * m2)), 2.0 * g);
  return {v1, v2, g - e, e * (2.0 * g - e)};
}

Moments operator+(const Moments& a, const Moments& p) {
  ir::Builder& b = *a.c.b;
  const ir::Num da = num(b, deficit(b, a.q1.v, a.q2.v, a.c.v, a.gram.v)), dp = num(b, deficit(b, p.q1.v, p.q2.v, p.c.v, p.gram.v));
  const ir::Num s = sqrt(a.q1 * p.q2), t = sqrt(p.q1 * a.q2);
  return {a.q1 + p.q1, a.q2 + p.q2, a.c + p.c, a.gram + p.gram + (s - t) * (s - t) + 2.0 * s * t * (da + dp - da * dp)};
}

Moments operator*(ir::Num w, const Moments& m) { return {w * m.q1, w * m.q2, w * m.c, w * w * m.gram}; }

}  // namespace ntkc::layers
