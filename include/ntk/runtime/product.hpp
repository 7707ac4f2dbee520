// Inner products of the rows of a tile with each other, by the caller's BLAS or by blocks of sums in registers.
#pragma once
#ifndef NTK_RUNTIME_PRODUCT_HPP
#define NTK_RUNTIME_PRODUCT_HPP
#include <cstring>
#include <vector>

#include "ntk/runtime/lanes.hpp"
#include "ntk/runtime/packed.hpp"
#ifdef NTK_USE_CBLAS
#include <cblas.h>
#endif

namespace ntk::NTK_ABI {

// Sums of products of samples with samples. The order of a sum depends on nothing but the length of samples (and on the library, under
// NTK_USE_CBLAS), so neither tiles nor ranges of rows change a bit.
#ifdef NTK_USE_CBLAS
class TileProduct {
 public:
  // row(i): sample i of `count`, n numbers. They are read when they are multiplied.
  template <class Row>
  void columns(std::size_t n, std::size_t count, Row row) {
    columns_.read(n, count, row);
  }
  template <class Row>
  void rows(std::size_t n, std::size_t count, Row row) {
    rows_.read(n, count, row), n_ = n;
  }
  // out[i * stride + j]: row i with column first + j, j < count; of all rows.
  void run(std::size_t first, std::size_t count, std::ptrdiff_t, double* out, std::size_t stride) const {
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<int>(rows_.count), static_cast<int>(count), static_cast<int>(n_), 1.0,
                rows_.data, static_cast<int>(rows_.stride), columns_.data + first * columns_.stride, static_cast<int>(columns_.stride), 0.0,
                out, static_cast<int>(stride));
  }

 private:
  // Rows that are equally far apart are read where they are.
  struct Matrix {
    template <class Row>
    void read(std::size_t n, std::size_t n_rows, Row row) {
      count = n_rows;
      const auto step = count > 1 ? row(1) - row(0) : static_cast<std::ptrdiff_t>(n);
      bool even = step >= static_cast<std::ptrdiff_t>(n);
      for (std::size_t i = 1; i < count; ++i) even = even && row(i) - row(i - 1) == step;
      if (even) {
        data = row(0), stride = static_cast<std::size_t>(step);
        return;
      }
      copy.resize(count * n);
      for (std::size_t i = 0; i < count; ++i) std::copy_n(row(i), n, copy.data() + i * n);
      data = copy.data(), stride = n;
    }
    const double* data = nullptr;
    std::size_t count = 0, stride = 0;
    std::vector<double> copy;
  };
  Matrix rows_, columns_;
  std::size_t n_ = 0;
};
#else
class TileProduct {
 public:
  template <class Row>
  void columns(std::size_t n, std::size_t count, Row row) {
    columns_.pack_all(n, count, row);
  }
  template <class Row>
  void rows(std::size_t n, std::size_t count, Row row) {
    rows_.pack_all(n, count, row);
  }
  // `first` is a multiple of eight. out has room for rows and columns to the next multiple of eight, and nothing is promised of columns
  // j > i + diagonal.
  void run(std::size_t first, std::size_t count, std::ptrdiff_t diagonal, double* out, std::size_t stride) const {
    constexpr std::size_t kPanel = product::kPanel<double>;
    product::multiply<Block>(rows_, columns_, first / kPanel, (count + kPanel - 1) / kPanel, diagonal, out, stride);
  }

 private:
  struct Block {
    static constexpr std::size_t kRows = lanes::kParts == 1 ? 8 : lanes::kParts == 2 ? 4 : 2, kStrips = lanes::kParts == 1 ? 3 : 1;
    template <std::size_t strips>
    static void run(std::size_t n, const double* rows, const double* columns, std::size_t panel, double* out, std::size_t stride,
                    bool add) {
      Lanes sums[kRows][strips];
      for (std::size_t k = 0; k < n; ++k) {
        Lanes right[strips];
        for (std::size_t s = 0; s < strips; ++s) right[s] = Lanes::load(columns + s * panel + k * lanes::kCount);
        for (std::size_t r = 0; r < kRows; ++r) {
          const Lanes left(rows[k * lanes::kCount + r]);
          for (std::size_t s = 0; s < strips; ++s) sums[r][s] = sums[r][s] + left * right[s];
        }
      }
      for (std::size_t r = 0; r < kRows; ++r)
        for (std::size_t s = 0; s < strips; ++s) {
          double* const to = out + r * stride + s * lanes::kCount;
          (add ? Lanes::load(to) + sums[r][s] : sums[r][s]).store(to);
        }
    }
  };
  product::Packed<double> rows_, columns_;
};
#endif

}  // namespace ntk::NTK_ABI
#endif
