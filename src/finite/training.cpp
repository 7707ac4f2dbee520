#include "finite/training.hpp"

#include <Eigen/Eigenvalues>
#include <cmath>

namespace ntkc::finite {

namespace {

// theta += factor times rates times the gradient, which is of low rank and never formed.
void step(const Model& model, const std::vector<Matrix<double>>& values, const std::vector<Matrix<double>>& adjoints, double factor,
          Vector& theta) {
  for (Id id = 0; id < model.ops.size(); ++id) {
    const auto* affine = std::get_if<Affine>(&model.ops[id].what);
    if (!affine || adjoints[id].size() == 0) continue;
    const Weights& w = model.weights[affine->weights];
    const Matrix<double> in = (factor * w.weight_rate * w.weight_scale) * weighed(*affine, values);
    theta.weights[affine->weights].noalias() += in.transpose() * adjoints[id];
    if (w.biases) theta.biases[affine->weights] += (factor * w.bias_rate * w.bias_scale) * adjoints[id].colwise().sum();
  }
}

}  // namespace

Vector descend(const Model& model, Vector theta, const Batch<double>& batch, const Matrix<double>& y, const Descent& descent) {
  Matrix<double> slope = Matrix<double>::Zero(batch.x.rows(), Eigen::Index(model.outputs()));
  for (std::size_t i = 0; i < descent.steps; ++i) {
    const auto values = forward(model, theta, batch);
    slope.leftCols(y.cols()) = (values[model.output].leftCols(y.cols()) - y) / double(batch.x.rows());
    step(model, values, reverse(model, theta, batch, values, slope), -descent.step, theta);
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
