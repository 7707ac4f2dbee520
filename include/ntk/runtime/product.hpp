// Inner products of the rows of a tile with each other.
#pragma once
#ifndef NTK_RUNTIME_PRODUCT_HPP
#define NTK_RUNTIME_PRODUCT_HPP
#include <vector>

#include "ntk/runtime/lanes.hpp"
#ifdef NTK_USE_CBLAS
#include <cblas.h>
#endif

namespace ntk::NTK_ABI {

// out[i * stride + j] = mean over k < n of a(i)[k] b(j)[k]. columns is a multiple of eight. The order of the sum depends on nothing but n
// (and on the library, under NTK_USE_CBLAS), so neither tiles nor ranges of rows change a bit.
#ifdef NTK_USE_CBLAS
template <class A, class B>
void tile_product(std::size_t n, std::size_t rows, std::size_t columns, A a, B b, double* out, std::size_t stride,
                  std::vector<double>& scratch) {
  // Rows that are equally far apart are read where they are.
  struct Matrix {
    const double* data;
    std::size_t stride;
  };
  const auto matrix = [&](std::size_t count, auto row, double* copy) -> Matrix {
    const auto step = count > 1 ? row(1) - row(0) : static_cast<std::ptrdiff_t>(n);
    bool even = step >= static_cast<std::ptrdiff_t>(n);
    for (std::size_t i = 1; i < count; ++i) even = even && row(i) - row(i - 1) == step;
    if (even) return {row(0), static_cast<std::size_t>(step)};
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t k = 0; k < n; ++k) copy[i * n + k] = row(i)[k];
    return {copy, n};
  };
  scratch.resize((rows + columns) * n);
  const Matrix left = matrix(rows, a, scratch.data()), right = matrix(columns, b, scratch.data() + rows * n);
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<int>(rows), static_cast<int>(columns), static_cast<int>(n),
              1.0 / static_cast<double>(n), left.data, static_cast<int>(left.stride), right.data, static_cast<int>(right.stride), 0.0, out,
              static_cast<int>(stride));
}
#else
// As many sums as registers hold go on together: kRows rows by kStrips strips of eight columns.
namespace product {
inline constexpr bool kWide = lanes::kParts == 1;
inline constexpr std::size_t kRows = kWide ? 8 : 4, kStrips = kWide ? 2 : 1, kColumns = kStrips * lanes::kCount;

// columns: n by kColumns.
inline void block(std::size_t n, const double* const (&row)[kRows], const double* columns, Lanes (&sums)[kRows][kStrips]) {
  for (std::size_t k = 0; k < n; ++k) {
    Lanes right[kStrips];
    for (std::size_t s = 0; s < kStrips; ++s) right[s] = Lanes::load(columns + k * kColumns + s * lanes::kCount);
    for (std::size_t r = 0; r < kRows; ++r) {
      const Lanes left(row[r][k]);
      for (std::size_t s = 0; s < kStrips; ++s) sums[r][s] = sums[r][s] + left * right[s];
    }
  }
}
}  // namespace product

template <class A, class B>
void tile_product(std::size_t n, std::size_t rows, std::size_t columns, A a, B b, double* out, std::size_t stride,
                  std::vector<double>& scratch) {
  using product::kColumns, product::kRows, product::kStrips;
  const double size = static_cast<double>(n);
  scratch.resize(n * kColumns);
  for (std::size_t j = 0; j < columns; j += kColumns) {
    for (std::size_t l = 0; l < kColumns; ++l) {
      const double* const from = b(j + l < columns ? j + l : columns - 1);
      for (std::size_t k = 0; k < n; ++k) scratch[k * kColumns + l] = from[k];
    }
    for (std::size_t i = 0; i < rows; i += kRows) {
      const double* row[kRows];
      for (std::size_t r = 0; r < kRows; ++r) row[r] = a(i + r < rows ? i + r : rows - 1);
      Lanes sums[kRows][kStrips];
      product::block(n, row, scratch.data(), sums);
      for (std::size_t r = 0; r < kRows && i + r < rows; ++r)
        for (std::size_t s = 0; s < kStrips && j + s * lanes::kCount < columns; ++s)
          (sums[r][s] / size).store(out + (i + r) * stride + j + s * lanes::kCount);
    }
  }
}
#endif

}  // namespace ntk::NTK_ABI
#endif
