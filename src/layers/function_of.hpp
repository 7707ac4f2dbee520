// A node that is a function of one Gaussian node: an activation of it, itself, and weighted sums of such.
#pragma once
#include "layers/layer.hpp"

namespace ntkc::layers {

struct FunctionOf {
  graph::NodeId gaussian;
  graph::ActivationUse function;
};
std::optional<FunctionOf> function_of(Demand& demand, graph::NodeId u);

// exp_normalized: the kernel of no function.
bool is_kernel_only(const graph::ActivationUse& use);

// The same variable, although it may be two nodes: whatever is one has one value in the recursion.
bool are_one(Demand& demand, graph::NodeId g, graph::NodeId h);

// The covariance of two Gaussian nodes at their sides. Of a node with itself distance and Gram determinant follow their own recursion.
ir::Builder::Covariance joint(Demand& demand, Place g, Place h);
// Of a node at x and at x'.
ir::Builder::Covariance joint(Demand& demand, graph::NodeId g);

}  // namespace ntkc::layers
