// Inner products of the rows of a tile with each other, by the caller's BLAS or by blocks of sums in registers.
#pragma once
#ifndef NTK_RUNTIME_PRODUCT_HPP
#define NTK_RUNTIME_PRODUCT_HPP
#include <algorithm>
#include <cstring>
#include <type_traits>
#include <vector>

#include "ntk/runtime/lines.hpp"
#include "ntk/runtime/packed.hpp"
#ifdef NTK_USE_CBLAS
#include <cblas.h>
#endif

namespace ntk::NTK_ABI {

#ifdef NTK_USE_CBLAS
namespace product {

inline void gemm(int rows, int columns, int n, const double* x, int x_stride, const double* y, int y_stride, double* out, int stride) {
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, columns, n, 1.0, x, x_stride, y, y_stride, 0.0, out, stride);
}
inline void gemm(int rows, int columns, int n, const float* x, int x_stride, const float* y, int y_stride, float* out, int stride) {
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, columns, n, 1.0f, x, x_stride, y, y_stride, 0.0f, out, stride);
}

}  // namespace product

// Sums of products of samples with samples. The order of a sum depends on nothing but the length of samples (and on the library, under
// NTK_USE_CBLAS), so neither tiles nor ranges of rows change a bit.
template <class T>
class TileProduct {
 public:
  // row(i): sample i of `count`, n numbers, to be multiplied by factor(i), which of doubles is 1. Doubles are read when they are
  // multiplied.
  template <class Row, class Factor>
  void columns(std::size_t n, std::size_t count, Row row, Factor factor) {
    columns_.read(n, count, row, factor), n_ = n;
  }
  template <class Row, class Factor>
  void rows(std::size_t n, std::size_t count, Row row, Factor factor) {
    rows_.read(n, count, row, factor), n_ = n;
  }
  // Columns [first, first + count) are the rows. False if they cannot be.
  bool rows_of_columns(std::size_t first, std::size_t count) {
    rows_.data = columns_.data + first * columns_.stride, rows_.count = count, rows_.stride = columns_.stride;
    return true;
  }
  // out[i * stride + j]: row i with column first + j, j < count; nothing is promised of columns j > i + diagonal.
  void run(std::size_t first, std::size_t count, std::ptrdiff_t diagonal, T* out, std::size_t stride) const {
    constexpr std::size_t kStep = 64;  // rows that a product of its own is worth for
    for (std::size_t i = 0, end = 0; i < rows_.count; i = end) {
      const auto columns_to = [&](std::size_t last) {  // of rows to this
        return static_cast<std::size_t>(
            std::clamp<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(last) + diagonal, 0, static_cast<std::ptrdiff_t>(count)));
      };
      end = columns_to(i + 1) == count ? rows_.count : std::min(i + kStep, rows_.count);
      product::gemm(static_cast<int>(end - i), static_cast<int>(columns_to(end)), static_cast<int>(n_), rows_.data + i * rows_.stride,
                    static_cast<int>(rows_.stride), columns_.data + first * columns_.stride, static_cast<int>(columns_.stride),
                    out + i * stride, static_cast<int>(stride));
    }
  }

 private:
  // Doubles that are equally far apart are read where they are.
  struct Matrix {
    template <class Row, class Factor>
    void read(std::size_t n, std::size_t n_rows, Row row, Factor factor) {
      count = n_rows;
      if constexpr (std::is_same_v<T, double>) {
        const auto step = count > 1 ? row(1) - row(0) : static_cast<std::ptrdiff_t>(n);
        bool even = step >= static_cast<std::ptrdiff_t>(n);
        for (std::size_t i = 1; i < count; ++i) even = even && row(i) - row(i - 1) == step;
        if (even) {
          data = row(0), stride = static_cast<std::size_t>(step);
          return;
        }
      }
      copy.resize(count * n);
      for (std::size_t i = 0; i < count; ++i)
        for (std::size_t k = 0; k < n; ++k) copy[i * n + k] = static_cast<T>(row(i)[k] * factor(i));
      data = copy.data(), stride = n;
    }
    const T* data = nullptr;
    std::size_t count = 0, stride = 0;
    std::vector<T> copy;
  };
  Matrix rows_, columns_;
  std::size_t n_ = 0;
};
#else
template <class T>
class TileProduct {
 public:
  template <class Row, class Factor>
  void columns(std::size_t n, std::size_t count, Row row, Factor factor) {
    columns_.pack_all(n, count, row, factor);
  }
  template <class Row, class Factor>
  void rows(std::size_t n, std::size_t count, Row row, Factor factor) {
    rows_.pack_all(n, count, row, factor);
    row_panels_ = {rows_, 0, count};
  }
  // Columns [first, first + count) are the rows. False if they cannot be.
  bool rows_of_columns(std::size_t first, std::size_t count) {
    if (first % product::kPanel<T> != 0) return false;
    row_panels_ = {columns_, first, count};
    return true;
  }
  // `first` is a multiple of a panel. out has room for rows and columns to the next multiple of one, and nothing is promised of columns
  // j > i + diagonal.
  void run(std::size_t first, std::size_t count, std::ptrdiff_t diagonal, T* out, std::size_t stride) const {
    product::multiply<Block>(row_panels_, product::Panels<T>(columns_, first, count), diagonal, out, stride);
  }

