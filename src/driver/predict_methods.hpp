// The ways to a prediction.
#pragma once
#include "driver/predict.hpp"

namespace ntkc::driver {

// A job with its kernels at hand.
struct Work {
  const PredictJob& job;
  KernelMatrices kernels;
  Diagnostics& diagnostics;

  std::size_t number(std::string_view kernel) const;  // among the plan's outputs
  std::size_t own() const { return number(job.options.method == Method::gp ? "nngp" : "ntk"); }
};

// They throw inference::Error.
Prediction regress(Work& work);               // Cholesky: the posterior, or gradient flow at its end
Prediction train_by_spectrum(Work& work);     // eigendecomposition: any times or steps, ensembles
Prediction regress_iteratively(Work& work);   // conjugate gradients on a kernel that is never stored
Prediction train_by_integration(Work& work);  // cross-entropy, by a solver of differential equations

void score(const PredictJob& job, Prediction& prediction);
// Warnings 9203 and 9204.
void warn_of_digits(Work& work, std::size_t kernel, double condition, double digits, double jitter);

}  // namespace ntkc::driver
