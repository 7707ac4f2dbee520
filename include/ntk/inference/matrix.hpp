// The matrices of the interface: row-major, as kernels lie in files and come from evaluators. A row is a sample.
#pragma once
#include <Eigen/Core>
#include <limits>

namespace ntk::inference {

using Index = Eigen::Index;
using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Vector = Eigen::VectorXd;
// What is read and what is written. Of another layout or another scalar type a reader gets a copy.
using MatrixIn = const Eigen::Ref<const Matrix>&;
using MatrixOut = Eigen::Ref<Matrix>;
using VectorIn = const Eigen::Ref<const Vector>&;
using VectorOut = Eigen::Ref<Vector>;

inline constexpr double kForever = std::numeric_limits<double>::infinity();

}  // namespace ntk::inference
