#include <doctest/doctest.h>

#include <numbers>

#include "ntk/inference/labels.hpp"

using namespace ntk::inference;

TEST_CASE("labels become targets that sum to 0, and come back") {
  const std::vector<Label> labels{7, -2, 7, 100, -2};
  const std::vector<Label> classes = classes_of(labels);
  CHECK(classes == std::vector<Label>{-2, 7, 100});
  const Matrix targets = one_hot(labels, classes);
  CHECK(targets.rowwise().sum().cwiseAbs().maxCoeff() < 1e-15);
  CHECK(targets(0, 1) == 1 - 1 / 3.0);
  CHECK(targets(0, 0) == -1 / 3.0);
  CHECK(largest_output(targets, classes) == labels);
  CHECK(accuracy(largest_output(targets, classes), labels) == 1);
  CHECK(accuracy(std::vector<Label>{7, 7, 7, 7, 7}, labels) == 0.4);
  try {
    class_indices(std::vector<Label>{7, 5}, classes);
    FAIL("no error");
  } catch (const UnknownClass& error) {
    CHECK(error.row == 1);
    CHECK(error.label == 5);
  }
  CHECK_THROWS_AS(largest_output(targets.leftCols(2), classes), WrongShape);
  CHECK_THROWS_AS(accuracy(classes, labels), WrongShape);
}

TEST_CASE("scores") {
  Matrix mean(2, 2), targets(2, 2);
  mean << 0, 1, 2, 3;
  targets << 0, 1, 2, 5;
  CHECK(root_mean_square_error(mean, targets) == 1);
  const Vector variance = Vector::Constant(2, 0.75);
  // Of N(0, 1) the density at 0 is 1/√2π, at 2 less by e⁻²; a quarter of the entries is there.
  CHECK(negative_log_likelihood(mean, variance, targets, 0.25) ==
        doctest::Approx(0.5 * std::log(2 * std::numbers::pi) + 0.5).epsilon(1e-15));
  CHECK_THROWS_AS(negative_log_likelihood(mean, variance, targets, -1), OutOfRange);
}
