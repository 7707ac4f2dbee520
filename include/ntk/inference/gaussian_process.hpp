// What a Gaussian process knows beyond the mean, which is Regression::predict: the posterior's covariance, the evidence and its gradient.
// Rasmussen & Williams 2006, sections 2.2 and 5.4. Outputs are independent with one kernel; the ridge is the variance σ² of the noise.
#pragma once
#include "ntk/inference/regression.hpp"

namespace ntk::inference {

// Of f, without noise: k(x, x) − k (K + σ² I)⁻¹ kᵀ, per test, at least 0. cross: tests × trains; prior: k(x, x) of the tests. Throws
// WrongShape.
Vector posterior_variance(const Regression& fit, Matrix cross, VectorIn prior);

// All of it, tests × tests. prior: the kernel of the tests, tests × tests. Throws WrongShape.
Matrix posterior_covariance(const Regression& fit, Matrix cross, Matrix prior);

// log N(y; 0, K + σ² I), summed over outputs, in nats.
double log_marginal_likelihood(const Regression& fit);

// d/dp of it for dK/dp: ½ tr((α αᵀ − (K + σ² I)⁻¹) dK), summed over outputs (eq. 5.9). Keeps a matrix of the kernel's size.
class LikelihoodGradient {
 public:
  explicit LikelihoodGradient(const Regression& fit);
  // dkernel: dK/dp, trains × trains, symmetric. Throws WrongShape.
  double along(MatrixIn dkernel) const;
  double noise() const;  // p = σ²

 private:
  Matrix slope_;  // α αᵀ − C (K + σ² I)⁻¹
};

}  // namespace ntk::inference
