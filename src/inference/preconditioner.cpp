#include <lapacke.h>

#include <cmath>

#include "inference/blas.hpp"
#include "inference/checks.hpp"
#include "ntk/inference/conjugate_gradients.hpp"

namespace ntk::inference {

namespace {

// Writes rows of Lᵀ, and to `left` what is left of the diagonal; returns how many.
Index pivoted_cholesky(const Operator& kernel, MatrixOut factor, Vector& left) {
  const double nothing = 0x1p-52 * left.maxCoeff();
  Vector row(kernel.size());
  for (Index made = 0; made < factor.rows(); ++made) {
    Index pivot = 0;
    const double most = left.maxCoeff(&pivot);
    if (most <= nothing) return made;
    kernel.row(pivot, row);
    const Matrix known = factor.topRows(made).col(pivot);
    Eigen::Map<Matrix> column(row.data(), row.size(), 1);
    multiply(factor.topRows(made), Side::transposed, known, Side::plain, column, -1, 1);
    factor.row(made) = row.transpose() / std::sqrt(most);
    left = (left - factor.row(made).transpose().cwiseAbs2()).cwiseMax(0);
    left(pivot) = 0;
  }
  return factor.rows();
}

}  // namespace

Preconditioner::Preconditioner(const Operator& kernel, Index rank, double ridge) : shift_(ridge) {
  check_range("the rank", static_cast<double>(rank), 0, static_cast<double>(kernel.size()));
  check_range("the ridge", ridge, 0, std::numeric_limits<double>::max());
  const Index n = kernel.size();
  Vector left = kernel.diagonal();
  const double trace = left.sum();
  // LAPACK counts columns first: these rows are its columns, [L; √shift I], and become those of an orthonormal basis in place.
  basis_ = Matrix::Zero(rank, n + rank);
  rank_ = pivoted_cholesky(kernel, basis_.leftCols(n), left);
  left_ = trace > 0 ? left.sum() / trace : 0;
  if (ridge == 0) shift_ = std::max(left.sum(), 1e-14 * trace) / static_cast<double>(n);
  basis_.rightCols(rank).diagonal().setConstant(std::sqrt(shift_));
  if (rank_ == 0) return;
  Vector scale(rank_);
  const auto rows = static_cast<lapack_int>(n + rank), columns = static_cast<lapack_int>(rank_);
  LAPACKE_dgeqrf(LAPACK_COL_MAJOR, rows, columns, basis_.data(), rows, scale.data());
  LAPACKE_dorgqr(LAPACK_COL_MAJOR, rows, columns, columns, basis_.data(), rows, scale.data());
}

void Preconditioner::apply(MatrixIn r, MatrixOut z) const {
  z = r;
  const auto basis = basis_.topLeftCorner(rank_, r.rows());
  multiply(basis, Side::transposed, product(basis, r), Side::plain, z, -1, 1);
  z /= shift_;
}

}  // namespace ntk::inference
