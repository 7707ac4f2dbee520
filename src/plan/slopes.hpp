// Expectations of values and of slopes that are sums over the same series.
#pragma once
#include "plan/plan.hpp"

namespace ntkc::plan {

// E[phi(u) psi(v)] and E[phi'(u) psi'(v)] of one covariance, where both are steps of a block, become one step with two results: one pass
// over the series gives both.
void join_slopes(std::vector<Step>& block);

}  // namespace ntkc::plan
