// Whether the expectations of networks keep the tolerance that was asked for.
#pragma once
#include "driver/pipeline.hpp"

namespace ntkc::driver {

// Reports each expectation of the lowered programs that is known not to keep it, where its activation stands. Where nothing is known of an
// expectation, ir::kTolerance is taken for it.
void check_tolerance(Compilation& compilation);

}  // namespace ntkc::driver
