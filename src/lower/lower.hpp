// From the layer graph to the recursion: K(u, v) and Theta(u, v) of the output with itself, by memoised demand.
#pragma once
#include <optional>

#include "graph/graph.hpp"
#include "ir/program.hpp"
#include "support/diagnostics.hpp"

namespace ntkc::lower {

struct Kernels {
  bool nngp = true, ntk = true;
};

// Outputs are named "nngp" and "ntk". Where the network has no limit of this form, a diagnostic says which node and why.
std::optional<ir::Program> lower(const graph::Network& network, Kernels wanted, Diagnostics& diagnostics);

}  // namespace ntkc::lower
