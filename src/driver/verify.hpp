// Whether the compiled evaluator is right: against the recursion in 100 digits, and against finite random networks of the same spec.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "driver/pipeline.hpp"
#include "driver/progress.hpp"
#include "finite/statistics.hpp"
#include "finite/training.hpp"
#include "io/matrix.hpp"

namespace ntkc::driver {

struct VerifyOptions {
  std::vector<std::size_t> widths = {256, 512, 1024};  // ascending, two at least; widths that the spec gives grow in their proportions
  std::size_t networks = 64;                           // of each width, two at least
  std::uint64_t seed = 1;
  unsigned threads = 0;  // 0: as many as the machine has
  Progress::When progress = Progress::When::automatic;
};

// The chance that a right evaluator is said to disagree with finite networks: shared by all comparisons (Bonferroni).
inline constexpr double kFalseAlarm = 1e-6;

// An evaluator against the recursion. Errors are relative to sqrt(k(x,x) k(y,y)).
struct EvaluatorCheck {
  std::string evaluator, kernel;
  double error = 0, allowed = 0;
  bool agrees() const { return error <= allowed; }
};

// A kernel against the mean of finite networks' in the limit of width: the entry (i, j) that is farthest off.
struct LimitCheck {
  std::string kernel;
  std::size_t i = 0, j = 0;
  double expected = 0, value = 0, error = 0;  // the evaluator's, the networks', and its standard error
  double deviations = 0, critical = 0;        // standard errors between the two, and how many are allowed
  bool agrees() const { return deviations <= critical; }
};

// A quantity of single networks: its mean at each width, and d log / d log width with its standard error.
struct Trend {
  std::string name;
  std::vector<double> means;
  std::optional<finite::Estimate> slope;  // none where the quantity vanishes
};

struct Verification {
  std::string network;
  std::size_t samples = 0;
  VerifyOptions options;
  std::vector<EvaluatorCheck> evaluators;
  std::vector<double> parameters;  // P at each width, with one output where the spec leaves its number open
  std::vector<LimitCheck> limits;
  std::vector<Trend> trends;
  std::optional<double> normality;  // the p-value of outputs at the largest width; none where the output is not Gaussian
  bool outputs_are_normal() const { return normality.value_or(1) >= kFalseAlarm / 2; }
  bool agrees() const;
};

// Normal numbers, any two samples of correlation 1/2: inputs for network number i of a compilation.
io::Matrix random_inputs(const Compilation& compilation, std::size_t i, std::uint64_t seed);

// Errors: 5301, 8002, 8005, 8006, and 9003 for each disagreement.
std::optional<Verification> verify(const Compilation& compilation, std::size_t i, const io::Matrix& x, const VerifyOptions& options,
                                   Diagnostics& diagnostics);

std::string to_text(const Verification& verification);
nlohmann::ordered_json to_json(const Verification& verification);

// The parts of verify(). check_networks takes the limit from its caller, so that tests can plant faults. Kernels are matrices of the rows
// of x with each other, row by row, in the order of the plan's outputs.
using Kernels = std::vector<std::vector<double>>;
Kernels engine_kernels(const Compilation& compilation, std::size_t i, const io::Matrix& x, unsigned threads);
bool check_evaluators(const Compilation& compilation, std::size_t i, const io::Matrix& x, Verification& result, Diagnostics& diagnostics);
bool check_networks(const Compilation& compilation, std::size_t i, const io::Matrix& x, const Kernels& limit, Verification& result,
                    Diagnostics& diagnostics);

// What training does to one network: how far its NTK moves, how far it ends from its linearisation (of what there was to learn), and its
// laziness before, of the mean residual at the first sample.
struct Lesson {
  finite::Matrix<double> x, y;
  finite::Descent descent;
};
Lesson lesson(const finite::Matrix<double>& x, const finite::Matrix<double>& ntk, std::uint64_t seed);
struct Trained {
  double drift = 0, gap = 0, kappa = 0;
};
Trained train(const finite::Model& model, const Lesson& lesson, std::uint64_t seed);

}  // namespace ntkc::driver
