// A loop as its rounds, one after another.
#pragma once
#include "graph/graph.hpp"

namespace ntkc::graph {

// The network with one loop replaced by its rounds: every round has copies of the body's nodes and of the loops in it, and instances of its
// own unless the loop is shared. Loops keep their order; their numbers change.
Network unroll(const Network& network, LoopId loop);

}  // namespace ntkc::graph
