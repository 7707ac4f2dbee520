// The collapse at compile time: kernels that depend on the norms of their samples as a power of each, and on nothing else but the angle.
#pragma once
#include <optional>
#include <vector>

#include "plan/plan.hpp"

namespace ntkc::plan {

// Of each output k(x, x') / sqrt(k(x, x) k(x', x')): Chebyshev coefficients over ntk::collapse's interval of t, [output][term].
struct KernelSeries {
  std::vector<std::vector<double>> plus, minus;
};

// Nothing if the plan has params, is not of norms alone, or not homogeneous in each norm; if it has operations beyond arithmetic, roots
// and angles; if 64 terms do not reach 1e-16, as with hundreds of layers; or if it would take more than some 20 ms. The same bits on
// every machine.
std::optional<KernelSeries> kernel_series(const Plan& plan);

}  // namespace ntkc::plan
