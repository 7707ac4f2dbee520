// Second moments of sums of independent nodes, and of channels side by side.
#pragma once
#include <vector>

#include "layers/layer.hpp"

namespace ntkc::layers {

struct Part {
  graph::NodeId node;
  ir::Value weight;  // of its second moments
};

// The Gram determinant of sum of w_i K_i. For two: G = Ga + Gb + (sqrt(qa1 qb2) - sqrt(qb1 qa2))^2 + 2 sqrt(qa1 qa2 qb1 qb2)(da + db - da
// db), d = 1 - rho: a sum of terms that are not negative.
ir::Value gram_of_mixture(Demand& demand, const std::vector<Part>& parts);

}  // namespace ntkc::layers
