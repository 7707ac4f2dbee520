// Training of finite networks beside what the theory of wide ones says: a kernel that stays, and a model that is linear.
#include <Eigen/Eigenvalues>
#include <cmath>

#include "driver/verify.hpp"
#include "finite/laziness.hpp"

namespace ntkc::driver {

using finite::Matrix;

// Standard normal labels, and steps of a quarter of the largest that the limit's NTK bears.
Lesson lesson(const Matrix<double>& x, const Matrix<double>& ntk, std::uint64_t seed) {
  constexpr std::size_t kSteps = 50;
  const double largest =
      Eigen::SelfAdjointEigenSolver<Matrix<double>>(ntk / double(x.rows()), Eigen::EigenvaluesOnly).eigenvalues().maxCoeff();
  return {x, finite::normal(std::size_t(x.rows()), 1, finite::stream({seed, 1})), {0.5 / largest, kSteps}};
}

Trained train(const finite::Model& model, const Lesson& lesson, std::uint64_t seed) {
  const finite::Vector theta = finite::draw<double>(model, finite::stream({seed, 2}));
  const auto batch = finite::batch(model, lesson.x, finite::stream({seed, 3}));
  const auto before = finite::tangents(model, theta, batch, 1);
  const Matrix<double> ntk = finite::empirical_ntk(model, before, 0, before, 0);
  const Eigen::VectorXd f = before.f(model).col(0), residual = lesson.y - f;

  const finite::Vector trained = finite::descend(model, theta, batch, lesson.y, lesson.descent);
  const auto after = finite::tangents(model, trained, batch, 1);
  const Eigen::VectorXd linear = f + finite::LinearDynamics(ntk, residual).descent(ntk, lesson.descent);
  Trained out;
  out.drift = (finite::empirical_ntk(model, after, 0, after, 0) - ntk).norm() / ntk.norm();
  out.gap = (after.f(model).col(0) - linear).norm() / residual.norm();

  finite::Batch<double> first{batch.x.topRows(1), {}};
  for (const Matrix<double>& mask : batch.masks) first.masks.emplace_back(mask.topRows(1));
  out.kappa = finite::laziness(model, theta, first, finite::stream({seed, 4})).kappa(residual.norm() / std::sqrt(double(residual.size())));
  return out;
}

}  // namespace ntkc::driver
