#include "ntk/inference/labels.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "inference/checks.hpp"

namespace ntk::inference {

namespace {

Index count(const auto& range) { return static_cast<Index>(range.size()); }

}  // namespace

std::vector<Label> classes_of(Labels labels) {
  std::vector<Label> classes(labels.begin(), labels.end());
  std::sort(classes.begin(), classes.end());
  classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
  return classes;
}

std::vector<Index> class_indices(Labels labels, std::span<const Label> classes) {
  std::vector<Index> out;
  out.reserve(labels.size());
  for (const Label label : labels) {
    const auto at = std::lower_bound(classes.begin(), classes.end(), label);
    if (at == classes.end() || *at != label) throw UnknownClass(count(out), label);
    out.push_back(at - classes.begin());
  }
  return out;
}

Matrix one_hot(Labels labels, std::span<const Label> classes) {
  const std::vector<Index> indices = class_indices(labels, classes);
  Matrix out = Matrix::Constant(count(labels), count(classes), classes.empty() ? 0 : -1 / static_cast<double>(classes.size()));
  for (Index i = 0; i < out.rows(); ++i) out(i, indices[static_cast<std::size_t>(i)]) += 1;
  return out;
}

std::vector<Label> largest_output(MatrixIn outputs, std::span<const Label> classes) {
  check_shape("the outputs", outputs, outputs.rows(), count(classes));
  std::vector<Label> out;
  out.reserve(static_cast<std::size_t>(outputs.rows()));
  for (Index i = 0; i < outputs.rows(); ++i) {
    Index at = 0;
    outputs.row(i).maxCoeff(&at);
    out.push_back(classes[static_cast<std::size_t>(at)]);
  }
  return out;
}

double accuracy(Labels predicted, Labels truth) {
  check_shape("the predicted labels", count(predicted), 1, count(truth), 1);
  Index right = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) right += predicted[i] == truth[i] ? 1 : 0;
  return static_cast<double>(right) / static_cast<double>(truth.size());
}

double root_mean_square_error(MatrixIn outputs, MatrixIn targets) {
  check_shape("the outputs", outputs, targets.rows(), targets.cols());
  return std::sqrt((outputs - targets).squaredNorm() / static_cast<double>(targets.size()));
}

double negative_log_likelihood(MatrixIn mean, VectorIn variance, MatrixIn targets, double noise) {
  check_shape("the mean", mean, targets.rows(), targets.cols());
  check_shape("the variance", variance, targets.rows(), 1);
  check_range("the noise", noise, 0, kForever);
  double sum = 0;
  for (Index i = 0; i < targets.rows(); ++i) {
    const double v = variance(i) + noise, square = (mean.row(i) - targets.row(i)).squaredNorm();
    sum += 0.5 * (square == 0 ? 0 : square / v) + 0.5 * static_cast<double>(targets.cols()) * std::log(2 * std::numbers::pi * v);
  }
  return sum / static_cast<double>(targets.size());
}

}  // namespace ntk::inference
