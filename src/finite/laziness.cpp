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

// The slope of the gradient alone; its value would take as long.
template <class T>
Parameters<Matrix<T>> hessian_times(const Model& model, const Parameters<Jet<T>>& theta, const Batch<T>& batch, const Matrix<T>& seed) {
  const auto values = forward(model, theta, batch), adjoints = reverse(model, theta, batch, values, Jet<T>{seed, {}});
  Parameters<Matrix<T>> out = zero<T>(model);
  for (Id id = 0; id < model.ops.size(); ++id) {
    const auto* affine = std::get_if<Affine>(&model.ops[id].what);
    if (!affine || adjoints[id].value.size() == 0) continue;
    const Weights& w = model.weights[affine->weights];
    const Jet<T> in = weighed(*affine, values);
    const T scale(w.weight_scale);
    if (in.slope.size()) out.weights[affine->weights].noalias() += scale * in.slope.transpose() * adjoints[id].value;
    if (adjoints[id].slope.size()) out.weights[affine->weights].noalias() += scale * in.value.transpose() * adjoints[id].slope;
    if (w.biases && adjoints[id].slope.size()) out.biases[affine->weights] += T(w.bias_scale) * adjoints[id].slope.colwise().sum();
  }
  return out;
}

template Parameters<Matrix<double>> hessian_times(const Model&, const Parameters<Jet<double>>&, const Batch<double>&,
                                                  const Matrix<double>&);
template Parameters<Matrix<long double>> hessian_times(const Model&, const Parameters<Jet<long double>>&, const Batch<long double>&,
                                                       const Matrix<long double>&);

Laziness laziness(const Model& model, const Vector& theta, const Batch<double>& batch, std::uint64_t seed) {
  constexpr int kMostRounds = 100;
  constexpr double kChange = 1e-3;
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
