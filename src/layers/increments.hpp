// E[(u(x) - u(x')) (v(x) - v(x'))] and the variance where a layer has no rule of its own.
#pragma once
#include "layers/layer.hpp"

namespace ntkc::layers {

// Independent nodes differ by their means only; for others the four covariances, which cancel near x = x': good to 1e-16 of the moments.
ir::Value increment_from_covariances(Demand& demand, graph::NodeId u, graph::NodeId v);

// E[u^2] - E[u]^2, at least 0.
ir::Value variance_from_moments(Demand& demand, Place u);

}  // namespace ntkc::layers
