#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>

#include "inference/blas.hpp"
#include "inference/checks.hpp"
#include "ntk/inference/training.hpp"

namespace ntk::inference {

namespace {

// One matrix for all filters, side by side: n × (filters · outputs).
Matrix spread(MatrixIn filters, const Matrix& residual) {
  Matrix out(residual.rows(), filters.rows() * residual.cols());
  for (Index t = 0; t < filters.rows(); ++t)
    out.middleCols(t * residual.cols(), residual.cols()) = filters.row(t).transpose().asDiagonal() * residual;
  return out;
}

std::vector<Matrix> split(const Matrix& side_by_side, Index outputs, MatrixIn start = Matrix()) {
  std::vector<Matrix> out;
  for (Index at = 0; at < side_by_side.cols(); at += outputs) {
    out.emplace_back(side_by_side.middleCols(at, outputs));
    if (start.size() > 0) out.back() += start;
  }
  return out;
}

}  // namespace

SquaredLoss::SquaredLoss(const Spectrum& kernel, MatrixIn targets, Matrix start) : kernel_(kernel), start_(std::move(start)) {
  check_shape("the targets", targets, kernel.size(), targets.cols());
  check_finite("the targets", targets);
  if (start_.size() > 0) check_shape("the start", start_, targets.rows(), targets.cols());
  check_finite("the start", start_);
  residual_ = kernel.to_eigenbasis(start_.size() > 0 ? Matrix(targets - start_) : Matrix(targets));
}

std::vector<Matrix> SquaredLoss::weights(MatrixIn filters) const {
  check_shape("the filters", filters, filters.rows(), kernel_.size());
  return split(kernel_.from_eigenbasis(spread(filters, residual_)), residual_.cols());
}

std::vector<Matrix> SquaredLoss::on_training(MatrixIn filters) const {
  check_shape("the filters", filters, filters.rows(), kernel_.size());
  const Matrix fitted = filters * kernel_.values().asDiagonal();
  return split(kernel_.from_eigenbasis(spread(fitted, residual_)), residual_.cols(), start_);
}

std::vector<Matrix> SquaredLoss::predict(MatrixIn cross, MatrixIn filters, MatrixIn start) const {
  check_shape("the filters", filters, filters.rows(), kernel_.size());
  check_shape("the kernel of tests and training data", cross, cross.rows(), kernel_.size());
  if (start.size() > 0) check_shape("the start on the tests", start, cross.rows(), residual_.cols());
  const Matrix all = spread(filters, residual_);
  const bool few_tests = cross.rows() < all.cols();  // the smaller of the two is brought to the other's basis
  const Matrix f = few_tests ? product(product_transposed(cross, kernel_.vectors()), all) : product(cross, kernel_.from_eigenbasis(all));
  return split(f, residual_.cols(), start);
}

Vector SquaredLoss::loss(MatrixIn filters, LossScale scale) const {
  check_shape("the filters", filters, filters.rows(), kernel_.size());
  const Vector squares = residual_.rowwise().squaredNorm();
  const double share = scale == LossScale::sum ? 1 : 1 / static_cast<double>(kernel_.size());
  const Matrix left = 1 - (filters * kernel_.values().asDiagonal()).array();
  return 0.5 * share * (left.cwiseAbs2() * squares);
}

double SquaredLoss::time_to_loss(double target, const Training& training) const {
  check_range("the loss", target, 0, kForever);
  check_training(training);
  const Vector squares = residual_.rowwise().squaredNorm();
  const double ridge = training.ridge, share = training.scale == LossScale::sum ? 1 : 1 / static_cast<double>(kernel_.size());
  // Of the error along an eigenvector (R + λ exp(−(λ + R) s)) / (λ + R) is left: positive terms only.
  const auto loss = [&](double s) {
    double sum = 0;
    for (Index i = 0; i < squares.size(); ++i) {
      const double value = kernel_.values()(i), rate = value + ridge;
      const bool null = rate <= kernel_.null_threshold();
      const double left = null ? 1 : (ridge + value * std::exp(-rate * s)) / rate;
      sum += left * left * squares(i);
    }
    return 0.5 * share * sum;
  };
  if (loss(0) <= target) return 0;
  if (loss(kForever) >= target) return kForever;
  double high = 1 / kernel_.largest();
  while (loss(high) > target) high *= 2;
  double low = high / 2;
  while (loss(low) <= target) low /= 2;
  std::uintmax_t iterations = 200;
  const auto [a, b] = boost::math::tools::toms748_solve([&](double s) { return loss(s) - target; }, low, high,
                                                        boost::math::tools::eps_tolerance<double>(42), iterations);
  return (a + b) / 2 / training.pace(kernel_.size());
}

}  // namespace ntk::inference
