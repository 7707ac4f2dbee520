// One symmetric eigendecomposition of a kernel serves all times of training.
#pragma once
#include "ntk/inference/errors.hpp"
#include "ntk/inference/matrix.hpp"

namespace ntk::inference {

class Spectrum {
 public:
  // kernel: n × n, symmetric, overwritten: move it in to save the copy. Eigenvalues that rounding made negative become 0; below
  // −`negligible` × the largest they are an error (of kernels in float32 rounding alone reaches 1e-7).
  // Throws WrongShape, NotFinite, NotPositiveSemidefinite, NoConvergence, OutOfRange (more than 32,766 samples). LAPACK dsyevd, about 9n³
  // operations and 3n² numbers of memory.
  explicit Spectrum(Matrix kernel, double negligible = 1e-6);

  Index size() const { return values_.size(); }
  const Vector& values() const { return values_; }    // ascending, at least 0
  const Matrix& vectors() const { return vectors_; }  // row i belongs to value i
  double smallest() const { return smallest_; }       // before negative ones became 0
  double largest() const { return values_.size() > 0 ? values_(values_.size() - 1) : 0; }
  // n × 2⁻⁵² × the largest: below it a direction counts as null, that is, the kernel says nothing about it.
  double null_threshold() const;
  Index null_directions() const;

  Matrix to_eigenbasis(MatrixIn columns) const;    // n × c: Qᵀ columns
  Matrix from_eigenbasis(MatrixIn columns) const;  // n × c: Q columns

 private:
  Matrix vectors_;
  Vector values_;
  double smallest_ = 0;
};

}  // namespace ntk::inference
