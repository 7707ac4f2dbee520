// Second moments of sums of uncorrelated variables, of channels side by side, and of a variable less its mean.
#pragma once
#include <vector>

#include "layers/layer.hpp"

namespace ntkc::layers {

// Of one random variable at x and at x': E[u^2], E[u'^2], E[u u'], and the Gram determinant of the three.
struct Moments {
  ir::Num q1, q2, c, gram;
};
Moments moments(Demand& demand, graph::NodeId u);
Moments of_constant(ir::Num at_x, ir::Num at_primed);

// u - E[u]. With s^2 and s'^2 the variances and e = s s' - (c - m m'), the Gram determinant of u is e (c + m m' + s s') + (m s' - m' s)^2:
// so e follows without cancellation near x = x', and from it the rest.
Moments centred(Demand& demand, graph::NodeId u);

// Of the sum of two uncorrelated variables: G = Ga + Gb + (sqrt(qa1 qb2) - sqrt(qb1 qa2))^2 + 2 sqrt(qa1 qa2 qb1 qb2) (da + db - da db),
// d = 1 - rho: a sum of terms that are not negative.
Moments operator+(const Moments& a, const Moments& b);
Moments operator*(ir::Num weight, const Moments& m);  // weight of the second moments

}  // namespace ntkc::layers
