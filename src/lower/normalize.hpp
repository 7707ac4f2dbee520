// Brings the graph into the form that the covariance rules are written for.
#pragma once
#include "graph/graph.hpp"

namespace ntkc::lower {

// An activation of a concat becomes the concat of activations, of parts of parts as well; a `layer_norm` of a concat the concat of its
// parts, each with all parts as further inputs, over which its statistics are taken (Node::weights: one each).
graph::Network normalize(const graph::Network& network);

}  // namespace ntkc::lower
