#include <cmath>
#include <cstdio>
#include <ntk/inference.hpp>

using namespace ntk::inference;

// Any positive semidefinite kernel will do: of a network, those of ntkc eval or of a generated header.
static Matrix kernel(const Vector& x, const Vector& y) {
  return Matrix::NullaryExpr(x.size(), y.size(), [&](Index i, Index j) { return std::exp(-0.5 * std::pow(x(i) - y(j), 2)); });
}

int main() try {
  const Vector x = Vector::LinSpaced(9, -2, 2), tests = Vector::LinSpaced(3, -0.9, 1.1);
  const Matrix y = x.array().sin().matrix(), cross = kernel(tests, x);

  const Regression fit(kernel(x, x), y, 1e-6);  // the ridge is the variance of the noise
  const Vector variance = posterior_variance(fit, cross, Vector::Ones(3));
  const Matrix mean = fit.predict(cross);
  for (Index i = 0; i < 3; ++i) std::printf("f(%g) = %.4f +- %.4f\n", tests(i), mean(i, 0), std::sqrt(variance(i)));

  const Spectrum spectrum(kernel(x, x));  // one eigendecomposition for all times
  const SquaredLoss loss(spectrum, y);
  const std::vector<Matrix> f = loss.predict(cross, gradient_flow(spectrum, {0, 10, 1000, kForever}, {.learning_rate = 1}));
  std::printf("f(%g) at times 0, 10, 1000, forever: %.4f %.4f %.4f %.4f\n", tests(2), f[0](2, 0), f[1](2, 0), f[2](2, 0), f[3](2, 0));
} catch (const SingularKernel& error) {
  std::printf("no regression: %s\n", error.what());
}
