#include <doctest/doctest.h>

#include <Eigen/LU>
#include <boost/multiprecision/cpp_bin_float.hpp>

#include "data.hpp"
#include "ntk/inference/gaussian_process.hpp"

using namespace data;

namespace {

using Digits50 = boost::multiprecision::cpp_bin_float_50;

// k = s² exp(−|x − x'|²/(2 l²)), and its evidence by Cholesky's algorithm, in any arithmetic.
template <class T>
T squared_exponential(const Matrix& x, Index i, Index j, const T& s, const T& l) {
  using std::exp;
  return s * s * exp(-T((x.row(i) - x.row(j)).squaredNorm()) / (2 * l * l));
}

template <class T>
T evidence(const Matrix& x, const Matrix& y, const T& s, const T& l, const T& noise) {
  using std::log, std::sqrt;
  const Index n = x.rows();
  std::vector<std::vector<T>> factor(n, std::vector<T>(n));
  T out = -T(n * y.cols()) / 2 * log(2 * boost::math::constants::pi<T>());
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j <= i; ++j) {
      T sum = squared_exponential(x, i, j, s, l) + (i == j ? noise : T(0));
      for (Index k = 0; k < j; ++k) sum -= factor[i][k] * factor[j][k];
      factor[i][j] = i == j ? sqrt(sum) : sum / factor[j][j];
    }
  for (Index c = 0; c < y.cols(); ++c) {
    std::vector<T> z(n);
    for (Index i = 0; i < n; ++i) {
      z[i] = y(i, c);
      for (Index k = 0; k < i; ++k) z[i] -= factor[i][k] * z[k];
      z[i] /= factor[i][i];
      out -= z[i] * z[i] / 2 + log(factor[i][i]);
    }
  }
  return out;
}

}  // namespace

TEST_CASE("the posterior is the conditional of the joint Gaussian") {
  const Task task;
  for (const double noise : {0.0, 0.3}) {
    const Regression fit(task.train.nngp, task.y, noise);
    const Matrix inverse = (task.train.nngp + noise * Matrix::Identity(40, 40)).inverse();
    const Matrix expected = task.test.nngp - task.cross.nngp * inverse * task.cross.nngp.transpose();
    const double tolerance = 1e-15 * fit.factor().condition();
    const Matrix covariance = posterior_covariance(fit, task.cross.nngp, task.test.nngp);
    CHECK(largest_difference(covariance, expected) <= tolerance);
    CHECK(covariance == covariance.transpose());
    CHECK(largest_difference(posterior_variance(fit, task.cross.nngp, task.test.nngp.diagonal()), expected.diagonal()) <= tolerance);
    CHECK(smallest_eigenvalue(covariance) >= -tolerance * covariance.trace());
  }
}

TEST_CASE("nothing is uncertain where training data without noise are") {
  const Task task;
  const Regression fit(task.train.nngp, task.y);
  const Vector variance = posterior_variance(fit, task.train.nngp, task.train.nngp.diagonal());
  CHECK(variance.minCoeff() >= 0);
  CHECK(variance.maxCoeff() <= 1e-15 * fit.factor().condition());
}

TEST_CASE("the evidence and its gradient against differences in 50 digits") {
  const Matrix x = normal(12, 2, 1), y = normal(12, 2, 2);
  const double s = 1.3, l = 0.8, noise = 0.05;
  Matrix kernel(12, 12), by_scale(12, 12), by_length(12, 12);
  for (Index i = 0; i < 12; ++i)
    for (Index j = 0; j < 12; ++j) {
      kernel(i, j) = squared_exponential(x, i, j, s, l);
      by_scale(i, j) = 2 / s * kernel(i, j);
      by_length(i, j) = (x.row(i) - x.row(j)).squaredNorm() / (l * l * l) * kernel(i, j);
    }
  const Regression fit(kernel, y, noise);
  const LikelihoodGradient gradient(fit);
  const Digits50 h("1e-16");  // the difference is right to 1e-32
  const auto slope = [&](int which) {
    const auto at = [&](const Digits50& d) {
      return evidence<Digits50>(x, y, s + (which == 0 ? d : 0), l + (which == 1 ? d : 0), noise + (which == 2 ? d : 0));
    };
    return static_cast<double>((at(h) - at(-h)) / (2 * h));
  };
  const double tolerance = 1e-15 * fit.factor().condition();  // below 1e-12
  CHECK(log_marginal_likelihood(fit) == doctest::Approx(static_cast<double>(evidence<Digits50>(x, y, s, l, noise))).epsilon(tolerance));
  CHECK(gradient.along(by_scale) == doctest::Approx(slope(0)).epsilon(tolerance));
  CHECK(gradient.along(by_length) == doctest::Approx(slope(1)).epsilon(tolerance));
  CHECK(gradient.noise() == doctest::Approx(slope(2)).epsilon(tolerance));
  CHECK(tolerance < 1e-12);
}
