#include <lapacke.h>

#include <cmath>

#include "inference/blas.hpp"
#include "inference/checks.hpp"
#include "ntk/inference/conjugate_gradients.hpp"

namespace ntk::inference {

namespace {

// Rows of Lᵀ, rank × n, and what is left of the diagonal.
Matrix pivoted_cholesky(const Operator& kernel, Index rank, Vector& left) {
  const double nothing = 0x1p-52 * left.maxCoeff();
  Matrix factor(rank, kernel.size());
  Vector row(kernel.size());
  for (Index made = 0; made < rank; ++made) {
    Index pivot = 0;
    const double most = left.maxCoeff(&pivot);
    if (most <= nothing) return factor.topRows(made);
    kernel.row(pivot, row);
    const Matrix known = factor.topRows(made).col(pivot);
    Eigen::Map<Matrix> column(row.data(), row.size(), 1);
    multiply(factor.topRows(made), Side::transposed, known, Side::plain, column, -1, 1);
    factor.row(made) = row.transpose() / std::sqrt(most);
    left = (left - factor.row(made).transpose().cwiseAbs2()).cwiseMax(0);
    left(pivot) = 0;
  }
  return factor;
}

}  // namespace

Preconditioner::Preconditioner(const Operator& kernel, Index rank, double ridge) : shift_(ridge) {
  check_range("the rank", static_cast<double>(rank), 0, static_cast<double>(kernel.size()));
  check_range("the ridge", ridge, 0, std::numeric_limits<double>::max());
  const Index n = kernel.size();
  Vector left = kernel.diagonal();
  const double trace = left.sum();
  const Matrix factor = pivoted_cholesky(kernel, rank, left);
  left_ = trace > 0 ? left.sum() / trace : 0;
  if (ridge == 0) shift_ = std::max(left.sum(), 1e-14 * trace) / static_cast<double>(n);
  const Index made = factor.rows();
  // LAPACK counts columns first: the rows of this are its columns.
  Matrix tall(made, n + made);
  tall << factor, std::sqrt(shift_) * Matrix::Identity(made, made);
  if (made > 0) {
    Vector scale(made);
    const auto rows = static_cast<lapack_int>(n + made), columns = static_cast<lapack_int>(made);
    LAPACKE_dgeqrf(LAPACK_COL_MAJOR, rows, columns, tall.data(), rows, scale.data());
    LAPACKE_dorgqr(LAPACK_COL_MAJOR, rows, columns, columns, tall.data(), rows, scale.data());
  }
  basis_ = tall.leftCols(n);
}

void Preconditioner::apply(MatrixIn r, MatrixOut z) const {
  z = r;
  multiply(basis_, Side::transposed, product(basis_, r), Side::plain, z, -1, 1);
  z /= shift_;
}

}  // namespace ntk::inference
