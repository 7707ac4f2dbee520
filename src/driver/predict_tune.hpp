// Hyper-parameters by the log marginal likelihood of the Gaussian process: `ntkc predict --tune`.
#pragma once
#include "driver/predict.hpp"

namespace ntkc::driver {

struct Tuned {
  struct Param {
    std::string name;  // "noise" is the ridge
    double value = 0;
    bool at_bound = false;  // the likelihood still rises beyond it
  };
  std::vector<Param> params;
  double log_marginal_likelihood = 0;
  int evaluations = 0;
  bool converged = false;
};

// Raises the likelihood of job.targets in the run-time params `names` of the compilation's first network, within their ranges (without one:
// a factor of 100 either way), and in "noise". The job gets the values; methods other than gp keep their ridge. The gradient is the
// compiler's. Errors: 2022, 5208, and those of predict().
std::optional<Tuned> tune(const Compilation& compilation, const std::vector<std::string>& names, PredictJob& job, Diagnostics& diagnostics);

}  // namespace ntkc::driver
