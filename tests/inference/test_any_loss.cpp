#include <doctest/doctest.h>

#include <complex>

#include "data.hpp"
#include "ntk/inference/any_loss.hpp"

using namespace data;

namespace {

// Classical Runge-Kutta with many small steps: an independent way to the same curve.
Matrix small_steps(const Matrix& kernel, const Loss& loss, const Matrix& start, double pace, double end, int steps) {
  Matrix a = Matrix::Zero(start.rows(), start.cols()), gradient = a;
  const auto slope = [&](const Matrix& at) -> Matrix {
    loss(start + kernel * at, gradient);
    return -pace * gradient;
  };
  const double h = end / steps;
  for (int i = 0; i < steps; ++i) {
    const Matrix k1 = slope(a), k2 = slope(a + h / 2 * k1), k3 = slope(a + h / 2 * k2), k4 = slope(a + h * k3);
    a += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
  }
  return a;
}

}  // namespace

TEST_CASE("the squared loss integrated is the closed form") {
  const Task task;
  const Matrix start = normal(40, 3, 7), start_tests = normal(15, 3, 8);
  const Spectrum spectrum(task.train.ntk);
  const SquaredLoss closed(spectrum, task.y, start);
  const std::vector<double> times{0, 0.5, 3, 40};
  for (const LossScale scale : {LossScale::mean, LossScale::sum})
    for (const double ridge : {0.0, 0.2}) {
      Integration options;
      options.training = {scale == LossScale::mean ? 2 : 0.05, scale, ridge};
      options.tolerance = 1e-13;
      const Trajectory way = integrate(DenseOperator(task.train.ntk), squared(task.y), times, start, options);
      const Matrix filters = gradient_flow(spectrum, times, options.training);
      const auto weights = closed.weights(filters), trains = closed.on_training(filters);
      const auto tests = closed.predict(task.cross.ntk, filters, start_tests), integrated = way.predict(task.cross.ntk, start_tests);
      for (std::size_t t = 0; t < times.size(); ++t) {
        CHECK(largest_difference(way.weights[t], weights[t]) <= 1e-10);
        CHECK(largest_difference(way.on_training[t], trains[t]) <= 1e-10);
        CHECK(largest_difference(integrated[t], tests[t]) <= 1e-10);
        CHECK(way.losses[t] == doctest::Approx(closed.loss(filters, scale)(static_cast<Index>(t))).epsilon(1e-10));
      }
    }
}

TEST_CASE("momentum is a damped oscillator along every eigenvector") {
  const Vector values = Vector({{0.02, 0.3, 1, 4}});  // overdamped and oscillating
  const Matrix kernel = values.asDiagonal(), y = Matrix::Ones(4, 1);
  for (const double m : {0.2, 0.9}) {
    Integration options;
    options.training = {1, LossScale::sum, 0};
    options.momentum = m;
    options.tolerance = 1e-12;
    const Trajectory way = integrate(DenseOperator(kernel), squared(y), {1, 10}, Matrix::Zero(4, 1), options);
    for (const std::size_t t : {0, 1})
      for (Index i = 0; i < 4; ++i) {
        // m e'' + (1 − m) e' + λ e = 0, e(0) = 1, e'(0) = 0.
        const double time = t == 0 ? 1 : 10;
        const std::complex<double> root = std::sqrt(std::complex<double>((1 - m) * (1 - m) - 4 * m * values(i)));
        const std::complex<double> a = (-(1 - m) + root) / (2 * m), b = (-(1 - m) - root) / (2 * m);
        const double e = ((a * std::exp(b * time) - b * std::exp(a * time)) / (a - b)).real();
        CHECK(way.on_training[t](i, 0) == doctest::Approx(1 - e).epsilon(1e-9));
      }
  }
}

TEST_CASE("cross-entropy: the gradient, the curve and what it conserves") {
  const Task task(12, 5, 4, 3);
  std::vector<Index> classes;
  for (Index i = 0; i < 12; ++i) classes.push_back(i % 3);
  const Loss loss = cross_entropy(classes, 3);
  const Matrix f = normal(12, 3, 4);
  Matrix gradient(12, 3), other(12, 3);
  loss(f, gradient);
  for (const Index at : {0, 17, 35}) {
    Matrix up = f, down = f;
    up.data()[at] += 1e-5;
    down.data()[at] -= 1e-5;
    const double difference = (loss(up, other) - loss(down, other)) / 2e-5;
    CHECK(gradient.data()[at] == doctest::Approx(difference).epsilon(1e-8));  // h² and rounding / h are both about 1e-10
  }
  CHECK(loss(Matrix::Zero(12, 3), other) == doctest::Approx(12 * std::log(3)).epsilon(1e-14));
  CHECK(std::isfinite(loss(1e3 * f, other)));

  const Matrix start = normal(12, 3, 9);
  Integration options;
  options.tolerance = 1e-12;
  const Trajectory way = integrate(DenseOperator(task.train.ntk), loss, {5, 20}, start, options);
  const Matrix expected = small_steps(task.train.ntk, loss, start, 1.0 / 12, 20, 20'000);
  CHECK(largest_difference(way.weights[1], expected) <= 1e-10);
  CHECK(way.weights[1].rowwise().sum().cwiseAbs().maxCoeff() <= 1e-12);
  CHECK(way.losses[1] < way.losses[0]);
  CHECK_THROWS_AS(cross_entropy({0, 3}, 3), OutOfRange);
}

TEST_CASE("a loss of the caller's own, and ends before the end") {
  const Task task(12, 5, 4, 1);
  const Loss huber = [&](MatrixIn f, MatrixOut gradient) {
    gradient = (f - task.y).cwiseMax(-0.5).cwiseMin(0.5);
    const Matrix r = (f - task.y).cwiseAbs();
    return (r.array() < 0.5).select(0.5 * r.array().square(), 0.5 * r.array() - 0.125).sum();
  };
  Integration options;
  options.tolerance = 1e-10;
  const Matrix start = Matrix::Zero(12, 1);
  const Trajectory way = integrate(DenseOperator(task.train.ntk), huber, {30}, start, options);
  CHECK(largest_difference(way.weights[0], small_steps(task.train.ntk, huber, start, 1.0 / 12, 30, 100'000)) <=
        1e-7);  // its slope has kinks

  int calls = 0;
  double last = 0;
  options.progress = [&](double time, double value) {
    CHECK(time > last);
    CHECK(value > 0);
    last = time;
    return ++calls < 5;
  };
  CHECK(integrate(DenseOperator(task.train.ntk), huber, {1e-9, 1e6}, start, options).weights.size() == 1);
  CHECK(calls == 5);
  options.progress = {};
  options.evaluations = 50;
  CHECK_THROWS_AS(integrate(DenseOperator(task.train.ntk), huber, {1e6}, start, options), IntegrationFailed);
  CHECK_THROWS_AS(integrate(DenseOperator(task.train.ntk), huber, {kForever}, start, options), OutOfRange);
  CHECK_THROWS_AS(integrate(DenseOperator(task.train.ntk), huber, {2, 1}, start, options), TimesOutOfOrder);
}
