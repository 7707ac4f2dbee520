#include "ntk/inference/gaussian_process.hpp"

#include <numbers>

#include "inference/blas.hpp"
#include "inference/checks.hpp"

namespace ntk::inference {

Vector posterior_variance(const Regression& fit, Matrix cross, VectorIn prior) {
  check_shape("the variance of the tests", prior, cross.rows(), 1);
  const Matrix white = fit.factor().whiten(std::move(cross));
  return (prior - white.rowwise().squaredNorm()).cwiseMax(0);
}

Matrix posterior_covariance(const Regression& fit, Matrix cross, Matrix prior) {
  check_shape("the kernel of the tests", prior, cross.rows(), cross.rows());
  subtract_gram(fit.factor().whiten(std::move(cross)), prior);
  return prior;
}

double log_marginal_likelihood(const Regression& fit) {
  const double fitted = fit.targets().cwiseProduct(fit.weights()).sum(), outputs = static_cast<double>(fit.targets().cols());
  return -0.5 *
         (fitted + outputs * (fit.factor().log_determinant() + static_cast<double>(fit.factor().size()) * std::log(2 * std::numbers::pi)));
}

LikelihoodGradient::LikelihoodGradient(const Regression& fit) : slope_(fit.factor().inverse()) {
  multiply(fit.weights(), Side::plain, fit.weights(), Side::transposed, slope_, 1, -static_cast<double>(fit.targets().cols()));
}

double LikelihoodGradient::along(MatrixIn dkernel) const {
  check_shape("the derivative of the kernel", dkernel, slope_.rows(), slope_.cols());
  return 0.5 * slope_.cwiseProduct(dkernel).sum();
}

double LikelihoodGradient::noise() const { return 0.5 * slope_.trace(); }

}  // namespace ntk::inference
