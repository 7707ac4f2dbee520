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

}  // namespace ntk::inference
