// How far a network is from its linearisation before it is trained (Chizat, Oyallon & Bach 2019).
#pragma once
#include "finite/passes.hpp"

namespace ntkc::finite {

// The Hessian of the sum over samples and outputs of `seed` f, times the direction in which theta moves: forward over reverse (Pearlmutter
// 1994).
template <class T>
Parameters<Matrix<T>> hessian_times(const Model& model, const Parameters<Jet<T>>& theta, const Batch<T>& batch, const Matrix<T>& seed);

struct Laziness {
  double gradient = 0, hessian = 0;  // |grad f| and |hess f| (its largest singular value) of f at one sample
  // kappa = |y - f| |hess f| / |grad f|^2: small where the loss is gone before the gradient has changed.
  double kappa(double residual) const { return residual * hessian / (gradient * gradient); }
};

// Of output 0 at the one sample of the batch, in units in which all rates are 1. The Hessian's norm by power iteration from a random
// direction, to a relative change of 1e-3: the estimates rise to the norm from below, of which they
// are a few percent short where its two largest singular values are close.
Laziness laziness(const Model& model, const Vector& theta, const Batch<double>& batch, std::uint64_t seed);

}  // namespace ntkc::finite
