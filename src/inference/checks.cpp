#include "inference/checks.hpp"

#include <cmath>

namespace ntk::inference {

void check_shape(const char* name, Index rows, Index columns, Index expected_rows, Index expected_columns) {
  if (rows != expected_rows || columns != expected_columns) throw WrongShape(name, rows, columns, expected_rows, expected_columns);
}

void check_finite(const char* name, MatrixIn matrix) {
  if ((matrix.array() * 0.0).sum() == 0) return;  // infinity and NaN times 0 are NaN
  for (Index i = 0; i < matrix.rows(); ++i)
    for (Index j = 0; j < matrix.cols(); ++j)
      if (!std::isfinite(matrix(i, j))) throw NotFinite(name, i, j);
}

void check_range(const char* name, double value, double low, double high) {
  if (!(value >= low && value <= high)) throw OutOfRange(name, value, low, high);
}

void check_training(const Training& training) {
  check_range("the learning rate", training.learning_rate, 0, std::numeric_limits<double>::max());
  check_range("the ridge", training.ridge, 0, std::numeric_limits<double>::max());
}

void check_momentum(double momentum) { check_range("the momentum", momentum, 0, std::nextafter(1.0, 0.0)); }

}  // namespace ntk::inference
