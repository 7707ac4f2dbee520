// Derivatives of kernels with respect to run-time params: `ntkc gen --gradient`, and marginal likelihoods.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "driver/pipeline.hpp"

namespace ntkc::driver {

// d k(x, x') / d param of network number `network` of a compilation that has come to Stage::lower: a plan with the same params, inputs and
// samples whose outputs "nngp" and "ntk" are the derivatives (those of `kernels` that were compiled), symmetric but not positive. The param
// is named as in plan.params. Errors: 2022 where the network has no such run-time param, 5208 where no derivative is known (an NTK with
// slopes that jump; the NNGP kernel has one nearly always).
std::optional<plan::Plan> gradient(const Compilation& c, std::size_t network, const std::string& param, lower::Kernels kernels,
                                   Diagnostics& diagnostics);

}  // namespace ntkc::driver
