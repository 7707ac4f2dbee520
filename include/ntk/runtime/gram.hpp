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
#include "ntk/runtime/collapse_model.hpp"
#include "ntk/runtime/near.hpp"
#include "ntk/runtime/product.hpp"

namespace ntk {

// The kernels of rows [i0, i1) with columns [j0, j1), rows `stride` apart; null: not a kernel of the model. Of a symmetric matrix only
// what lies on the diagonal or below counts.
struct ComputedTile {
  std::size_t i0, i1, j0, j1, stride;
  const double *nngp, *ntk;
};

template <Model M>
class TileRunner {
 public:
  static constexpr std::size_t kRows = 64, kColumns = 64;

  TileRunner(const M& model, const Samples<M>& x, const Samples<M>& y, bool symmetric)
      : model_(model), x_(x), y_(y), symmetric_(symmetric) {
    for (std::size_t p = 0; p < kProducts; ++p) {
      std::size_t first = 0;
      while (M::products[first].left != M::products[p].left || M::products[first].right != M::products[p].right) ++first;
      inner_of_[p] = first;
    }
    for (auto& values : values_) values.resize(kRows * kColumns);
  }

  // No more than kRows by kColumns.
  ComputedTile run(std::size_t i0, std::size_t i1, std::size_t j0, std::size_t j1) {
    const std::size_t rows = i1 - i0, columns = (j1 - j0 + lanes::kCount - 1) / lanes::kCount * lanes::kCount;
    for (std::size_t p = 0; p < kProducts; ++p) {
      if (inner_of_[p] != p) continue;
      const Product& product = M::products[p];
      tiles_[p].resize(kRows * kColumns);
      tile_product(
          x_.size(product.left), rows, columns, [&](std::size_t i) { return x_.block(product.left, i0 + i); },
          [&](std::size_t j) { return y_.block(product.right, y_.within(j0 + j)); }, tiles_[p].data(), columns, scratch_);
    }
    for (std::size_t j = j0; j < j1; j += lanes::kCount) {
      y_.strip(j, strip_);
      for (std::size_t i = i0; i < i1; ++i) {
        const std::size_t last = std::min({j + lanes::kCount, j1, symmetric_ ? i + 1 : j1});
        if (last <= j) continue;
        const Lanes same = read(i, j, last, (i - i0) * columns + (j - j0));
        Lanes out[2];
        model_.pair(x_[i], strip_, products_.data(), same, out);
        for (std::size_t o = 0; o < 2; ++o) out[o].store(values_[o].data() + (i - i0) * kColumns + (j - j0));
      }
    }
    return {i0, i1, j0, j1, kColumns, values_[0].data(), values_[1].data()};
  }

  // Pair (i, j) of which the product of features with themselves is c.
  void pair(std::size_t i, std::size_t j, double c, double* out) {
    std::array<double, kProducts + 1> products{};
    for (std::size_t p = 0; p < kProducts; ++p) products[p] = product(p, i, j, c);
    model_.pair(x_[i], y_[j], products.data(), symmetric_ && i == j ? 1.0 : 0.0, out);
  }

 private:
  static constexpr std::size_t kProducts = M::products.size();

  // The products of i with eight columns; 1 where the pair is a sample with itself.
  Lanes read(std::size_t i, std::size_t j, std::size_t last, std::size_t at) {
    Lanes same;
    if (symmetric_ && i >= j && i < last) same.set(i - j, 1.0);
    for (std::size_t p = 0; p < kProducts; ++p) {
      for (std::size_t l = 0; j + l < last; ++l) products_[p].set(l, product(p, i, j + l, tiles_[inner_of_[p]][at + l]));
      for (std::size_t l = last - j; l < lanes::kCount; ++l) products_[p].set(l, products_[p][0]);  // of no consequence, but numbers
    }
    return same;
  }

  // Off the matrix product, or off the rows themselves where that keeps too few digits.
  double product(std::size_t p, std::size_t i, std::size_t j, double c) const {
    const Product& of = M::products[p];
    const double q1 = x_.norm(of.left, i), q2 = y_.norm(of.right, j), determinant = q1 * q2 - c * c;
    if (determinant > kNear * (q1 * q2) && !(symmetric_ && i == j))
      return of.kind == ProductKind::inner ? c : of.kind == ProductKind::distance ? q1 + q2 - 2.0 * c : determinant;
    const double* const a = x_.block(of.left, i);
    const double* const b = y_.block(of.right, j);
    const std::size_t n = x_.size(of.left);
    return of.kind == ProductKind::inner      ? inner(n, a, b)
           : of.kind == ProductKind::distance ? distance(n, a, b)
                                              : gram_determinant(n, a, b);
  }

