// The drivers of generated evaluators: the kernels of all pairs, tile by tile. All arithmetic is in double, whatever the views hold.
#pragma once
#ifndef NTK_RUNTIME_GRAM_HPP
#define NTK_RUNTIME_GRAM_HPP
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "ntk/runtime/blocks.hpp"
#include "ntk/runtime/near.hpp"
#include "ntk/runtime/product.hpp"

namespace ntk {

template <Model M>
class TileRunner {
 public:
  static constexpr std::size_t kTile = 64;

  TileRunner(const M& model, const Samples<M>& x, const Samples<M>& y, bool symmetric)
      : model_(model), x_(x), y_(y), symmetric_(symmetric) {
    for (std::size_t p = 0; p < kProducts; ++p) {
      std::size_t first = 0;
      while (M::products[first].left != M::products[p].left || M::products[first].right != M::products[p].right) ++first;
      inner_of_[p] = first;
    }
  }

  // write(i, j, nngp, ntk) for i in [i0, i1) and j in [j0, j1); of a symmetric matrix for j <= i only. Both no more than a tile.
  template <class W>
  void run(std::size_t i0, std::size_t i1, std::size_t j0, std::size_t j1, W write) {
    const std::size_t rows = i1 - i0, columns = (j1 - j0 + lanes::kCount - 1) / lanes::kCount * lanes::kCount;
    for (std::size_t p = 0; p < kProducts; ++p) {
      if (inner_of_[p] != p) continue;
      const Product& product = M::products[p];
      tiles_[p].resize(kTile * kTile);
      tile_product(
          x_.size(product.left), rows, columns, [&](std::size_t i) { return x_.block(product.left, i0 + i); },
          [&](std::size_t j) { return y_.block(product.right, y_.within(j0 + j)); }, tiles_[p].data(), scratch_);
    }
    for (std::size_t j = j0; j < j1; j += lanes::kCount) {
      y_.strip(j, strip_);
      for (std::size_t i = i0; i < i1; ++i) {
        const std::size_t last = std::min({j + lanes::kCount, j1, symmetric_ ? i + 1 : j1});
        if (last <= j) continue;
        const Lanes same = read(i, j, last, (i - i0) * columns + (j - j0));
        Lanes out[2];
        model_.pair(x_[i], strip_, products_.data(), same, out);
        for (std::size_t l = 0; j + l < last; ++l) write(i, j + l, out[0][l], out[1][l]);
      }
    }
  }

 private:
  static constexpr std::size_t kProducts = M::products.size();

  // The products of i with eight columns; 1 where the pair is a sample with itself.
  Lanes read(std::size_t i, std::size_t j, std::size_t last, std::size_t at) {
    Lanes same;
    if (symmetric_ && i >= j && i < last) same.set(i - j, 1.0);
    for (std::size_t p = 0; p < kProducts; ++p) {
      const Product& product = M::products[p];
      const std::size_t n = x_.size(product.left);
      for (std::size_t l = 0; j + l < last; ++l) {
        const double q1 = x_.norm(product.left, i), q2 = y_.norm(product.right, j + l), c = tiles_[inner_of_[p]][at + l];
        const double determinant = q1 * q2 - c * c;
        if (!(determinant > kNear * (q1 * q2)) || (symmetric_ && i == j + l)) {
          const double* const a = x_.block(product.left, i);
          const double* const b = y_.block(product.right, j + l);
          products_[p].set(l, product.kind == ProductKind::inner      ? inner(n, a, b)
                              : product.kind == ProductKind::distance ? distance(n, a, b)
                                                                      : gram_determinant(n, a, b));
        } else {
          products_[p].set(l, product.kind == ProductKind::inner      ? c
                              : product.kind == ProductKind::distance ? q1 + q2 - 2.0 * c
                                                                      : determinant);
        }
      }
      for (std::size_t l = last - j; l < lanes::kCount; ++l) products_[p].set(l, products_[p][0]);  // of no consequence, but numbers
    }
    return same;
  }

  const M& model_;
  const Samples<M>& x_;
  const Samples<M>& y_;
  bool symmetric_;
  std::array<std::size_t, kProducts> inner_of_{};
  std::array<std::vector<double>, kProducts> tiles_;
  std::array<Lanes, kProducts + 1> products_;
  typename Samples<M>::Strip strip_{};
  std::vector<double> scratch_;
};

namespace drivers {

inline void need(bool condition, const char* what) {
  if (!condition) throw std::invalid_argument(what);
}

template <class T>
void check(const MatrixView<T>& k, std::size_t rows, std::size_t columns) {
  need(!k.data || (k.rows == rows && k.columns == columns && k.stride >= columns),
       "ntk: the result's matrix does not have the shape of the result");
}

template <class T>
void check(const VectorView<T>& k, std::size_t size) {
  need(!k.data || k.size == size, "ntk: the result's vector does not have the length of the result");
}

// Kernels that leave the numbers: a variance beyond them, or an activation without moments at the variance of a sample.
class Finite {
 public:
  void see(std::size_t row, std::size_t column, double nngp, double ntk) {
    constexpr double kMost = std::numeric_limits<double>::max();
    if (!(std::fabs(nngp) <= kMost && std::fabs(ntk) <= kMost) && !found_) found_ = true, row_ = row, column_ = column;
  }
  // Throws std::domain_error if one was seen.
  void check() const {
    if (!found_) return;
    throw std::domain_error("ntk: the kernel of row " + std::to_string(row_) + " with row " + std::to_string(column_) +
                            " is not finite: scale the data, or take smaller variances");
  }

