#include "ntk/inference/spectrum.hpp"

#include <lapacke.h>

#include "inference/blas.hpp"
#include "inference/checks.hpp"

namespace ntk::inference {

Spectrum::Spectrum(Matrix kernel, double negligible) : vectors_(std::move(kernel)), values_(vectors_.rows()) {
  check_shape("the kernel", vectors_, vectors_.rows(), vectors_.rows());
  check_finite("the kernel", vectors_);
  if (size() == 0) return;
  constexpr double kMost = 32766;  // LAPACK counts its workspace, 2n² + 6n + 1 numbers, in 32 bits
  check_range("the number of samples", static_cast<double>(size()), 0, kMost);
  const auto n = static_cast<lapack_int>(size());
  // LAPACK counts columns first: its upper half is our lower one, and its columns of eigenvectors are our rows.
  const lapack_int failed = LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'V', 'U', n, vectors_.data(), n, values_.data());
  if (failed != 0) throw NoConvergence("the eigendecomposition", failed);
  smallest_ = values_(0);
  if (smallest_ < -negligible * std::max(values_(n - 1), 0.0)) throw NotPositiveSemidefinite(smallest_, values_(n - 1));
  values_ = values_.cwiseMax(0);
}

double Spectrum::null_threshold() const { return static_cast<double>(size()) * 0x1p-52 * largest(); }

Index Spectrum::null_directions() const { return (values_.array() <= null_threshold()).count(); }

Matrix Spectrum::to_eigenbasis(MatrixIn columns) const { return product(vectors_, columns); }

Matrix Spectrum::from_eigenbasis(MatrixIn columns) const { return transposed_product(vectors_, columns); }

}  // namespace ntk::inference