  const M& model_;
  const Samples<M>& x_;
  const Samples<M>& y_;
  bool symmetric_;
  std::array<std::size_t, kProducts> inner_of_{};
  std::array<std::vector<double>, kProducts> tiles_;
  std::array<std::vector<double>, 2> values_;
  std::array<Lanes, kProducts + 1> products_;
  typename Samples<M>::Strip strip_{};
  std::vector<double> scratch_;
};

// The same of a collapsed network.
template <Model M>
class CollapsedRunner {
  using Fitted = collapse::Tile<collapse::ModelNodes<M>, collapse::InlineOps>;

 public:
  static constexpr std::size_t kRows = Fitted::kRows, kColumns = Fitted::kColumns;

  CollapsedRunner(const M& model, const collapse::CollapsedModel<M>& collapsed, const Samples<M>& x, const Samples<M>& y, bool symmetric)
      : x_(x), y_(y), symmetric_(symmetric), recursion_(model, x, y, symmetric), fitted_(collapsed, collapse::ModelNodes<M>::outputs()) {}

  ComputedTile run(std::size_t i0, std::size_t i1, std::size_t j0, std::size_t j1) {
    const std::size_t columns = (j1 - j0 + lanes::kCount - 1) / lanes::kCount * lanes::kCount;
    tile_product(
        x_.size(0), i1 - i0, columns, [&](std::size_t i) { return x_.block(0, i0 + i); },
        [&](std::size_t j) { return y_.block(0, y_.within(j0 + j)); }, fitted_.sums(), kColumns, scratch_);
    fitted_.run(i0 - x_.begin(), i1 - x_.begin(), j0 - y_.begin(), j1 - y_.begin(), 1.0);
    for (const auto& left : fitted_.left()) {
      const std::size_t i = i0 + left.row, j = j0 + left.column;
      if (symmetric_ && j > i) continue;
      double out[2] = {0, 0};
      recursion_.pair(i, j, left.sum, out);
      for (std::size_t o = 0; o < collapse::ModelNodes<M>::outputs(); ++o)
        fitted_.values(o)[left.row * kColumns + left.column] = out[M::has_nngp ? o : 1];
    }
    return {
        i0, i1, j0, j1, kColumns, M::has_nngp ? fitted_.values(0) : nullptr, M::has_ntk ? fitted_.values(M::has_nngp ? 1 : 0) : nullptr};
  }

