#include "ntk/inference/any_loss.hpp"

#include <boost/numeric/odeint.hpp>
#include <cmath>

#include "inference/blas.hpp"
#include "inference/checks.hpp"

namespace ntk::inference {

namespace {

namespace odeint = boost::numeric::odeint;
using State = std::vector<double>;  // α, and with momentum dα/dt after it

// dα/dt and its like; remembers the loss where it was asked last, which is the end of a step that is accepted.
class System {
 public:
  System(const Operator& kernel, const Loss& loss, MatrixIn start, const Integration& options)
      : kernel_(kernel), loss_(loss), start_(start), options_(options), f_(start), gradient_(start.rows(), start.cols()) {
    pace_ = options.training.pace(kernel.size());
    share_ = options.training.scale == LossScale::sum ? 1 : 1 / static_cast<double>(kernel.size());
  }

  void operator()(const State& state, State& derivative, double /*time*/) {
    const Index n = f_.size();
    const Eigen::Map<const Matrix> weights(state.data(), f_.rows(), f_.cols());
    evaluate(weights);
    Eigen::Map<Matrix> first(derivative.data(), f_.rows(), f_.cols());
    if (options_.momentum == 0) {
      first = -pace_ * gradient_;
      return;
    }
    const Eigen::Map<const Matrix> velocity(state.data() + n, f_.rows(), f_.cols());
    Eigen::Map<Matrix> second(derivative.data() + n, f_.rows(), f_.cols());
    first = velocity;
    second = (-pace_ * gradient_ - (1 - options_.momentum) * velocity) / options_.momentum;
  }

  // f, the loss and the gradient with the ridge's.
  void evaluate(MatrixIn weights) {
    kernel_.apply(weights, f_);
    f_ += start_;
    value_ = share_ * loss_(f_, gradient_);
    gradient_ += options_.training.ridge * weights;
    ++evaluations_;
  }

  const Matrix& f() const { return f_; }
  double value() const { return value_; }
  Index evaluations() const { return evaluations_; }

 private:
  const Operator& kernel_;
  const Loss& loss_;
  const Matrix start_;
  const Integration& options_;
  Matrix f_, gradient_;
  double pace_ = 0, share_ = 1, value_ = 0;
  Index evaluations_ = 0;
};

void check(const Operator& kernel, MatrixIn start, const std::vector<double>& times, const Integration& options) {
  check_shape("the start", start, kernel.size(), start.cols());
  check_finite("the start", start);
  check_order(times);
  if (!times.empty()) check_range("the last time", times.back(), 0, std::numeric_limits<double>::max());
  check_training(options.training);
  check_momentum(options.momentum);
  check_range("the tolerance", options.tolerance, 1e-14, 1);
}

}  // namespace

Loss squared(Matrix targets) {
  return [targets = std::move(targets)](MatrixIn f, MatrixOut gradient) {
    check_shape("the outputs", f, targets.rows(), targets.cols());
    gradient = f - targets;
    return 0.5 * gradient.squaredNorm();
  };
}

Loss cross_entropy(std::vector<Index> classes, Index outputs) {
  for (const Index c : classes) check_range("a class", static_cast<double>(c), 0, static_cast<double>(outputs - 1));
  return [classes = std::move(classes), outputs](MatrixIn f, MatrixOut gradient) {
    check_shape("the outputs", f, static_cast<Index>(classes.size()), outputs);
    double sum = 0;
    for (Index i = 0; i < f.rows(); ++i) {
      const Index own = classes[static_cast<std::size_t>(i)];
      const double most = f.row(i).maxCoeff();
      gradient.row(i) = (f.row(i).array() - most).exp();
      const double total = gradient.row(i).sum();
      sum += std::log(total) + most - f(i, own);
      gradient.row(i) /= total;
      gradient(i, own) -= 1;
    }
    return sum;
  };
}

std::vector<Matrix> Trajectory::predict(MatrixIn cross, MatrixIn start) const {
  std::vector<Matrix> out;
  for (const Matrix& alpha : weights) {
    check_shape("the kernel of tests and training data", cross, cross.rows(), alpha.rows());
    if (start.size() > 0) check_shape("the start on the tests", start, cross.rows(), alpha.cols());
    out.push_back(product(cross, alpha));
    if (start.size() > 0) out.back() += start;
  }
  return out;
}

Trajectory integrate(const Operator& kernel, const Loss& loss, const std::vector<double>& times, MatrixIn start,
                     const Integration& options) {
  check(kernel, start, times, options);
  System system(kernel, loss, start, options);
  auto stepper = odeint::make_controlled(options.tolerance, options.tolerance, odeint::runge_kutta_dopri5<State>());
  State state(static_cast<std::size_t>(start.size()) * (options.momentum > 0 ? 2 : 1), 0.0);
  const Eigen::Map<const Matrix> weights(state.data(), start.rows(), start.cols());
  // The trace is at least the largest eigenvalue: a first step that is surely small enough.
  const double bend = options.training.pace(kernel.size()) * (kernel.diagonal().sum() + options.training.ridge);
  double time = 0, step = bend > 0 ? 0.1 / bend : kForever;
  Trajectory out;
  for (const double end : times) {
    while (time < end) {
      double tried = std::min(step, end - time);
      const bool whole = tried == step;
      if (time + tried == time || system.evaluations() > options.evaluations) throw IntegrationFailed(time, tried);
      const bool last = tried == end - time;
      const bool accepted = stepper.try_step(std::ref(system), state, time, tried) == odeint::success;
      if (!accepted || whole || tried > step) step = tried;
      if (!accepted) continue;
      if (last) time = end;
      if (!weights.allFinite()) throw IntegrationFailed(time, step);
      if (options.progress && !options.progress(time, system.value())) return out;
    }
    system.evaluate(weights);
    out.weights.emplace_back(weights);
    out.on_training.push_back(system.f());
    out.losses.push_back(system.value());
    out.evaluations = system.evaluations();
  }
  return out;
}

}  // namespace ntk::inference
