// By one Cholesky factorisation: the posterior of the Gaussian process, and where gradient flow ends.
#include "driver/predict_methods.hpp"
#include "ntk/inference/gaussian_process.hpp"
#include "ntk/inference/labels.hpp"
#include "ntk/inference/operator.hpp"
#include "ntk/inference/training.hpp"

namespace ntkc::driver {
namespace {

using inference::Matrix;

double leave_one_out(const inference::Regression& fit, const Targets& targets) {
  const Matrix predicted = targets.values - fit.leave_one_out().residuals;
  if (targets.classes.empty()) return inference::root_mean_square_error(predicted, targets.values);
  return inference::accuracy(inference::largest_output(predicted, targets.classes), targets.labels);
}

void add_posterior(Work& work, const inference::Regression& fit, Matrix cross, Prediction& p) {
  const PredictJob& job = work.job;
  p.log_marginal_likelihood = inference::log_marginal_likelihood(fit);
  if (job.options.covariance) {
    p.covariance.push_back(inference::posterior_covariance(fit, std::move(cross), std::move(work.kernels.gram(job.test)[work.own()])));
    p.std.emplace_back(p.covariance[0].diagonal().cwiseMax(0).cwiseSqrt());
  } else {
    p.std.emplace_back(inference::posterior_variance(fit, std::move(cross), work.kernels.diag(job.test)[work.own()]).cwiseSqrt());
  }
}

}  // namespace

std::optional<Prediction> regress(Work& work) {
  const PredictJob& job = work.job;
  const PredictOptions& o = job.options;
  const std::size_t kernel = work.own();
  auto gram = training_gram(work);
  if (!gram) return std::nullopt;
  Prediction p;
  p.solver = "cholesky";
  if (o.method == Method::ntk) {
    const inference::Training training{o.learning_rate, o.sum ? inference::LossScale::sum : inference::LossScale::mean, o.ridge};
    p.largest_rate =
        inference::largest_stable_rate(inference::largest_eigenvalue(inference::DenseOperator(*gram)).value, gram->rows(), training);
  }
  const inference::Regression fit(std::move(*gram), job.targets.values, o.ridge);
  p.condition = fit.factor().condition();
  warn_of_digits(work, kernel, *p.condition, fit.factor().digits(), fit.factor().jitter());
  Matrix cross = std::move(work.kernels.cross(job.test, job.train)[kernel]);
  p.mean.push_back(fit.predict(cross));
  const Matrix fitted = fit.fitted();
  const double residual = (fitted - job.targets.values).squaredNorm() / 2;
  p.train_loss.push_back(o.sum ? residual : residual / static_cast<double>(fitted.rows()));
  if (o.on_train) p.train_mean.push_back(fitted);
  if (o.leave_one_out) p.leave_one_out = leave_one_out(fit, job.targets);
  if (o.method == Method::gp) add_posterior(work, fit, std::move(cross), p);
  return p;
}

}  // namespace ntkc::driver
