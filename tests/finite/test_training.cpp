// Training, its linearisation, laziness; each against another road to the same number.
#include <Eigen/Eigenvalues>

#include "finite/laziness.hpp"
#include "finite/statistics.hpp"
#include "finite/training.hpp"
#include "networks.hpp"

using namespace ntkc;
using finite::Matrix;

namespace {

constexpr const char* kBody = "dense(sigma_w = 1.3, sigma_b = 0.2); erf; dense(sigma_w = 1.2, lr = 0.5, sigma_b = 0.1); gelu; dense";

struct Setting {
  finite::Model model;
  finite::Vector theta;
  finite::Batch<double> batch;
  Matrix<double> y;
  finite::Tangents<double> tangents;
  Matrix<double> ntk;
  Eigen::VectorXd residual;
};

Setting setting(std::size_t width, std::uint64_t seed = 1, const char* body = kBody) {
  Setting s{test::model_of(test::compile({body}), {.hidden = width, .outputs = 1}), {}, {}, {}, {}, {}, {}};
  s.theta = finite::draw<double>(s.model, finite::stream({width, seed}));
  s.batch = finite::batch(s.model, test::inputs<double>(4), seed);
  s.y = (Matrix<double>(4, 1) << 1, -1, 0.5, -0.25).finished();
  s.tangents = finite::tangents(s.model, s.theta, s.batch, 1);
  s.ntk = finite::empirical_ntk(s.model, s.tangents, 0, s.tangents, 0);
  s.residual = (s.y - s.tangents.f(s.model)).col(0);
  return s;
}

}  // namespace

TEST_CASE("one step of descent is a step against the gradient of the loss") {
  const Setting s = setting(6);
  const finite::Vector after = finite::descend(s.model, s.theta, s.batch, s.y, {0.01, 1});
  finite::Vector expected = finite::gradient(
      s.model, s.tangents.values, finite::reverse(s.model, s.theta, s.batch, s.tangents.values, Matrix<double>(-s.residual / 4)));
  finite::times_rates(s.model, expected);
  finite::Vector moved = after;
  finite::add(moved, -1.0, s.theta);
  finite::add(moved, 0.01, expected);
  CHECK(finite::dot(moved, moved) < 1e-28 * finite::dot(expected, expected));
}

TEST_CASE("small steps of descent lower the loss as the NTK says") {
  const Setting s = setting(32);
  const double step = 1e-5;
  const auto loss = [&](const finite::Vector& theta) {
    return (s.y - finite::forward(s.model, theta, s.batch)[s.model.output]).squaredNorm() / 8;
  };
  const double slope = (loss(finite::descend(s.model, s.theta, s.batch, s.y, {step, 1})) - loss(s.theta)) / step;
  const double expected = -s.residual.dot(s.ntk * s.residual) / 16;  // -|grad|^2 in the metric of the rates
  CHECK(slope == doctest::Approx(expected).epsilon(1e-4));           // the step times a second derivative
}

TEST_CASE("the linearised model: descent on its parameters is the closed form, and the flow its limit") {
  const Setting s = setting(12);
  const finite::LinearDynamics dynamics(s.ntk, s.residual);
  const finite::Descent descent{0.3 * dynamics.largest_step(), 40};
  finite::Vector theta = s.theta;
  const Matrix<double> f0 = s.tangents.f(s.model);
  for (std::size_t i = 0; i < descent.steps; ++i) {  // of f + J (theta - theta0), whose gradient has the first J
    const Matrix<double> slope = (finite::linearised(s.model, s.theta, theta, s.batch) - s.y) / 4;
    finite::Vector down =
        finite::gradient(s.model, s.tangents.values, finite::reverse(s.model, s.theta, s.batch, s.tangents.values, slope));
    finite::times_rates(s.model, down);
    finite::add(theta, -descent.step, down);
  }
  const Eigen::VectorXd moved = (finite::linearised(s.model, s.theta, theta, s.batch) - f0).col(0);
  CHECK((moved - dynamics.descent(s.ntk, descent)).norm() < 1e-12 * moved.norm());
  const double time = descent.step * double(descent.steps);
  CHECK((dynamics.descent(s.ntk, {time / 1e7, 10000000}) - dynamics.flow(s.ntk, time)).norm() <
        1e-6 * moved.norm());  // first order in steps

  const auto fresh = finite::batch(s.model, Matrix<double>(test::inputs<double>(7).bottomRows(3)), 0);
  const auto there = finite::tangents(s.model, s.theta, fresh, 1);
  const Matrix<double> against = finite::empirical_ntk(s.model, there, 0, s.tangents, 0);
  const Eigen::VectorXd test_moved = (finite::linearised(s.model, s.theta, theta, fresh) - there.f(s.model)).col(0);
  CHECK((test_moved - dynamics.descent(against, descent)).norm() < 1e-12 * test_moved.norm());
}