 private:
  struct Block {
    using V = Line<T>;
    // Of floats sums of sums are in registers, too.
    static constexpr bool kOfSums = product::kSummed<T> < product::kDepth<T>;
    static constexpr std::size_t kRows = (V::kParts == 1   ? 8
                                          : V::kParts == 2 ? 4
                                                           : 2) /
                                         (kOfSums ? 2 : 1),
                                 kStrips = V::kParts == 1 ? 3 : 1;
    template <std::size_t strips, class Range>
    static void run(std::size_t begin, std::size_t end, const Range& range, const T* rows, const T* columns, std::size_t panel, T* out,
                    std::size_t stride, bool add) {
      V sums[kRows][strips], all[kRows][strips];
      const auto each = [](auto f) { lines::unrolled<kRows>([&](auto r) { lines::unrolled<strips>([&](auto s) { f(r, s); }); }); };
      each([&](auto r, auto s) { all[r][s] = V(T(0)); });
      const std::size_t step = product::part_of(end - begin, product::kSummed<T>);
      for (std::size_t from = begin; from < end; from += step) {
        const auto which = range(from, std::min(from + step, end));
        each([&](auto r, auto s) { sums[r][s] = V(T(0)); });
        for (std::size_t i = 0; i < which.count; ++i) {
          const std::size_t k = which[i], ahead = which[i + product::kAhead];
          V right[strips];
          lines::unrolled<strips>([&](auto s) {
            product::prefetch(columns + s * panel + ahead * V::kCount);
            right[s] = V::load_once(columns + s * panel + k * V::kCount);
          });
          product::prefetch(rows + ahead * V::kCount);
          lines::unrolled<kRows>([&](auto r) {
            const V left(rows[k * V::kCount + r]);
            lines::unrolled<strips>([&](auto s) { sums[r][s] = sums[r][s] + left * right[s]; });
          });
        }
        each([&](auto r, auto s) { all[r][s] = kOfSums ? all[r][s] + sums[r][s] : sums[r][s]; });
      }
      for (std::size_t r = 0; r < kRows; ++r)
        for (std::size_t s = 0; s < strips; ++s) {
          T* const to = out + r * stride + s * V::kCount;
          (add ? V::load(to) + all[r][s] : all[r][s]).store(to);
        }
    }
  };
  product::Packed<T> rows_, columns_;
  product::Panels<T> row_panels_{rows_, 0, 0};
};
#endif

}  // namespace ntk::NTK_ABI
#endif
