// The ways to a prediction.
#pragma once
#include "driver/predict.hpp"
#include "ntk/inference/operator.hpp"

namespace ntkc::driver {

// A job with its kernels at hand.
struct Work {
  const PredictJob& job;
  KernelMatrices kernels;
  Diagnostics& diagnostics;

  std::size_t number(std::string_view kernel) const;  // among the plan's outputs
  std::size_t own() const { return number(job.options.method == Method::gp ? "nngp" : "ntk"); }
};

// The kernel of the training samples, from the file of the options if there is one. Nothing: 6024 was reported, or what io::read has.
std::optional<inference::Matrix> training_gram(Work& work);
// The file, to be read by blocks. Nothing as above.
std::unique_ptr<inference::MatrixFile> open_gram(Work& work);

// They throw inference::Error. Nothing: an error was reported.
std::optional<Prediction> regress(Work& work);               // Cholesky: the posterior, or gradient flow at its end
std::optional<Prediction> train_by_spectrum(Work& work);     // eigendecomposition: any times or steps, ensembles
std::optional<Prediction> regress_iteratively(Work& work);   // conjugate gradients on a kernel that is never stored
std::optional<Prediction> train_by_integration(Work& work);  // cross-entropy, by a solver of differential equations

void score(const PredictJob& job, Prediction& prediction);
// Warnings 9203 and 9204.
void warn_of_digits(Work& work, std::size_t kernel, double condition, double digits, double jitter);

}  // namespace ntkc::driver
