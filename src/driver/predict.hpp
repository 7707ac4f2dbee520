// Kernel machines and training dynamics on data: what `ntkc predict` does once it knows what is wanted.
#pragma once
#include <functional>

#include "driver/kernel_matrices.hpp"
#include "driver/pipeline.hpp"
#include "driver/progress.hpp"
#include "driver/targets.hpp"

namespace ntkc::driver {

enum class Method : std::uint8_t { ntk, gp, ensemble, gd };
enum class Solver : std::uint8_t { automatic, cholesky, eigen, cg };

struct PredictOptions {
  Method method = Method::ntk;
  Solver solver = Solver::automatic;
  std::vector<double> times;         // of gradient flow, increasing
  std::vector<std::uint64_t> steps;  // of discrete descent, increasing
  double learning_rate = 1, momentum = 0, ridge = 0;
  bool nesterov = false, cross_entropy = false;
  bool sum = false;  // the loss is 1/2 times the sum over samples, not 1/(2N)
  bool covariance = false, on_train = false, leave_one_out = false;
  std::string gram;               // the file of the training samples' kernel; empty: it is computed
  std::optional<double> to_loss;  // the time of which is wanted
  std::string state;              // where conjugate gradients leave what they have, to be continued; empty: nowhere
  bool resume = false;
  unsigned threads = 0;
  Progress::When progress = Progress::When::automatic;
};

// Which kernels a method needs; the likelihood of tuning needs the NNGP.
lower::Kernels kernels_of(Method method, bool tuned);

struct PredictJob {
  plan::Plan plan;  // of its params the values count
  Data train, test;
  Targets targets;  // of train
  std::optional<Targets> test_targets;
  PredictOptions options;
};

// How good a prediction is: of classes the share of right ones, of values the root of the mean squared error.
struct Score {
  bool classes = false;
  double value = 0;
  std::optional<double> nll;  // mean negative log likelihood of a target, where there is a std
};

// One entry a time (or number of steps) in each vector; those that were not asked for are empty.
struct Prediction {
  std::vector<inference::Matrix> mean;        // [tests, outputs]
  std::vector<inference::Vector> std;         // [tests], of f, without noise
  std::vector<inference::Matrix> covariance;  // [tests, tests]
  std::vector<inference::Matrix> train_mean;  // [trains, outputs]
  std::vector<Score> scores;
  std::vector<double> train_loss;  // in the scale that was asked for
  std::optional<double> time_to_loss;
  std::optional<double> log_marginal_likelihood, leave_one_out, condition, largest_rate;
  std::string solver;  // the one that was used
};

// Errors: 8004, 9101, 9201, 9205; warnings 9202 to 9204.
std::optional<Prediction> predict(const PredictJob& job, Diagnostics& diagnostics);

// Centres and scales each number of train and test by the mean and the standard deviation of train; a constant one is only centred.
void standardize(Data& train, Data& test);

}  // namespace ntkc::driver
