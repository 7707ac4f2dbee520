// Squared distances E[(f(u) - f(v))^2] as sums of terms that vanish with D and the Gram determinant, so that near-duplicates keep their
// digits. All are second differences g(q1, q1) + g(q2, q2) - 2 g(q1, q2) of the building blocks of closed forms.
#pragma once
#include "activations/forms.hpp"

namespace ntkc::activations {

Num positive_part(Num x);
Num square_norm_gap(const K& k);          // (s1 - s2)^2, s = sqrt(q): to the digits of D for c > 0, where it is D - 2 gram / (s1 s2 + c)
Num square_power_gap(const K& k, int n);  // (s1^n - s2^n)^2, n >= 1
Num variance_gap(const K& k);             // |q1 - q2| = (s1 + s2) |s1 - s2|

// With w_i^2 = 1 + 2 r q_i and W^2 = 1 + r (q1 + q2) + r^2 gram: W^4 - w1^2 w2^2 = r^2 ((q1 - q2)^2 + gram (1 + r (q1 + q2) + W^2)), from
// which all differences of roots follow.
struct Roots {
  Num r, w1, w2, w, gap;  // gap: |q1 - q2|
  Num sum;                // 1 + r (q1 + q2)
  Num excess;             // W^2 - w1 w2
  Roots(const K& k, Num r);
  Num distance() const;                // w1 + w2 - 2W
  Num inverse_distance() const;        // 1/w1 + 1/w2 - 2/W
  Num inverse_gram() const;            // 1/(w1 w2) - 1/W^2
  Num between() const;                 // a1 - a2 for q1 > q2, and >= 0: a_i = atan2(r q_i, w_i)
  Num arc_distance(const K& k) const;  // a1 + a2 - 2 atan2(r c, W)

 private:
  Num slope() const;  // (r q1 w2 - r q2 w1) / (q1 - q2)
  Num q1_, q2_;
};

// For odd and even functions the Gram determinant does not change with the sign of c: the covariance with |c|, near rho = -1 too.
K folded(const K& k);
// The determinant from the second moments of both sides and their distance: with e = distance - (root1 - root2)^2, e (root1 root2 - e / 4).
Num gram_from_distance(Num moment1, Num moment2, Num distance);
// The same where the distance is small beside the moments; elsewhere (norms far apart) the plain difference has more digits.
Num gram_from_distance(Num moment1, Num moment2, Num kappa, Num distance);

}  // namespace ntkc::activations
