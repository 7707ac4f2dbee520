// By one eigendecomposition of the NTK: gradient flow at any times, discrete descent after any steps, and ensembles of networks.
#include <cmath>

#include "driver/predict_methods.hpp"
#include "ntk/inference/ensemble.hpp"

namespace ntkc::driver {
namespace {

using inference::Matrix;

Matrix filters_of(Work& work, const inference::Spectrum& spectrum, const inference::Training& training, Prediction& p) {
  const PredictOptions& o = work.job.options;
  inference::Descent descent;
  if (o.method == Method::gd && o.momentum > 0)
    descent = {o.nesterov ? inference::Momentum::nesterov : inference::Momentum::heavy_ball, o.momentum};
  p.largest_rate = inference::largest_stable_rate(spectrum.largest(), spectrum.size(), training, descent);
  if (o.method != Method::gd) return inference::gradient_flow(spectrum, o.times, training);
  const auto steps = inference::gradient_descent(spectrum, {o.steps.begin(), o.steps.end()}, training, descent);
  if (steps.diverges) work.diagnostics.report_global(Code::unstable_rate, o.learning_rate, *p.largest_rate);
  return steps.filters;
}

void add_ensemble(Work& work, const inference::Spectrum& spectrum, Matrix nngp, const inference::Cross& cross, const Matrix& filters,
                  Prediction& p) {
  const PredictJob& job = work.job;
  const inference::Ensemble ensemble(spectrum, std::move(nngp));
  const std::size_t prior = work.number("nngp");
  if (job.options.covariance) {
    p.covariance = ensemble.covariance(cross, work.kernels.gram(job.test)[prior], filters);
    for (const Matrix& c : p.covariance) p.std.emplace_back(c.diagonal().cwiseMax(0).cwiseSqrt());
  } else {
    const Matrix variance = ensemble.variance(cross, work.kernels.diag(job.test)[prior], filters);
    for (inference::Index t = 0; t < variance.rows(); ++t) p.std.emplace_back(variance.row(t).transpose().cwiseSqrt());
  }
}

}  // namespace

std::optional<Prediction> train_by_spectrum(Work& work) {
  const PredictJob& job = work.job;
  const PredictOptions& o = job.options;
  const auto scale = o.sum ? inference::LossScale::sum : inference::LossScale::mean;
  const inference::Training training{o.learning_rate, scale, o.ridge};
  Prediction p;
  p.solver = "eigen";
  const std::size_t ntk = work.number("ntk");
  std::vector<Matrix> grams;
  if (o.method == Method::ensemble) grams = work.kernels.gram(job.train);
  auto gram = grams.empty() ? training_gram(work) : std::optional(std::move(grams[ntk]));
  if (!gram) return std::nullopt;
  const inference::Spectrum spectrum(std::move(*gram));
  p.condition = (spectrum.largest() + o.ridge) / (std::max(spectrum.smallest(), 0.0) + o.ridge);
  const Matrix filters = filters_of(work, spectrum, training, p);
  const inference::SquaredLoss task(spectrum, job.targets.values);
  const auto cross = work.kernels.cross(job.test, job.train);
  p.mean = task.predict(cross[ntk], filters);
  if (o.on_train) p.train_mean = task.on_training(filters);
  const inference::Vector losses = task.loss(filters, scale);
  p.train_loss.assign(losses.begin(), losses.end());
  if (o.to_loss) p.time_to_loss = task.time_to_loss(*o.to_loss, training);
  if (o.method == Method::ensemble) {
    const std::size_t nngp = work.number("nngp");
    add_ensemble(work, spectrum, std::move(grams[nngp]), {cross[ntk], cross[nngp]}, filters, p);
  }
  return p;
}

}  // namespace ntkc::driver
