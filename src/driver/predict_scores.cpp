// How good predictions are.
#include <cmath>

#include "driver/predict_methods.hpp"
#include "ntk/inference/any_loss.hpp"
#include "ntk/inference/labels.hpp"

namespace ntkc::driver {
namespace {

double mean_cross_entropy(const inference::Matrix& f, const Targets& t) {
  inference::Matrix gradient(f.rows(), f.cols());
  return inference::cross_entropy(inference::class_indices(t.labels, t.classes), f.cols())(f, gradient) / static_cast<double>(f.rows());
}

}  // namespace

void score(const PredictJob& job, Prediction& p) {
  if (!job.test_targets) return;
  const Targets& truth = *job.test_targets;
  for (std::size_t t = 0; t < p.mean.size(); ++t) {
    Score s;
    s.classes = !truth.classes.empty();
    s.value = s.classes ? inference::accuracy(inference::largest_output(p.mean[t], truth.classes), truth.labels)
                        : inference::root_mean_square_error(p.mean[t], truth.values);
    if (job.options.cross_entropy) s.nll = mean_cross_entropy(p.mean[t], truth);
    if (!p.std.empty()) {
      const double noise = job.options.method == Method::gp ? job.options.ridge : 0;
      s.nll = inference::negative_log_likelihood(p.mean[t], p.std[t].cwiseAbs2(), truth.values, noise);
    }
    p.scores.push_back(s);
  }
}

}  // namespace ntkc::driver
