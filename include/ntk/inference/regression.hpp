// Kernel regression: α = (K + ridge I)⁻¹ y and f(x) = k(x) α. With the NTK it is where gradient flow from 0 ends (Jacot et al. 2018); with
// the NNGP kernel it is the mean of the Gaussian process posterior, the ridge being the variance of the noise.
#pragma once
#include "ntk/inference/cholesky.hpp"

namespace ntk::inference {

struct LeaveOneOut {
  Matrix residuals;  // trains × outputs: y_i less what the others predict at x_i
  Vector variance;   // trains: of y_i given the others, with the ridge
};

class Regression {
 public:
  // kernel: trains × trains, symmetric, factored in place; targets: trains × outputs. Throws what Cholesky does, and ConflictingDuplicates
  // for two rows that are equal in every entry of the kernel (to rounding) but not in their targets, without a ridge.
  Regression(Matrix kernel, Matrix targets, double ridge = 0);

  const Cholesky& factor() const { return factor_; }  // jitter, condition number, digits
  const Matrix& targets() const { return targets_; }
  const Matrix& weights() const { return weights_; }  // α, trains × outputs

  // f, tests × outputs, of cross: tests × trains. Throws WrongShape.
  Matrix predict(MatrixIn cross) const;
  // f on the training data, trains × outputs: y − (ridge + jitter) α.
  Matrix fitted() const;
  // In closed form from the inverse's diagonal: residual α_i / (K + ridge I)⁻¹_ii (Rasmussen & Williams 2006, eq. 5.12). n³ operations.
  LeaveOneOut leave_one_out() const;

 private:
  Matrix targets_;
  Cholesky factor_;
  Matrix weights_;
};

}  // namespace ntk::inference
