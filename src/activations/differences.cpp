#include "activations/differences.hpp"

namespace ntkc::activations {

Num positive_part(Num x) { return ir::apply(Function::max, x, number(*x.b, 0)); }

Num square_norm_gap(const K& k) {
  const Num s1 = sqrt(k.q1), s2 = sqrt(k.q2), zero = number(*k.c.b, 0);
  return select(less(zero, k.c), positive_part(k.D - 2 * k.gram / (s1 * s2 + k.c)), square(s1 - s2));
}

Num square_power_gap(const K& k, int n) {
  const Num s1 = sqrt(k.q1), s2 = sqrt(k.q2);
  Num ratio = number(*k.c.b, 1);
  for (int i = 1; i < n; ++i) ratio = power(s1, i) + s2 * ratio;
  return square_norm_gap(k) * square(ratio);
}

Num variance_gap(const K& k) { return (sqrt(k.q1) + sqrt(k.q2)) * sqrt(square_norm_gap(k)); }

Roots::Roots(const K& k, Num rate)
    : r(rate),
      w1(sqrt(1 + 2 * r * k.q1)),
      w2(sqrt(1 + 2 * r * k.q2)),
      w(sqrt(1 + r * (k.q1 + k.q2) + r * r * k.gram)),
      gap(variance_gap(k)),
      sum(1 + r * (k.q1 + k.q2)),
      excess(r * r * (gap * gap + k.gram * (sum + w * w)) / (w * w + w1 * w2)),
      q1_(k.q1),
      q2_(k.q2) {}

// (sqrt w1 - sqrt w2)^2 - 2 (W - sqrt(w1 w2)), w1 - w2 = 2 r (q1 - q2) / (w1 + w2).
Num Roots::distance() const {
  const Num root1 = sqrt(w1), root2 = sqrt(w2);
  return square(2 * r * gap / ((w1 + w2) * (root1 + root2))) - 2 * excess / (w + root1 * root2);
}

Num Roots::inverse_distance() const {
  const Num root1 = sqrt(w1), root2 = sqrt(w2), root = root1 * root2;
  return square(2 * r * gap / ((w1 + w2) * (root1 + root2) * root)) + 2 * excess / (root * w * (w + root));
}

Num Roots::inverse_gram() const { return excess / (w1 * w2 * w * w); }

Num Roots::slope() const { return r * (q1_ + q2_ + 2 * r * q1_ * q2_) / (q1_ * w2 + q2_ * w1); }

Num Roots::between() const {
  const Num zero = number(*w.b, 0);
  return select(less(zero, gap), atan2(slope() * gap, w1 * w2 + r * r * q1_ * q2_), zero);
}

// With S = a1 + a2 and T = 2 atan2(r c, W), tan((S - T) / 2) = (cos T - cos S) / (sin S + sin T), and times (1 + r q1)(1 + r q2) the
// numerator is (r q1 w2 - r q2 w1)^2 / (...) + 2 r^2 gram. For c <= 0 nothing cancels.
Num Roots::arc_distance(const K& k) const {
  const Num x1 = r * q1_, x2 = r * q2_, x = r * k.c, p = (1 + x1) * (1 + x2), zero = number(*w.b, 0);
  const Num numerator = square(slope() * gap) / (p + w1 * w2 + x1 * x2) + 2 * r * r * k.gram;
  return select(less(zero, k.c), 2 * atan2(numerator, x1 * w2 + x2 * w1 + 2 * x * w), atan2(x1, w1) + atan2(x2, w2) - 2 * atan2(x, w));
}

K folded(const K& k) {
  K out = k;
  const Num negative = less(k.c, number(*k.c.b, 0));
  out.c = apply(Function::abs, k.c);
  out.D = select(negative, sum_of_squares(k), k.D);
  return out;
}

Num gram_from_distance(Num moment1, Num moment2, Num distance) {
  const Num root1 = sqrt(moment1), root2 = sqrt(moment2);
  const Num e = positive_part(distance - square(root1 - root2));
  return e * positive_part(root1 * root2 - 0.25 * e);
}

Num gram_from_distance(Num moment1, Num moment2, Num kappa, Num distance) {
  const Num apart = positive_part(moment1 * moment2 - square(kappa));
  return select(less(distance, 0.25 * sqrt(moment1 * moment2)), gram_from_distance(moment1, moment2, distance), apart);
}

}  // namespace ntkc::activations