 private:
  const Samples<M>& x_;
  const Samples<M>& y_;
  bool symmetric_;
  TileRunner<M> recursion_;
  Fitted fitted_;
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
  void see(std::size_t row, std::size_t column, std::size_t n, const double* values) {
    constexpr double kMost = std::numeric_limits<double>::max();
    for (std::size_t l = 0; l < n; ++l)
      if (!(std::fabs(values[l]) <= kMost) && !found_) found_ = true, row_ = row, column_ = column + l;
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

namespace drivers {

// The tiles of rows [begin, end) with columns [0, columns), or of a symmetric matrix with those up to the row.
template <class Runner, class Take>
void over_tiles(Runner& runner, RowRange rows, std::size_t columns, bool symmetric, Finite& finite, Take take) {
  for (std::size_t i = rows.begin; i < rows.end; i += Runner::kRows) {
    const std::size_t i1 = std::min(i + Runner::kRows, rows.end), end = symmetric ? i1 : columns;
    for (std::size_t j = 0; j < end; j += Runner::kColumns) {
      const ComputedTile tile = runner.run(i, i1, j, std::min(j + Runner::kColumns, end));
      for (const double* values : {tile.nngp, tile.ntk})
        for (std::size_t r = i; values && r < i1; ++r)
          if (const std::size_t last = symmetric ? std::min(tile.j1, r + 1) : tile.j1; last > j)
            finite.see(r, j, last - j, values + (r - i) * tile.stride);
      take(tile);
    }
    finite.check();
  }
}

// Collapsed if that is possible and pays.
template <Model M, class Take>
void over_pairs(const M& model, const Samples<M>& x, const Samples<M>& y, bool symmetric, RowRange rows, Take take) {
  Finite finite;
  if constexpr (collapse::has_collapse<M>)
    if (x.begin() < x.end() && y.begin() < y.end())
      if (const auto collapsed = collapse::collapse_model(model, x, y, symmetric)) {
        CollapsedRunner<M> runner(model, *collapsed, x, y, symmetric);
        return over_tiles(runner, rows, y.end(), symmetric, finite, take);
      }
  TileRunner<M> runner(model, x, y, symmetric);
  over_tiles(runner, rows, y.end(), symmetric, finite, take);
}

template <class Out>
void copy(const ComputedTile& tile, const double* values, MatrixView<Out> k) {
  for (std::size_t i = tile.i0; k.data && i < tile.i1; ++i)
    for (std::size_t j = tile.j0; j < tile.j1; ++j) k.row(i)[j] = static_cast<Out>(values[(i - tile.i0) * tile.stride + (j - tile.j0)]);
}

// Both entries of a pair, block by block: a square and its transpose stay in the first-level cache.
template <class Out>
void copy_both(const ComputedTile& tile, const double* values, MatrixView<Out> k) {
  constexpr std::size_t kBlock = 16;
  for (std::size_t i = tile.i0; k.data && i < tile.i1; i += kBlock)
    for (std::size_t j = tile.j0; j < tile.j1; j += kBlock)
      for (std::size_t r = i; r < std::min(i + kBlock, tile.i1); ++r)
        for (std::size_t c = j; c < std::min({j + kBlock, tile.j1, r + 1}); ++c)
          k.row(r)[c] = k.row(c)[r] = static_cast<Out>(values[(r - tile.i0) * tile.stride + (c - tile.j0)]);
}

}  // namespace drivers

// See model.hpp. Ranges of rows agree to the error of the collapse, some 1e-13. Wrong shapes throw std::invalid_argument; kernels that are
// not finite std::domain_error, the results half written.
template <Model M, class In, class Out>
void gram(const M& model, MatrixView<In> x, MatrixView<Out> nngp, MatrixView<Out> ntk, RowRange rows = {}) {
  drivers::check(nngp, x.rows, x.rows), drivers::check(ntk, x.rows, x.rows);
  rows = drivers::cut(rows, x.rows);
  const Samples<M> samples(model, ConstMatrixView<std::remove_const_t<In>>(x.data, x.rows, x.columns, x.stride), 0, rows.end);
  drivers::over_pairs(model, samples, samples, true, rows, [&](const ComputedTile& tile) {
    drivers::copy_both(tile, tile.nngp, nngp), drivers::copy_both(tile, tile.ntk, ntk);
  });
}

template <Model M, class In, class Out>
void cross(const M& model, MatrixView<In> x, MatrixView<In> y, MatrixView<Out> nngp, MatrixView<Out> ntk, RowRange rows = {}) {
  drivers::need(x.columns == y.columns, "ntk: the samples of x and y differ in length");
  drivers::check(nngp, x.rows, y.rows), drivers::check(ntk, x.rows, y.rows);
  rows = drivers::cut(rows, x.rows);
  using Const = ConstMatrixView<std::remove_const_t<In>>;
  const Samples<M> left(model, Const(x.data, x.rows, x.columns, x.stride), rows.begin, rows.end);
  const Samples<M> right(model, Const(y.data, y.rows, y.columns, y.stride), 0, y.rows);
  drivers::over_pairs(model, left, right, false, rows,
                      [&](const ComputedTile& tile) { drivers::copy(tile, tile.nngp, nngp), drivers::copy(tile, tile.ntk, ntk); });
}

template <Model M, class In, class Out>
void diag(const M& model, MatrixView<In> x, VectorView<Out> nngp, VectorView<Out> ntk, RowRange rows = {}) {
  drivers::check(nngp, x.rows), drivers::check(ntk, x.rows);
  rows = drivers::cut(rows, x.rows);
  const Samples<M> samples(model, ConstMatrixView<std::remove_const_t<In>>(x.data, x.rows, x.columns, x.stride), rows.begin, rows.end);
  TileRunner<M> runner(model, samples, samples, true);
  drivers::Finite finite;
  for (std::size_t i = rows.begin; i < rows.end; ++i) {
    const ComputedTile tile = runner.run(i, i + 1, i, i + 1);
    if (nngp.data) nngp.data[i] = static_cast<Out>(*tile.nngp);
    if (ntk.data) ntk.data[i] = static_cast<Out>(*tile.ntk);
    finite.see(i, i, 1, tile.nngp), finite.see(i, i, 1, tile.ntk);
  }
  finite.check();
}

}  // namespace ntk
#endif
