// Forward and reverse through a model, once for plain numbers and for numbers with a derivative. Samples do not meet, so one reverse pass
// gives the derivatives of every sample's output with respect to its own values.
#pragma once
#include "finite/parameters.hpp"

namespace ntkc::finite {

// The values of all operations.
template <class M>
std::vector<M> forward(const Model& model, const Parameters<M>& theta, const Batch<Scalar<M>>& batch);

// The adjoints of all operations, from that of the output (samples x outputs). An adjoint that is zero, or of
// the data alone, is empty.
template <class M>
std::vector<M> reverse(const Model& model, const Parameters<M>& theta, const Batch<Scalar<M>>& batch, const std::vector<M>& values,
                       const M& seed);

// The gradient with respect to all parameters, summed over samples, from values and adjoints.
template <class T>
Parameters<Matrix<T>> gradient(const Model& model, const std::vector<Matrix<T>>& values, const std::vector<Matrix<T>>& adjoints);

// What multiplies the weights of an affine map: its input, channels by their factors.
template <class M>
M weighed(const Affine& affine, const std::vector<M>& values) {
  const M& h = values[affine.h];
  if (affine.factors.size() == 0) return h;
  using T = Scalar<M>;
  return each(h, [&](const Matrix<T>& m) { return Matrix<T>(m * affine.factors.cast<T>().asDiagonal()); });
}

}  // namespace ntkc::finite
