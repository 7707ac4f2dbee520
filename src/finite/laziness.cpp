#include "finite/laziness.hpp"

#include <cmath>
#include <utility>

namespace ntkc::finite {
namespace {

// The direction in which the parameters move, times a factor and the roots of the rates.
void turn(const Model& model, Parameters<Jet<double>>& moving, double factor) {
  for (std::size_t i = 0; i < moving.weights.size(); ++i) {
    moving.weights[i].slope *= factor * std::sqrt(model.weights[i].weight_rate);
    moving.biases[i].slope *= factor * std::sqrt(model.weights[i].bias_rate);
  }
}

}  // namespace

template <class T>
Parameters<Matrix<T>> hessian_times(const Model& model, const Parameters<Jet<T>>& theta, const Batch<T>& batch, const Matrix<T>& seed) {
  const auto values = forward(model, theta, batch);
  return slope(gradient(model, values, reverse(model, theta, batch, values, Jet<T>{seed, {}})));
}

template Parameters<Matrix<double>> hessian_times(const Model&, const Parameters<Jet<double>>&, const Batch<double>&,
                                                  const Matrix<double>&);
template Parameters<Matrix<long double>> hessian_times(const Model&, const Parameters<Jet<long double>>&, const Batch<long double>&,
                                                       const Matrix<long double>&);

Laziness laziness(const Model& model, const Vector& theta, const Batch<double>& batch, std::uint64_t seed) {
  constexpr int kMostRounds = 100;
  constexpr double kChange = 5e-3;
  Matrix<double> first = Matrix<double>::Zero(1, Eigen::Index(model.outputs()));
  first(0, 0) = 1;
  const auto values = forward(model, theta, batch);
  Vector slope = gradient(model, values, reverse(model, theta, batch, values, first));
  times_rates(model, slope, true);
  Laziness out;
  out.gradient = std::sqrt(dot(slope, slope));

  const Vector direction = draw<double>(model, seed);
  Parameters<Jet<double>> moving = along(theta, direction);
  double length = std::sqrt(dot(direction, direction));
  for (int round = 0; round < kMostRounds && length > 0; ++round) {
    turn(model, moving, 1 / length);
    Vector image = hessian_times(model, moving, batch, first);
    times_rates(model, image, true);
    length = std::sqrt(dot(image, image));
    const double before = std::exchange(out.hessian, length);
    if (length - before <= kChange * length) break;
    for (std::size_t i = 0; i < image.weights.size(); ++i) {
      moving.weights[i].slope.swap(image.weights[i]);
      moving.biases[i].slope.swap(image.biases[i]);
    }
  }
  return out;
}

}  // namespace ntkc::finite
