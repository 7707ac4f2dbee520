#include "ntk/inference/cholesky.hpp"

#include <cblas.h>
#include <lapacke.h>

#include <algorithm>
#include <cmath>

#include "inference/blas.hpp"
#include "inference/checks.hpp"

namespace ntk::inference {

namespace {

int order(const Matrix& m) { return static_cast<int>(m.rows()); }
int stride(const Matrix& m) { return static_cast<int>(std::max<Index>(1, m.outerStride())); }
// LAPACK counts columns first: its upper half is our lower one.
constexpr char kLower = 'U';

void restore_lower(Matrix& m) {
  for (Index i = 0; i < m.rows(); ++i)
    for (Index j = 0; j < i; ++j) m(i, j) = m(j, i);
}

}  // namespace

Cholesky::Cholesky(Matrix kernel, double ridge) : factor_(std::move(kernel)), diagonal_(factor_.diagonal()), ridge_(ridge) {
  check_shape("the kernel", factor_, factor_.rows(), factor_.rows());
  check_finite("the kernel", factor_);
  check_range("the ridge", ridge, 0, std::numeric_limits<double>::max());
  constexpr double kLeast = 1e-14, kMost = 1e-6;
  const double mean = size() > 0 ? diagonal_.mean() : 0;
  lapack_int failed = 0;
  for (int exponent = -1;; ++exponent) {
    jitter_ = exponent < 0 ? 0 : kLeast * std::pow(10, exponent) * mean;
    if (exponent >= 0 && (mean <= 0 || jitter_ > 1.5 * kMost * mean)) throw SingularKernel(failed, kMost * mean);
    factor_.diagonal() = diagonal_.array() + (ridge_ + jitter_);
    failed = LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, kLower, order(factor_), factor_.data(), stride(factor_));
    if (failed == 0) return;
    restore_lower(factor_);
  }
}

double Cholesky::kernel(Index i, Index j) const { return i == j ? diagonal_(i) : factor_(std::min(i, j), std::max(i, j)); }

double Cholesky::log_determinant() const { return 2 * factor_.diagonal().array().log().sum(); }

double Cholesky::pivot_ratio() const {
  if (size() == 0) return 1;
  const double ratio = factor_.diagonal().minCoeff() / factor_.diagonal().maxCoeff();
  return ratio * ratio;
}

double Cholesky::condition() const {
  Vector sums = (diagonal_.array() + (ridge_ + jitter_)).abs();
  for (Index i = 0; i < size(); ++i) {
    const auto upper = factor_.row(i).tail(size() - i - 1).array().abs();
    sums(i) += upper.sum();
    sums.tail(size() - i - 1).array() += upper.transpose();
  }
  double reciprocal = 1;
  if (size() > 0) LAPACKE_dpocon(LAPACK_COL_MAJOR, kLower, order(factor_), factor_.data(), stride(factor_), sums.maxCoeff(), &reciprocal);
  return 1 / reciprocal;
}

double Cholesky::digits() const { return std::max(0.0, -std::log10(condition() * 0x1p-53)); }

Matrix Cholesky::solve(Matrix b) const {
  check_shape("the right-hand side", b, size(), b.cols());
  if (b.size() == 0) return b;
  for (const auto side : {CblasNoTrans, CblasTrans})
    cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, side, CblasNonUnit, order(b), static_cast<int>(b.cols()), 1, factor_.data(),
                stride(factor_), b.data(), stride(b));
  return b;
}

Matrix Cholesky::whiten(Matrix rows) const {
  check_shape("the rows", rows, rows.rows(), size());
  if (rows.size() > 0)
    cblas_dtrsm(CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, order(rows), static_cast<int>(rows.cols()), 1,
                factor_.data(), stride(factor_), rows.data(), stride(rows));
  return rows;
}

Matrix Cholesky::inverse() const {
  Matrix out = factor_;
  LAPACKE_dpotri_work(LAPACK_COL_MAJOR, kLower, order(out), out.data(), stride(out));
  mirror(out);
  return out;
}

}  // namespace ntk::inference
