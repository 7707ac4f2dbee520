// Which networks depend on their samples through three numbers alone: the variances of two rows and their product.
#pragma once
#include "plan/plan.hpp"

namespace ntkc::plan {

// True if all that the plan reads off its data are inner products, distances and Gram determinants of one input's rows as they are:
// then every kernel is a function of the norms of two rows and the angle between them.
bool is_of_norms(const Plan& plan);

// What the pair program costs, in multiply-adds: more or less.
double pair_cost(const Plan& plan);

}  // namespace ntkc::plan
