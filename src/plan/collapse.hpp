// Which networks depend on their samples through three numbers alone: the variances of two vectors and their product.
#pragma once
#include "plan/plan.hpp"

namespace ntkc::plan {

// Plan::of_features: made if all that kernels read off the data are inner products, distances and Gram determinants of the same features:
// an input's rows as they are, or what layer_norm makes of them.
std::optional<Code> of_features(const Plan& plan);

// True if it was made: then every kernel is a function of the norms of two features and the angle between them.
bool is_of_norms(const Plan& plan);

// Whether products read rows as they are.
bool reads_rows(const Plan& plan);

// What the pair program costs, in multiply-adds: more or less.
double pair_cost(const Plan& plan);

// What it costs beside where |rho| is close to 1: expectations are integrals over a plane there if their series have no octaves.
double near_cost(const Plan& plan);

}  // namespace ntkc::plan
