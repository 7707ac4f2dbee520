// Inner products of the rows of a tile with each other.
#pragma once
#ifndef NTK_RUNTIME_PRODUCT_HPP
#define NTK_RUNTIME_PRODUCT_HPP
#include <vector>

#include "ntk/runtime/lanes.hpp"
#ifdef NTK_USE_CBLAS
#include <cblas.h>
#endif

namespace ntk {

// out[i * columns + j] = mean over k < n of a(i)[k] b(j)[k]. columns is a multiple of eight. The order of the sum depends on nothing but n
// (and on the library, under NTK_USE_CBLAS), so neither tiles nor ranges of rows change a bit.
template <class A, class B>
void tile_product(std::size_t n, std::size_t rows, std::size_t columns, A a, B b, double* out, std::vector<double>& scratch) {
  const double size = static_cast<double>(n);
#ifdef NTK_USE_CBLAS
  scratch.resize((rows + columns) * n);
  double* const left = scratch.data();
  double* const right = left + rows * n;
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t k = 0; k < n; ++k) left[i * n + k] = a(i)[k];
  for (std::size_t j = 0; j < columns; ++j)
    for (std::size_t k = 0; k < n; ++k) right[j * n + k] = b(j)[k];
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<int>(rows), static_cast<int>(columns), static_cast<int>(n), 1.0, left,
              static_cast<int>(n), right, static_cast<int>(n), 0.0, out, static_cast<int>(columns));
  for (std::size_t i = 0; i < rows * columns; ++i) out[i] /= size;
#else
  constexpr std::size_t kRows = 4;
  scratch.resize(n * lanes::kCount);
  for (std::size_t j = 0; j < columns; j += lanes::kCount) {
    for (std::size_t l = 0; l < lanes::kCount; ++l) {
      const double* const from = b(j + l);
      for (std::size_t k = 0; k < n; ++k) scratch[k * lanes::kCount + l] = from[k];
    }
    for (std::size_t i = 0; i < rows; i += kRows) {
      const double* row[kRows];
      for (std::size_t r = 0; r < kRows; ++r) row[r] = a(i + r < rows ? i + r : rows - 1);
      Lanes sum0, sum1, sum2, sum3;
      for (std::size_t k = 0; k < n; ++k) {
        const Lanes right = Lanes::load(scratch.data() + k * lanes::kCount);
        sum0 = sum0 + row[0][k] * right;
        sum1 = sum1 + row[1][k] * right;
        sum2 = sum2 + row[2][k] * right;
        sum3 = sum3 + row[3][k] * right;
      }
      const Lanes* const sums[kRows] = {&sum0, &sum1, &sum2, &sum3};
      for (std::size_t r = 0; r < kRows && i + r < rows; ++r) (*sums[r] / size).store(out + (i + r) * columns + j);
    }
  }
#endif
}

}  // namespace ntk
#endif
