#include <doctest/doctest.h>

#include <Eigen/Cholesky>

#include "data.hpp"
#include "ntk/inference/gaussian_process.hpp"
#include "ntk/inference/maximise.hpp"

using namespace data;

TEST_CASE("the top of a hill inside the box") {
  const Vector top = Vector({{0.3, -1.2}});
  int calls = 0;
  const Objective hill = [&](VectorIn at, VectorOut gradient) {
    ++calls;
    gradient = -2 * (at - top);
    return 5 - (at - top).squaredNorm();
  };
  const Maximum found = maximise(hill, Vector::Constant(2, -3), Vector::Constant(2, 3), Vector::Zero(2));
  CHECK(found.value == doctest::Approx(5).epsilon(1e-8));
  CHECK((found.at - top).norm() <= 1e-3);  // where the value is right to 1e-8
  CHECK(found.converged);
  CHECK(found.evaluations == calls);
  CHECK_FALSE(found.at_lower[0]);
  CHECK_FALSE(found.at_upper[1]);
}

TEST_CASE("bounds that hold the search are named") {
  const Objective slope = [](VectorIn at, VectorOut gradient) {
    gradient = Vector({{1, -2}});
    return at(0) - 2 * at(1);
  };
  const Maximum found = maximise(slope, Vector::Constant(2, -1), Vector::Constant(2, 1), Vector::Zero(2));
  CHECK(found.at(0) == 1);
  CHECK(found.at(1) == -1);
  CHECK(found.at_upper[0]);
  CHECK(found.at_lower[1]);
  CHECK_FALSE(found.at_lower[0]);
  // A top that lies on the bound is not held by it.
  const Objective hill = [](VectorIn at, VectorOut gradient) {
    gradient(0) = 2 - 2 * at(0);
    return -(at(0) - 1) * (at(0) - 1);
  };
  const Maximum top = maximise(hill, Vector::Constant(1, -1), Vector::Constant(1, 1), Vector::Constant(1, 1));
  CHECK(top.at(0) == 1);
  CHECK_FALSE(top.at_upper[0]);
}

TEST_CASE("restarts find the higher of two hills, the same every time") {
  const Objective hills = [](VectorIn at, VectorOut gradient) {
    const double a = std::exp(-8 * std::pow(at(0) + 1, 2)), b = 2 * std::exp(-8 * std::pow(at(0) - 1, 2));
    gradient(0) = -16 * (at(0) + 1) * a - 16 * (at(0) - 1) * b;
    return a + b;
  };
  const Vector lower = Vector::Constant(1, -2), upper = Vector::Constant(1, 2), start = Vector::Constant(1, -0.9);
  MaximiseOptions options;
  options.restarts = 0;
  CHECK(maximise(hills, lower, upper, start, options).value == doctest::Approx(1).epsilon(1e-6));
  options.restarts = 5;
  const Maximum found = maximise(hills, lower, upper, start, options);
  CHECK(found.value == doctest::Approx(2).epsilon(1e-6));
  CHECK(found.at == maximise(hills, lower, upper, start, options).at);
}

TEST_CASE("places without a value are left again; faults go through") {
  const Objective half = [](VectorIn at, VectorOut gradient) {
    gradient(0) = at(0) > 0 ? 1 / at(0) - 1 : 0;
    return at(0) > 0 ? std::log(at(0)) - at(0) : -kForever;
  };
  const Vector lower = Vector::Constant(1, -5), upper = Vector::Constant(1, 5);
  CHECK(maximise(half, lower, upper, Vector::Constant(1, 4)).value == doctest::Approx(-1).epsilon(1e-7));
  CHECK_THROWS_AS(maximise(half, lower, upper, Vector::Constant(1, -1)), OutOfRange);
  CHECK_THROWS_AS(maximise(half, lower, upper, Vector::Constant(1, 6)), OutOfRange);
  CHECK_THROWS_AS(maximise(half, lower, Vector::Zero(2), Vector::Constant(1, 1)), WrongShape);
  int calls = 0;
  const Objective breaks = [&](VectorIn, VectorOut gradient) -> double {
    if (++calls > 3) throw SingularKernel(1, 0);
    gradient(0) = 1;
    return calls;
  };
  CHECK_THROWS_AS(maximise(breaks, lower, upper, Vector::Zero(1)), SingularKernel);
}

TEST_CASE("the noise of data is found by the evidence") {
  // y is a draw from the process itself: with 300 samples the noise is known to about a tenth of itself.
  const Matrix x = normal(300, 3, 1);
  const Matrix kernel = relu_kernels(x, x).nngp;
  const Matrix factor = Eigen::LLT<Eigen::MatrixXd>(kernel + 1e-10 * Matrix::Identity(300, 300)).matrixL();
  const Matrix targets = factor * normal(300, 1, 2) + 0.2 * normal(300, 1, 3);
  const Objective evidence = [&](VectorIn at, VectorOut gradient) {  // at: log σ²
    const Regression fit(kernel, targets, std::exp(at(0)));
    gradient(0) = std::exp(at(0)) * LikelihoodGradient(fit).noise();
    return log_marginal_likelihood(fit);
  };
  MaximiseOptions options;
  options.restarts = 0;
  const Maximum found = maximise(evidence, Vector::Constant(1, -12), Vector::Constant(1, 3), Vector::Zero(1), options);
  CHECK(found.converged);
  CHECK(std::exp(found.at(0)) == doctest::Approx(0.04).epsilon(0.3));
  CHECK(std::fabs(found.gradient(0)) <= 1e-2);
}
