// Data and kernels for the tests of this room.
#pragma once
#include <Eigen/Eigenvalues>
#include <cmath>
#include <numbers>
#include <random>

#include "ntk/inference/matrix.hpp"

namespace data {

using namespace ntk::inference;

inline Matrix normal(Index rows, Index columns, unsigned seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> draw;
  return Matrix::NullaryExpr(rows, columns, [&] { return draw(random); });
}

// One hidden ReLU layer, σ_w² = 2, no bias (Cho & Saul 2009; Jacot et al. 2018): the kernels of its output.
struct Pair {
  double nngp, ntk;
};
inline Pair relu(const auto& x, const auto& y) {
  const double n = static_cast<double>(x.size()), scale = 2 / n * x.norm() * y.norm();
  const double theta = 2 * std::atan2((x.normalized() - y.normalized()).norm(), (x.normalized() + y.normalized()).norm());
  const double rest = std::numbers::pi - theta;
  const double nngp = scale / std::numbers::pi * (std::sin(theta) + rest * std::cos(theta));
  return {nngp, nngp + scale * std::cos(theta) * rest / std::numbers::pi};
}

struct Kernels {
  Matrix nngp, ntk;
};
inline Kernels relu_kernels(const Matrix& x, const Matrix& y) {
  Kernels out{Matrix(x.rows(), y.rows()), Matrix(x.rows(), y.rows())};
  for (Index i = 0; i < x.rows(); ++i)
    for (Index j = 0; j < y.rows(); ++j) {
      const Pair k = relu(x.row(i), y.row(j));
      out.nngp(i, j) = k.nngp;
      out.ntk(i, j) = k.ntk;
    }
  return out;
}

// Trains, tests and all kernels among them.
struct Task {
  explicit Task(Index trains = 40, Index tests = 15, Index features = 6, Index outputs = 3)
      : x(normal(trains, features, 1)),
        tests_x(normal(tests, features, 2)),
        y(normal(trains, outputs, 3)),
        train(relu_kernels(x, x)),
        cross(relu_kernels(tests_x, x)),
        test(relu_kernels(tests_x, tests_x)) {}
  Matrix x, tests_x, y;
  Kernels train, cross, test;
};

inline double largest_difference(const Matrix& a, const Matrix& b) { return (a - b).cwiseAbs().maxCoeff(); }
inline double smallest_eigenvalue(const Matrix& a) { return Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(a).eigenvalues().minCoeff(); }

}  // namespace data
