// Training of the linearised network on the squared loss, in closed form (Lee & Xiao et al. 2019, eqs. 8 to 11). Written for the weights α
// of f(t) = f₀ + Θ α(t): along an eigenvector of Θ with eigenvalue λ they are g(λ, t) (y − f₀), and a *filter* is g at all eigenvalues. The
// ridge R is the penalty R/2 αᵀ Θ α beside ½ ‖f − y‖², weight decay towards the start: it adds R to λ, and t = ∞ gives Regression with that
// ridge.
#pragma once
#include <vector>

#include "ntk/inference/spectrum.hpp"

namespace ntk::inference {

// The loss is 1/(2N) Σ ‖f − y‖² over N samples (mean) or without 1/N (sum); no division by the number of outputs.
enum class LossScale { mean, sum };

struct Training {
  double learning_rate = 1;
  LossScale scale = LossScale::mean;
  double ridge = 0;  // in the kernel's unit

  // What a unit of time is worth: η/N, or η for the sum.
  double pace(Index samples) const;
};

enum class Momentum { plain, heavy_ball, nesterov };

struct Descent {
  Momentum kind = Momentum::plain;
  double momentum = 0;  // μ in [0, 1); 0 for plain
};

// g(λ, t) = (1 − exp(−(λ + R) s)) / (λ + R), s = pace × t, of every eigenvalue: times × n. Where λ + R = 0 it is s. Null
// directions (λ + R at most Spectrum::null_threshold) stay where they start, g = 0, at t = ∞ and where s times the threshold is above 1.
// times: ascending from 0, ∞ included. Throws TimesOutOfOrder, OutOfRange.
Matrix gradient_flow(const Spectrum& kernel, const std::vector<double>& times, const Training& training);

struct Steps {
  Matrix filters;         // steps × n; not finite where a diverging direction has outgrown double
  double growth = 0;      // the factor a step, in the end, of the error that shrinks slowest or grows fastest among directions not null
  bool diverges = false;  // growth > 1
};

// The same after whole numbers of steps of gradient descent of rate η, from rest. With h = pace and e the error along an eigenvector:
//   plain       e' = (1 − h(λ+R)) e
//   heavy ball  e' = (1 + μ − h(λ+R)) e − μ e₋          (Polyak 1964)
//   Nesterov    e' = (1 − h(λ+R)) ((1 + μ) e − μ e₋)    (Nesterov 1983, constant momentum)
// by powers of 2×2 matrices in long double: relative error below 1e-12 for 10⁶ steps with μ ≤ 0.9. Throws TimesOutOfOrder, OutOfRange.
Steps gradient_descent(const Spectrum& kernel, const std::vector<long long>& steps, const Training& training, const Descent& descent = {});

// The learning rate at and above which gradient descent diverges: c / (λ_max + R), times N for the mean, with c = 2 (plain), 2(1 + μ)
// (heavy ball), 2(1 + μ)/(1 + 2μ) (Nesterov). ∞ for λ_max + R = 0. Throws OutOfRange.
double largest_stable_rate(double largest_eigenvalue, Index samples, const Training& training, const Descent& descent = {});

// One task: targets y and the start f₀ in the eigenbasis of a kernel.
class SquaredLoss {
 public:
  // kernel is kept by reference. targets: trains × outputs; start: f₀, the same, or empty for 0. Throws WrongShape, NotFinite.
  SquaredLoss(const Spectrum& kernel, MatrixIn targets, Matrix start = {});
  SquaredLoss(Spectrum&&, MatrixIn, Matrix = {}) = delete;

  // Of every row of `filters` (times × n) a matrix:
  std::vector<Matrix> weights(MatrixIn filters) const;      // α, trains × outputs
  std::vector<Matrix> on_training(MatrixIn filters) const;  // f, trains × outputs
  // f on tests, tests × outputs, for cross: tests × trains; start: f₀ there, tests × outputs, or empty for 0. Throws WrongShape.
  std::vector<Matrix> predict(MatrixIn cross, MatrixIn filters, MatrixIn start = Matrix()) const;
  // The loss without the ridge's penalty, of every row of `filters`.
  Vector loss(MatrixIn filters, LossScale scale = LossScale::mean) const;

  // The first time at which gradient flow has brought the loss down to `target`: 0 if it starts there, ∞ if it never gets there.
  // The loss falls monotonically, so this is one root (Boost.Math, TOMS 748), to a relative 1e-12. Throws OutOfRange (target < 0).
  double time_to_loss(double target, const Training& training) const;

 private:
  const Spectrum& kernel_;
  Matrix start_, residual_;  // residual_: Qᵀ(y − f₀)
};

}  // namespace ntk::inference
