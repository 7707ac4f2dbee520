// Networks trained from random initialisations: f₀ is a draw from the Gaussian process of the NNGP kernel 𝒦, training follows Θ, so f(t) is
// a Gaussian process (Lee & Xiao et al. 2019, eqs. 13 to 16). With A = g(Θ) of a filter: mean θ A y, which is SquaredLoss::predict from
// start 0; covariance 𝒦** + θ A 𝒦 A θᵀ − (θ A 𝒦*ᵀ + its transpose).
#pragma once
#include "ntk/inference/training.hpp"

namespace ntk::inference {

// What joins tests and training data: both tests × trains.
struct Cross {
  Eigen::Ref<const Matrix> ntk, nngp;
};

class Ensemble {
 public:
  // ntk is kept by reference; nngp: trains × trains, symmetric, overwritten. 4n³ operations. Throws WrongShape, NotFinite.
  Ensemble(const Spectrum& ntk, Matrix nngp);
  Ensemble(Spectrum&&, Matrix) = delete;

  // Per test, at least 0: times × tests. prior: 𝒦(x, x) of the tests. Memory and time are linear in the tests. Throws WrongShape.
  Matrix variance(const Cross& cross, VectorIn prior, MatrixIn filters) const;
  // Of every filter tests × tests. prior: 𝒦 of the tests. Throws WrongShape.
  std::vector<Matrix> covariance(const Cross& cross, MatrixIn prior, MatrixIn filters) const;

 private:
  const Spectrum& ntk_;
  Matrix nngp_;  // Qᵀ 𝒦 Q
};

}  // namespace ntk::inference
