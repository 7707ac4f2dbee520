// Whether the expectations of networks keep the tolerance that was asked for.
#pragma once
#include "driver/pipeline.hpp"

namespace ntkc::driver {

// Reports each expectation of the lowered programs that is not known to keep it, where its activation stands.
void check_tolerance(Compilation& compilation);

}  // namespace ntkc::driver
