// What the model integrates numerically: activations and their derivatives, where these are not smooth, their polynomials and series.
#pragma once
#include "backends/naming.hpp"

namespace ntkc::backends {

// As members of the model's class.
void write_functions(Text& out, const plan::Plan& plan, const Naming& names);

}  // namespace ntkc::backends
