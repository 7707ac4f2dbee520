// Gradient descent of a finite network on the loss 1/(2N) sum |y - f|^2, and of its linearisation.
#pragma once
#include "finite/kernel.hpp"

namespace ntkc::finite {

struct Descent {
  double step = 1;  // the learning rate eta; a parameter moves by eta times its own rate
  std::size_t steps = 0;
};

// theta after the steps. y: labels of the first channels of the output; the loss knows of no others.
Vector descend(const Model& model, Vector theta, const Batch<double>& batch, const Matrix<double>& y, const Descent& descent);

// The linearised model f(theta0) + J (theta - theta0), exactly (forward mode).
Matrix<double> linearised(const Model& model, const Vector& theta0, const Vector& theta, const Batch<double>& batch);

// What the linearised model of one output becomes, in function space (Lee & Xiao et al. 2019, eq. 8 to 11): with the empirical NTK of the
// training data and of test data (rows) against it, labels and first values. The flow at time eta t, and the same steps of descent.
class LinearDynamics {
 public:
  LinearDynamics(const Matrix<double>& ntk, const Eigen::VectorXd& residual);  // residual: y - f0
  // Changes of f on rows of `against` (samples x training data) since the start.
  Eigen::VectorXd flow(const Matrix<double>& against, double time) const;
  Eigen::VectorXd descent(const Matrix<double>& against, const Descent& descent) const;
  double largest_step() const;  // 2 N / lambda_max: above it descent diverges

 private:
  template <class F>
  Eigen::VectorXd change(const Matrix<double>& against, const F& shrunk) const;
  Eigen::VectorXd eigenvalues_, residual_;  // of ntk / N; in the eigenbasis
  Matrix<double> vectors_;
};

}  // namespace ntkc::finite
