// The C++ of one network: Params, Sample, the model with its sample and pair code, and its evaluator, in the network's namespace.
#pragma once
#include "backends/backend.hpp"
#include "backends/naming.hpp"

namespace ntkc::backends {

void write_network(Text& out, const Network& network);

}  // namespace ntkc::backends
