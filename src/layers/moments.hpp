// Relations between second moments that several rules use.
#pragma once
#include "ir/builder.hpp"

namespace ntkc::layers {

// q1 q2 - c^2, near rho = 1 from the distance D = q1 + q2 - 2c: with e = D - (sqrt q1 - sqrt q2)^2 = 2 sqrt(q1 q2) (1 - rho) it is
// e (sqrt(q1 q2) - e / 4). That loses no digits at equal variances; for different ones e keeps those that D has beyond the difference of
// norms. Where 1 - rho is no longer small, the plain difference has more.
ir::Value gram_from_distance(ir::Builder& b, ir::Value q1, ir::Value q2, ir::Value c, ir::Value distance);

// 1 - rho from variances, covariance and Gram determinant, without cancellation near rho = 1. 1 where a variance is 0.
ir::Value deficit(ir::Builder& b, ir::Value q1, ir::Value q2, ir::Value c, ir::Value gram);

}  // namespace ntkc::layers
