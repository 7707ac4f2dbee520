// What training has done along each eigenvector: filters of gradient flow and of gradient descent.
#include <array>
#include <cmath>

#include "inference/checks.hpp"
#include "ntk/inference/training.hpp"

namespace ntk::inference {

namespace {

double momentum_of(const Descent& descent) {
  if (descent.kind == Momentum::plain) return 0;
  check_momentum(descent.momentum);
  return descent.momentum;
}

// Where the kernel says nothing and every other direction has long converged, what is left is rounding: such a direction stays.
bool stays(const Spectrum& kernel, double rate, double s) {
  const double null = kernel.null_threshold();
  return rate <= null && (std::isinf(s) || s * null > 1);
}

double flow(double rate, double s) { return rate == 0 ? s : -std::expm1(-rate * s) / rate; }

// (weight, velocity) after a step is M (weight, velocity) + b for a residual 1 at the start.
struct Step {
  using Real = long double;
  std::array<Real, 4> m;
  std::array<Real, 2> b;

  static Step of(double h, double rate, double momentum, bool nesterov) {
    const Real bend = Real{h} * rate, kept = nesterov ? momentum * (1 - bend) : Real{momentum};
    return {{1 - bend, kept, -bend, kept}, {h, h}};
  }
  std::array<Real, 2> operator()(const std::array<Real, 2>& x) const {
    return {m[0] * x[0] + m[1] * x[1] + b[0], m[2] * x[0] + m[3] * x[1] + b[1]};
  }
  Step twice() const {
    return {{m[0] * m[0] + m[1] * m[2], (m[0] + m[3]) * m[1], (m[0] + m[3]) * m[2], m[1] * m[2] + m[3] * m[3]}, (*this)(b)};
  }
  // The larger eigenvalue of M, in absolute value.
  double growth() const {
    const Real half = (m[0] + m[3]) / 2, determinant = m[0] * m[3] - m[1] * m[2], square = half * half - determinant;
    return static_cast<double>(square < 0 ? std::sqrt(determinant) : std::fabs(half) + std::sqrt(square));
  }
};

}  // namespace

double Training::pace(Index samples) const {
  return scale == LossScale::sum ? learning_rate : learning_rate / static_cast<double>(samples);
}

Matrix gradient_flow(const Spectrum& kernel, const std::vector<double>& times, const Training& training) {
  check_training(training);
  check_order(times);
  Matrix filters(static_cast<Index>(times.size()), kernel.size());
  for (Index t = 0; t < filters.rows(); ++t) {
    const double time = times[static_cast<std::size_t>(t)], s = time == 0 ? 0 : training.pace(kernel.size()) * time;
    for (Index i = 0; i < filters.cols(); ++i) {
      const double rate = kernel.values()(i) + training.ridge;
      filters(t, i) = stays(kernel, rate, s) ? 0 : flow(rate, s);
    }
  }
  return filters;
}

Steps gradient_descent(const Spectrum& kernel, const std::vector<long long>& steps, const Training& training, const Descent& descent) {
  check_training(training);
  check_order(steps);
  const double h = training.pace(kernel.size()), momentum = momentum_of(descent);
  Steps out;
  out.filters.resize(static_cast<Index>(steps.size()), kernel.size());
  for (Index i = 0; i < kernel.size(); ++i) {
    const double rate = kernel.values()(i) + training.ridge;
    const Step one = Step::of(h, rate, momentum, descent.kind == Momentum::nesterov);
    if (rate > kernel.null_threshold()) out.growth = std::max(out.growth, one.growth());
    std::array<Step::Real, 2> state{0, 0};
    for (Index t = 0; t < out.filters.rows(); ++t) {
      const auto at = static_cast<std::size_t>(t);
      Step power = one;
      for (long long left = steps[at] - (t == 0 ? 0 : steps[at - 1]); left > 0; left /= 2, power = power.twice())
        if (left % 2 == 1) state = power(state);
      out.filters(t, i) = stays(kernel, rate, h * static_cast<double>(steps[at])) ? 0 : static_cast<double>(state[0]);
    }
  }
  out.diverges = out.growth > 1;
  return out;
}

double largest_stable_rate(double largest_eigenvalue, Index samples, const Training& training, const Descent& descent) {
  check_training(training);
  check_range("the largest eigenvalue", largest_eigenvalue, 0, kForever);
  const double m = momentum_of(descent), nesterov = descent.kind == Momentum::nesterov ? 1 + 2 * m : 1;
  return 2 * (1 + m) / nesterov / ((largest_eigenvalue + training.ridge) * Training{1, training.scale}.pace(samples));
}

}  // namespace ntk::inference
