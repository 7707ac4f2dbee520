// What is asked of arguments, and of LAPACK's answers.
#pragma once
#include <vector>

#include "ntk/inference/errors.hpp"
#include "ntk/inference/matrix.hpp"
#include "ntk/inference/training.hpp"

namespace ntk::inference {

void check_shape(const char* name, Index rows, Index columns, Index expected_rows, Index expected_columns);
inline void check_shape(const char* name, const auto& matrix, Index expected_rows, Index expected_columns) {
  check_shape(name, matrix.rows(), matrix.cols(), expected_rows, expected_columns);
}

void check_finite(const char* name, MatrixIn matrix);
void check_range(const char* name, double value, double low, double high);
void check_training(const Training& training);
void check_momentum(double momentum);

// Ascending from 0.
template <class T>
void check_order(const std::vector<T>& times) {
  for (std::size_t i = 0; i < times.size(); ++i) {
    const double value = static_cast<double>(times[i]), before = i == 0 ? 0 : static_cast<double>(times[i - 1]);
    if (!(value >= before)) throw TimesOutOfOrder(static_cast<Index>(i), value, before);
  }
}

}  // namespace ntk::inference
