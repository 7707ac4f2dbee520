#include "ntk/inference/operator.hpp"

#include <Eigen/Eigenvalues>
#include <cmath>

#include "inference/blas.hpp"
#include "inference/checks.hpp"

namespace ntk::inference {

DenseOperator::DenseOperator(const Matrix& kernel) : kernel_(kernel) { check_shape("the kernel", kernel, kernel.rows(), kernel.rows()); }

void DenseOperator::apply(MatrixIn x, MatrixOut y) const { multiply(kernel_, Side::plain, x, Side::plain, y); }

RowsOperator::RowsOperator(Vector diagonal, Rows rows, Index block_rows)
    : diagonal_(std::move(diagonal)), rows_(std::move(rows)), block_rows_(block_rows) {
  check_range("the rows of a block", static_cast<double>(block_rows), 1, kForever);
}

void RowsOperator::apply(MatrixIn x, MatrixOut y) const {
  y.setZero();
  Matrix block;
  for (Index first = 0; first < size(); first += block_rows_) {
    const Index rows = std::min(block_rows_, size() - first), columns = first + rows;
    block.resize(rows, columns);
    rows_(first, block);
    multiply(block, Side::plain, x.topRows(columns), Side::plain, y.middleRows(first, rows), 1, 1);
    multiply(block.leftCols(first), Side::transposed, x.middleRows(first, rows), Side::plain, y.topRows(first), 1, 1);
  }
}

void RowsOperator::row(Index i, VectorOut values) const {
  Matrix block(1, size());
  rows_(i, block);
  values = block.row(0).transpose();
}

LargestEigenvalue largest_eigenvalue(const Operator& kernel, Index steps) {
  const Index n = kernel.size(), most = std::min(steps, n);
  if (most <= 0) return {0, 0};
  Matrix basis(most, n), tridiagonal = Matrix::Zero(most, most), w(n, 1);
  basis.row(0) = Vector::LinSpaced(n, 1, 2).normalized();  // no symmetry of the data makes it orthogonal to what matters
  double beta = 0;
  Index made = 0;
  while (made < most) {
    kernel.apply(basis.row(made).transpose(), w);
    tridiagonal(made, made) = basis.row(made).dot(w.col(0));
    for (int pass = 0; pass < 2; ++pass) w.noalias() -= basis.topRows(made + 1).transpose() * (basis.topRows(made + 1) * w).eval();
    beta = w.norm();
    if (++made == most || beta <= 0x1p-52 * std::fabs(tridiagonal(0, 0))) break;
    tridiagonal(made, made - 1) = tridiagonal(made - 1, made) = beta;
    basis.row(made) = w.col(0).transpose() / beta;
  }
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solved(tridiagonal.topLeftCorner(made, made));
  return {solved.eigenvalues()(made - 1), std::fabs(beta * solved.eigenvectors()(made - 1, made - 1))};
}

}  // namespace ntk::inference
