#include "finite/training.hpp"

#include <Eigen/Eigenvalues>
#include <cmath>

namespace ntkc::finite {

Vector descend(const Model& model, Vector theta, const Batch<double>& batch, const Matrix<double>& y, const Descent& descent) {
  const double samples = double(batch.x.rows());
  for (std::size_t step = 0; step < descent.steps; ++step) {
    const auto values = forward(model, theta, batch);
    const Matrix<double> slope = (values[model.output] - y) / samples;
    Vector down = gradient(model, values, reverse(model, theta, batch, values, slope));
    times_rates(model, down);
    add(theta, -descent.step, down);
  }
  return theta;
}

Matrix<double> linearised(const Model& model, const Vector& theta0, const Vector& theta, const Batch<double>& batch) {
  Vector direction = theta;
  add(direction, -1.0, theta0);
  const Jet<double> f = forward(model, along(theta0, direction), batch)[model.output];
  return f.slope.size() ? Matrix<double>(f.value + f.slope) : f.value;
}

LinearDynamics::LinearDynamics(const Matrix<double>& ntk, const Eigen::VectorXd& residual) {
  const Eigen::SelfAdjointEigenSolver<Matrix<double>> solver(ntk / double(ntk.rows()));
  eigenvalues_ = solver.eigenvalues().cwiseMax(0);
  vectors_ = solver.eigenvectors();
  residual_ = vectors_.transpose() * residual;
}

// Theta* Theta^-1 (1 - what is left of the residual): (1 - left(lambda)) / lambda of each eigenvalue, whose limit at 0 is finite.
template <class F>
Eigen::VectorXd LinearDynamics::change(const Matrix<double>& against, const F& shrunk) const {
  Eigen::VectorXd moved(eigenvalues_.size());
  for (Eigen::Index i = 0; i < moved.size(); ++i) moved[i] = shrunk(eigenvalues_[i]) * residual_[i];
  return against * (vectors_ * moved) / double(eigenvalues_.size());
}

Eigen::VectorXd LinearDynamics::flow(const Matrix<double>& against, double time) const {
  return change(against, [&](double lambda) { return lambda > 0 ? -std::expm1(-lambda * time) / lambda : time; });
}

Eigen::VectorXd LinearDynamics::descent(const Matrix<double>& against, const Descent& descent) const {
  return change(against, [&](double lambda) {
    const double left = std::pow(1 - lambda * descent.step, double(descent.steps));
    return lambda > 0 ? (1 - left) / lambda : descent.step * double(descent.steps);
  });
}

double LinearDynamics::largest_step() const { return 2 / eigenvalues_.maxCoeff(); }

}  // namespace ntkc::finite