 private:
  bool found_ = false;
  std::size_t row_ = 0, column_ = 0;
};

inline RowRange cut(RowRange rows, std::size_t n) {
  rows.end = std::min(rows.end, n);
  need(rows.begin <= rows.end, "ntk: a range of rows that ends before it begins");
  return rows;
}

}  // namespace drivers

// See model.hpp. Wrong shapes throw std::invalid_argument; kernels that are not finite std::domain_error, the results half written.
template <Model M, class In, class Out>
void gram(const M& model, MatrixView<In> x, MatrixView<Out> nngp, MatrixView<Out> ntk, RowRange rows = {}) {
  drivers::check(nngp, x.rows, x.rows), drivers::check(ntk, x.rows, x.rows);
  rows = drivers::cut(rows, x.rows);
  const Samples<M> samples(model, ConstMatrixView<std::remove_const_t<In>>(x.data, x.rows, x.columns, x.stride), 0, rows.end);
  TileRunner<M> runner(model, samples, samples, true);
  drivers::Finite finite;
  constexpr std::size_t kTile = TileRunner<M>::kTile;
  const auto put = [](MatrixView<Out> k, std::size_t i, std::size_t j, double value) {
    if (k.data) k.row(i)[j] = k.row(j)[i] = static_cast<Out>(value);
  };
  for (std::size_t i = rows.begin; i < rows.end; i += kTile) {
    const std::size_t end = std::min(i + kTile, rows.end);
    for (std::size_t j = 0; j < end; j += kTile)
      runner.run(i, end, j, std::min(j + kTile, end),
                 [&](std::size_t r, std::size_t c, double a, double b) { put(nngp, r, c, a), put(ntk, r, c, b), finite.see(r, c, a, b); });
    finite.check();
  }
}

template <Model M, class In, class Out>
void cross(const M& model, MatrixView<In> x, MatrixView<In> y, MatrixView<Out> nngp, MatrixView<Out> ntk, RowRange rows = {}) {
  drivers::need(x.columns == y.columns, "ntk: the samples of x and y differ in length");
  drivers::check(nngp, x.rows, y.rows), drivers::check(ntk, x.rows, y.rows);
  rows = drivers::cut(rows, x.rows);
  using Const = ConstMatrixView<std::remove_const_t<In>>;
  const Samples<M> left(model, Const(x.data, x.rows, x.columns, x.stride), rows.begin, rows.end);
  const Samples<M> right(model, Const(y.data, y.rows, y.columns, y.stride), 0, y.rows);
  TileRunner<M> runner(model, left, right, false);
  drivers::Finite finite;
  constexpr std::size_t kTile = TileRunner<M>::kTile;
  for (std::size_t i = rows.begin; i < rows.end; i += kTile)
    for (std::size_t j = 0; j < y.rows; j += kTile)
      runner.run(i, std::min(i + kTile, rows.end), j, std::min(j + kTile, y.rows), [&](std::size_t r, std::size_t c, double a, double b) {
        if (nngp.data) nngp.row(r)[c] = static_cast<Out>(a);
        if (ntk.data) ntk.row(r)[c] = static_cast<Out>(b);
        finite.see(r, c, a, b);
      });
  finite.check();
}

template <Model M, class In, class Out>
void diag(const M& model, MatrixView<In> x, VectorView<Out> nngp, VectorView<Out> ntk, RowRange rows = {}) {
  drivers::check(nngp, x.rows), drivers::check(ntk, x.rows);
  rows = drivers::cut(rows, x.rows);
  const Samples<M> samples(model, ConstMatrixView<std::remove_const_t<In>>(x.data, x.rows, x.columns, x.stride), rows.begin, rows.end);
  TileRunner<M> runner(model, samples, samples, true);
  drivers::Finite finite;
  for (std::size_t i = rows.begin; i < rows.end; ++i)
    runner.run(i, i + 1, i, i + 1, [&](std::size_t r, std::size_t, double a, double b) {
      if (nngp.data) nngp.data[r] = static_cast<Out>(a);
      if (ntk.data) ntk.data[r] = static_cast<Out>(b);
      finite.see(r, r, a, b);
    });
  finite.check();
}

}  // namespace ntk
#endif
