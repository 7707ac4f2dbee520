#include "ntk/inference/regression.hpp"

#include <cmath>

#include "inference/blas.hpp"
#include "inference/checks.hpp"

namespace ntk::inference {

namespace {

// Equal rows of data give entries of the kernel that are equal to the accuracy of the evaluator.
bool same(const Cholesky& k, Index i, Index j) {
  constexpr double kAccuracy = 1e-11;
  const auto close = [](double a, double b, double scale) { return std::fabs(a - b) <= kAccuracy * scale; };
  const double scale = std::sqrt(k.diagonal()(i) * k.diagonal()(j));
  if (!close(k.kernel(i, j), k.diagonal()(i), scale) || !close(k.kernel(i, j), k.diagonal()(j), scale)) return false;
  for (Index l = 0; l < k.size(); ++l)
    if (!close(k.kernel(i, l), k.kernel(j, l), std::sqrt(k.diagonal()(i) * k.diagonal()(l)))) return false;
  return true;
}

void check_duplicates(const Cholesky& k, const Matrix& targets) {
  const double rounding = 32 * static_cast<double>(k.size()) * 0x1p-52;  // of the pivot of a duplicate
  if (k.ridge() > 0 || (k.jitter() == 0 && k.pivot_ratio() > rounding)) return;
  for (Index i = 0; i < k.size(); ++i)
    for (Index j = i + 1; j < k.size(); ++j)
      if (same(k, i, j) && targets.row(i) != targets.row(j)) throw ConflictingDuplicates(i, j);
}

// Before the kernel is factored, which takes time.
Matrix checked(Matrix targets, Index samples) {
  check_shape("the targets", targets, samples, targets.cols());
  check_finite("the targets", targets);
  return targets;
}

}  // namespace

Regression::Regression(Matrix kernel, Matrix targets, double ridge)
    : targets_(checked(std::move(targets), kernel.rows())), factor_(std::move(kernel), ridge) {
  check_duplicates(factor_, targets_);
  weights_ = factor_.solve(targets_);
}

Matrix Regression::predict(MatrixIn cross) const {
  check_shape("the kernel of tests and training data", cross, cross.rows(), factor_.size());
  return product(cross, weights_);
}

Matrix Regression::fitted() const { return targets_ - (factor_.ridge() + factor_.jitter()) * weights_; }

LeaveOneOut Regression::leave_one_out() const {
  const Vector variance = factor_.inverse().diagonal().cwiseInverse();
  return {variance.asDiagonal() * weights_, variance};
}

}  // namespace ntk::inference
