// Derivatives of kernels with respect to run-time params, by forward mode on the recursion (Griewank & Walther 2008).
#pragma once
#include <string>

#include "ir/program.hpp"

namespace ntkc::passes {

// Thrown where an expectation has no derivative that is known: why, in words.
struct NoDerivative {
  std::string what;
};

// A program as `lower` makes it gives one whose outputs are d output / d param, under their names. It stands before the passes, so that its
// own expectations get their methods there; closed forms are put in here already, because arithmetic carries what vanishes near rho = +-1
// (distances, Gram determinants) and its derivative, and so has what expectations have not: the slope of the angle after a kink.
ir::Program differentiate(const ir::Program& program, const std::string& param);

}  // namespace ntkc::passes
