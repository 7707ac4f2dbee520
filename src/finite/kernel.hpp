// The kernels of one finite network: f f^T and J J^T.
#pragma once
#include "finite/passes.hpp"

namespace ntkc::finite {

// Values of a batch, and the adjoints of some channels of the output.
template <class T>
struct Tangents {
  std::vector<Matrix<T>> values;
  std::vector<std::vector<Matrix<T>>> adjoints;  // [channel]
  const Matrix<T>& f(const Model& model) const { return values[model.output]; }
};

// Of the first `channels` channels of the output.
template <class T>
Tangents<T> tangents(const Model& model, const Parameters<Matrix<T>>& theta, const Batch<T>& batch, std::size_t channels);

// K of two batches: the mean over output channels of f(x) f(x').
template <class T>
Matrix<T> empirical_nngp(const Model& model, const Tangents<T>& x, const Tangents<T>& y);

// The block (c, d) of the empirical NTK: the sum over parameters of rate df_c(x)/dp df_d(x')/dp. J itself has as many columns as there are
// parameters and is never formed: the derivative with respect to W is an outer product, so a layer gives (H H'^T) o (G G'^T), H what comes
// in, G the adjoint of what comes out; uses that share weights add up before.
template <class T>
Matrix<T> empirical_ntk(const Model& model, const Tangents<T>& x, std::size_t c, const Tangents<T>& y, std::size_t d);

// J of one channel, samples x parameters (weights column by column, then biases, instance by instance): for small networks.
template <class T>
Matrix<T> jacobian(const Model& model, const Tangents<T>& x, std::size_t c);

}  // namespace ntkc::finite
