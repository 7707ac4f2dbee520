// K + (ridge + jitter) I = L Lᵀ, with what it says about the digits of results.
#pragma once
#include "ntk/inference/errors.hpp"
#include "ntk/inference/matrix.hpp"

namespace ntk::inference {

class Cholesky {
 public:
  // Of a symmetric n × n matrix, whose lower half becomes the factor in place: move it in to save the copy. The ridge has the kernel's
  // unit. No jitter is added unless the factorisation fails; then the least of 1e-14, 1e-13, …, 1e-6 × the mean of the diagonal that works.
  // Throws WrongShape, NotFinite, OutOfRange (ridge), SingularKernel. LAPACK dpotrf, n³/3 operations.
  explicit Cholesky(Matrix kernel, double ridge = 0);

  Index size() const { return factor_.rows(); }
  double ridge() const { return ridge_; }
  double jitter() const { return jitter_; }             // in the kernel's unit; a warning if it is not 0
  const Vector& diagonal() const { return diagonal_; }  // of K alone
  double kernel(Index i, Index j) const;                // K(i, j) as it was given
  double log_determinant() const;                       // of K + (ridge + jitter) I, in nats
  double pivot_ratio() const;                           // min L(i,i)² / max L(i,i)²: at least 1 / the condition number, at no cost
  double condition() const;                             // about, in the 1-norm (LAPACK dpocon), n² operations a call
  double digits() const;  // about how many of the weights are right: −log₁₀(condition × 2⁻⁵³), at least 0

  // (K + …)⁻¹ b; b: n × outputs. Throws WrongShape.
  Matrix solve(Matrix b) const;
  // rows L⁻ᵀ, so that its products with itself are rows (K + …)⁻¹ rowsᵀ; m × n. Throws WrongShape.
  Matrix whiten(Matrix rows) const;
  // (K + …)⁻¹, both halves. LAPACK dpotri, 2n³/3 operations more.
  Matrix inverse() const;

 private:
  Matrix factor_;  // L below and on the diagonal, K above it
  Vector diagonal_;
  double ridge_, jitter_ = 0;
};

}  // namespace ntk::inference
