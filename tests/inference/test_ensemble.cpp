#include <doctest/doctest.h>

#include <Eigen/LU>

#include "data.hpp"
#include "ntk/inference/ensemble.hpp"
#include "ntk/inference/gaussian_process.hpp"

using namespace data;

TEST_CASE("with one kernel for both, the trained ensemble is the posterior") {
  const Task task;
  const Spectrum spectrum(task.train.nngp);
  const Matrix filters = gradient_flow(spectrum, {0, kForever}, {});
  const Ensemble ensemble(spectrum, task.train.nngp);
  const Cross cross{task.cross.nngp, task.cross.nngp};
  const auto covariance = ensemble.covariance(cross, task.test.nngp, filters);
  const Matrix variance = ensemble.variance(cross, task.test.nngp.diagonal(), filters);
  CHECK(covariance[0] == task.test.nngp);  // the prior
  CHECK(Vector(variance.row(0)) == task.test.nngp.diagonal());
  const Regression fit(task.train.nngp, task.y);
  const double tolerance = 1e-14 * fit.factor().condition();
  CHECK(largest_difference(covariance[1], posterior_covariance(fit, task.cross.nngp, task.test.nngp)) <= tolerance);
  CHECK(largest_difference(variance.row(1).transpose(), posterior_variance(fit, task.cross.nngp, task.test.nngp.diagonal())) <= tolerance);
  CHECK(largest_difference(SquaredLoss(spectrum, task.y).predict(task.cross.nngp, filters)[1], fit.predict(task.cross.nngp)) <= tolerance);
}

TEST_CASE("the ensemble is the Gaussian of random starts") {
  const Task task;
  const Spectrum spectrum(task.train.ntk);
  const Ensemble ensemble(spectrum, task.train.nngp);
  const Cross cross{task.cross.ntk, task.cross.nngp};
  const Training training{1, LossScale::mean, 0.01};
  const Matrix filters = gradient_flow(spectrum, {2, 50, kForever}, training);
  const auto covariance = ensemble.covariance(cross, task.test.nngp, filters);
  const Matrix variance = ensemble.variance(cross, task.test.nngp.diagonal(), filters);
  for (Index t = 0; t < 3; ++t) {
    // f* = f₀* + B (y − f₀) is linear in (f₀*, f₀): B column by column from unit targets.
    const Matrix b = SquaredLoss(spectrum, Matrix::Identity(40, 40)).predict(task.cross.ntk, filters.row(t))[0];
    const Matrix mixed = b * task.cross.nngp.transpose();
    const Matrix expected = task.test.nngp + b * task.train.nngp * b.transpose() - mixed - mixed.transpose();
    CHECK(largest_difference(covariance[t], expected) <= 1e-12);
    CHECK(largest_difference(variance.row(t).transpose(), covariance[t].diagonal()) <= 1e-12);
    CHECK(smallest_eigenvalue(covariance[t]) >= -1e-13 * covariance[t].trace());
  }
}

TEST_CASE("shapes are checked") {
  const Task task;
  const Spectrum spectrum(task.train.ntk);
  CHECK_THROWS_AS(Ensemble(spectrum, task.cross.nngp), WrongShape);
  const Ensemble ensemble(spectrum, task.train.nngp);
  const Matrix filters = gradient_flow(spectrum, {1}, {});
  CHECK_THROWS_AS(ensemble.variance({task.cross.ntk, task.cross.nngp.topRows(2)}, task.test.nngp.diagonal(), filters), WrongShape);
  CHECK_THROWS_AS(ensemble.covariance({task.cross.ntk, task.cross.nngp}, task.cross.nngp, filters), WrongShape);
}
