#include "finite/laziness.hpp"

#include <cmath>
#include <utility>

namespace ntkc::finite {

template <class T>
Parameters<Matrix<T>> hessian_times(const Model& model, const Parameters<Matrix<T>>& theta, const Batch<T>& batch, const Matrix<T>& seed,
                                    const Parameters<Matrix<T>>& direction) {
  const Parameters<Jet<T>> moving = along(theta, direction);
  const auto values = forward(model, moving, batch);
  return slope(gradient(model, values, reverse(model, moving, batch, values, Jet<T>{seed, {}})));
}

template Parameters<Matrix<double>> hessian_times(const Model&, const Parameters<Matrix<double>>&, const Batch<double>&,
                                                  const Matrix<double>&, const Parameters<Matrix<double>>&);
template Parameters<Matrix<long double>> hessian_times(const Model&, const Parameters<Matrix<long double>>&, const Batch<long double>&,
                                                       const Matrix<long double>&, const Parameters<Matrix<long double>>&);

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

  Vector v = draw<double>(model, seed);
  for (int round = 0; round < kMostRounds; ++round) {
    const double length = std::sqrt(dot(v, v));
    if (!(length > 0)) return out;
    add(v, 1 / length - 1, Vector(v));
    times_rates(model, v, true);
    v = hessian_times(model, theta, batch, first, v);
    times_rates(model, v, true);
    const double before = std::exchange(out.hessian, std::sqrt(dot(v, v)));
    if (out.hessian - before <= kChange * out.hessian) break;
  }
  return out;
}

}  // namespace ntkc::finite