TEST_CASE("above the largest step descent of the linearised model diverges, below it does not") {
  const Setting s = setting(12);
  const finite::LinearDynamics dynamics(s.ntk, s.residual);
  const auto left = [&](double share) {
    return (s.residual - dynamics.descent(s.ntk, {share * dynamics.largest_step(), 2000})).norm() / s.residual.norm();
  };
  CHECK(left(1.01) > 1e3);
  CHECK(left(0.99) < 1);
}

TEST_CASE("the Hessian's norm by power iteration is that of the whole matrix") {
  for (const std::string body : {kBody, "dense(sigma_w = 1.4, sigma_b = 0.3); relu; dense(sigma_w = 1.4); relu; dense",
                                 "dense(trainable = false); tanh; dense(sigma_b = 0.1); erf; dense"}) {
    CAPTURE(body);
    const Setting s = setting(5, 1, body.c_str());
    const finite::Batch<double> first{s.batch.x.topRows(1), {}};
    const Matrix<double> seed = Matrix<double>::Ones(1, 1);
    const auto count = Eigen::Index(s.model.parameters());
    Matrix<double> hessian(count, count);
    const auto entries = [](auto& p, const auto& f) {
      for (std::size_t i = 0; i < p.weights.size(); ++i)
        for (auto* m : {&p.weights[i], &p.biases[i]})
          for (Eigen::Index k = 0; k < m->size(); ++k) f(m->data()[k]);
    };
    for (Eigen::Index p = 0; p < count; ++p) {
      finite::Vector unit = finite::zero<double>(s.model);
      Eigen::Index at = 0;
      entries(unit, [&](double& v) { v = at++ == p; });
      finite::times_rates(s.model, unit, true);
      finite::Vector image = finite::hessian_times(s.model, finite::along(s.theta, unit), first, seed);
      finite::times_rates(s.model, image, true);
      at = 0;
      entries(image, [&](double& v) { hessian(at++, p) = v; });
    }
    CHECK((hessian - hessian.transpose()).norm() < 1e-14 * hessian.norm());
    const Eigen::SelfAdjointEigenSolver<Matrix<double>> solver(hessian, Eigen::EigenvaluesOnly);
    const double norm = solver.eigenvalues().cwiseAbs().maxCoeff();
    const finite::Laziness found = finite::laziness(s.model, s.theta, first, 3);
    CHECK(found.hessian <= norm * (1 + 1e-12));  // from below
    CHECK(found.hessian >= 0.95 * norm);
    CHECK(found.gradient * found.gradient == doctest::Approx(s.ntk(0, 0)).epsilon(1e-12));
  }
}

TEST_CASE("drift, distance from the linearised network and laziness fall with width") {
  std::vector<double> widths, drift, gap, kappa;
  for (const std::size_t width : {32, 64, 128, 256})
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      const Setting s = setting(width, seed);
      const finite::LinearDynamics dynamics(s.ntk, s.residual);
      const finite::Descent descent{0.2 * dynamics.largest_step(), 20};
      const finite::Vector after = finite::descend(s.model, s.theta, s.batch, s.y, descent);
      const auto t = finite::tangents(s.model, after, s.batch, 1);
      widths.push_back(double(width));
      drift.push_back((finite::empirical_ntk(s.model, t, 0, t, 0) - s.ntk).norm() / s.ntk.norm());
      gap.push_back((t.f(s.model) - s.y + Matrix<double>(s.residual) - dynamics.descent(s.ntk, descent)).norm() / s.residual.norm());
      const finite::Batch<double> first{s.batch.x.topRows(1), {}};
      kappa.push_back(finite::laziness(s.model, s.theta, first, seed).kappa(s.residual.norm() / 2));
    }
  // Of order 1 / sqrt(width) or less (Lee & Xiao et al. 2019, theorem 2.1), the norm of the Hessian exactly so (Chizat et al. 2019).
  for (const auto& [name, values, least, most] :
       {std::tuple{"drift", &drift, -1.2, -0.5}, {"gap", &gap, -1.7, -0.5}, {"kappa", &kappa, -0.6, -0.4}}) {
    const finite::Estimate slope = finite::log_slope(widths, *values);
    INFO(std::string(name), ": ", slope.value, " +- ", slope.error);
    CHECK(slope.value - 4 * slope.error <= most);
    CHECK(slope.value + 4 * slope.error >= least);
    CHECK(slope.error < 0.2);
    CHECK(slope.value + 4 * slope.error < 0);
  }
}
