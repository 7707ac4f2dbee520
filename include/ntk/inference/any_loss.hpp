// Training on any differentiable loss, by integrating it: f = f₀ + Θ α, and with ∇ the gradient of the loss in f
//
//   dα/dt = −η ∇                        gradient flow
//   μ d²α/dt² + (1 − μ) dα/dt = −η ∇    with momentum μ, the limit of heavy ball in small steps, a step being a unit of time (Qian 1999)
//
// An embedded Runge-Kutta pair of order 5 (Dormand & Prince 1980, Boost.Odeint) keeps the estimated error of a step below the tolerance.
// The step is at most about 3/(pace × λ_max × the loss' curvature), so the cost grows with t; the squared loss has closed forms in
// training.hpp.
#pragma once
#include <functional>
#include <span>
#include <vector>

#include "ntk/inference/operator.hpp"
#include "ntk/inference/training.hpp"

namespace ntk::inference {

// Writes the gradient in f of Σ ℓ(f_i, y_i) over samples, trains × outputs as f, and returns the sum.
using Loss = std::function<double(MatrixIn f, MatrixOut gradient)>;

// ½ ‖f − y‖² a sample. targets: trains × outputs.
Loss squared(Matrix targets);
// −log softmax(f)_c of the sample's class c in [0, outputs), in nats. Throws OutOfRange.
Loss cross_entropy(std::vector<Index> classes, Index outputs);

struct Integration {
  Training training;              // the ridge as in training.hpp: ∇ + R α
  double momentum = 0;            // μ in [0, 1)
  double tolerance = 1e-9;        // of a step, absolute and relative, in α
  Index evaluations = 1'000'000;  // the most; beyond it IntegrationFailed
  // Called after every step with the time and the loss; false ends the integration: later times are then missing.
  std::function<bool(double time, double loss)> progress;
};

struct Trajectory {
  std::vector<Matrix> weights;      // α, trains × outputs, a time each
  std::vector<Matrix> on_training;  // f
  std::vector<double> losses;       // the mean, or the sum, over samples as Training::scale says, without the ridge
  Index evaluations = 0;            // applications of the kernel
  // f on tests is f₀ there plus cross × weights: predict(cross, …).
  std::vector<Matrix> predict(MatrixIn cross, MatrixIn start = Matrix()) const;
};

// From rest. times: ascending from 0, finite. start: f₀, trains × outputs, which says the number of outputs; zeros of that shape for none.
// Throws WrongShape, TimesOutOfOrder, OutOfRange, IntegrationFailed.
Trajectory integrate(const Operator& kernel, const Loss& loss, const std::vector<double>& times, MatrixIn start,
                     const Integration& options);

}  // namespace ntk::inference
