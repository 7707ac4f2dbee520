// The maximum of a smooth function in a box, for hyper-parameters by their log marginal likelihood.
#pragma once
#include <functional>
#include <vector>

#include "ntk/inference/errors.hpp"
#include "ntk/inference/matrix.hpp"

namespace ntk::inference {

// The value at a point, and its gradient written. −∞ or NaN where there is none (a singular kernel); what it throws ends the search.
using Objective = std::function<double(VectorIn at, VectorOut gradient)>;

struct MaximiseOptions {
  int restarts = 3;         // from further points of the box, drawn with a fixed seed
  int evaluations = 200;    // the most, of each start
  double tolerance = 1e-8;  // relative, of the value
};

struct Maximum {
  Vector at;
  double value = 0;
  Vector gradient;                       // there
  int evaluations = 0;                   // of all starts
  bool converged = false;                // else the best start ended for want of evaluations, or by rounding
  std::vector<bool> at_lower, at_upper;  // the coordinate stopped at its bound, and the objective rises beyond it
};

// Method of moving asymptotes (Svanberg 2002, NLopt's LD_MMA), which needs no line search and keeps to the box.
// lower ≤ start ≤ upper, finite, a coordinate each. Throws WrongShape, OutOfRange (the start outside the box, or no finite value there).
Maximum maximise(const Objective& objective, VectorIn lower, VectorIn upper, VectorIn start, const MaximiseOptions& options = {});

}  // namespace ntk::inference
