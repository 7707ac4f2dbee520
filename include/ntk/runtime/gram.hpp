// The drivers of generated evaluators: the kernels of all pairs, tile by tile. Results in float are right to 1e-6 of
// sqrt(k(x, x) k(x', x')): where a network collapses they are computed in float, else in double.
#pragma once
#ifndef NTK_RUNTIME_GRAM_HPP
#define NTK_RUNTIME_GRAM_HPP
#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>

#include "ntk/runtime/tile_runner.hpp"
#include "ntk/runtime/transpose.hpp"
#include "ntk/runtime/views.hpp"

namespace ntk::NTK_ABI {

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
  template <class T>
  void see(std::size_t row, std::size_t column, std::size_t n, const T* values) {
    constexpr T kMost = std::numeric_limits<T>::max();
    int bad = 0;
    for (std::size_t l = 0; l < n; ++l) bad |= std::fabs(values[l]) <= kMost ? 0 : 1;
    if (bad == 0 || found_) return;
    const T* const at = std::find_if(values, values + n, [](T value) { return !(std::fabs(value) <= kMost); });
    found_ = true, row_ = row, column_ = column + static_cast<std::size_t>(at - values);
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

// The tiles of rows [begin, end) with columns [0, columns), or of a symmetric matrix with those up to the row. So many columns are packed
// at a time.
template <class Runner, class Take>
void over_tiles(Runner& runner, RowRange rows, std::size_t columns, bool symmetric, Finite& finite, Take take) {
  constexpr std::size_t kPacked = 4096;
  static_assert(kPacked % Runner::kColumns == 0);
  const std::size_t all = symmetric ? std::min(columns, rows.end) : columns;
  for (std::size_t stripe = 0; stripe < all; stripe += kPacked) {
    const std::size_t stripe_end = std::min(stripe + kPacked, all);
    runner.columns(stripe, stripe_end);
    for (std::size_t i = rows.begin; i < rows.end; i += Runner::kRows) {
      const std::size_t i1 = std::min(i + Runner::kRows, rows.end), end = symmetric ? std::min(i1, stripe_end) : stripe_end;
      if (end <= stripe) continue;
      runner.rows(i, i1);
      for (std::size_t j = stripe; j < end; j += Runner::kColumns) {
        const auto tile = runner.run(j, std::min(j + Runner::kColumns, end));
        for (const auto& values : {tile.nngp, tile.ntk})
          for (std::size_t r = i; values.data && !tile.finite && r < i1; ++r)
            if (const std::size_t last = symmetric ? std::min(tile.j1, r + 1) : tile.j1; last > j)
              finite.see(r, j, last - j, values.row(r - i));
        take(tile);
      }
      finite.check();
    }
  }
}

// What a result of this type is computed in, where a network collapses.
template <class Out>
using Number = std::conditional_t<std::is_same_v<Out, float>, float, double>;

// Of no collapse where a network has none, or where it does not pay.
template <class T, Model M>
auto collapse_if(const M& model, const Samples<M>& x, const Samples<M>& y, bool symmetric) {
  collapse::CollapsesOfModel<M, T> collapsed;
  if constexpr (collapse::has_collapse<M>)
    if (x.begin() < x.end() && y.begin() < y.end()) collapsed = collapse::collapse_model<T>(model, x, y, symmetric);
  return collapsed;
}

// By `collapsed`, unless it is null; what is computed in the results' own type is then written to its place at once.
template <class T, class Out, Model M, class Take>
void over_pairs(const M& model, const Samples<M>& x, const Samples<M>& y, const collapse::CollapsedModel<M, T>* collapsed, bool symmetric,
                RowRange rows, MatrixView<Out> nngp, MatrixView<Out> ntk, Take take) {
  Destinations<T> to{nngp.data != nullptr, ntk.data != nullptr, {}, {}};
  if constexpr (std::is_same_v<T, Out>) to.nngp = nngp, to.ntk = ntk;
  Finite finite;
  if constexpr (collapse::has_collapse<M>)
    if (collapsed) {
      constexpr std::size_t kMany = 16;  // ranges; those that are shorter may not want every fit
      if (kMany * (rows.end - rows.begin) >= x.end() - x.begin()) collapsed->make_fits();
      CollapsedRunner<M, T> runner(model, *collapsed, x, y, symmetric, to);
      return over_tiles(runner, rows, y.end(), symmetric, finite, take);
    }
  TileRunner<M> runner(model, x, y, symmetric);
  over_tiles(runner, rows, y.end(), symmetric, finite, take);
}

// By the one that there is.
template <class T, class Out, Model M, class Take>
void over_pairs(const M& model, const Samples<M>& x, const Samples<M>& y, const collapse::CollapsesOfModel<M, T>& collapsed, bool symmetric,
                RowRange rows, MatrixView<Out> nngp, MatrixView<Out> ntk, Take take) {
  if (collapsed.wide) return over_pairs<double>(model, x, y, collapsed.wide.get(), symmetric, rows, nngp, ntk, take);
  over_pairs<T>(model, x, y, collapsed.own.get(), symmetric, rows, nngp, ntk, take);
}

template <class T, class Out>
bool is_at(MatrixView<const T> values, const Out* place) {
  return static_cast<const void*>(values.data) == static_cast<const void*>(place);
}

template <class T, class Out>
void copy(const ComputedTile<T>& tile, MatrixView<const T> values, MatrixView<Out> k) {
  if (!k.data || is_at(values, k.row(tile.i0) + tile.j0)) return;
  for (std::size_t i = tile.i0; i < tile.i1; ++i)
    for (std::size_t j = tile.j0; j < tile.j1; ++j) k.row(i)[j] = static_cast<Out>(values.row(i - tile.i0)[j - tile.j0]);
}

// Both entries of a pair, square by square.
template <class T, class Out>
void copy_both(const ComputedTile<T>& tile, MatrixView<const T> values, MatrixView<Out> k) {
  if (!k.data) return;
  for (std::size_t j = tile.j0; j < tile.j1; j += kSquare)
    for (std::size_t i = tile.i0; i < tile.i1; i += kSquare) {
      const T* const from = values.row(i - tile.i0) + (j - tile.j0);
      if constexpr (std::is_same_v<T, Out>)
        if (j + kSquare <= std::min(i, tile.j1) && i + kSquare <= tile.i1 && is_at(values, k.row(tile.i0) + tile.j0)) {
          transpose_square(from, values.stride, k.row(j) + i, k.stride);
          continue;
        }
      for (std::size_t c = j; c < std::min(j + kSquare, tile.j1); ++c)
        for (std::size_t r = std::max(i, c); r < std::min(i + kSquare, tile.i1); ++r)
          k.row(r)[c] = k.row(c)[r] = static_cast<Out>(from[(r - i) * values.stride + (c - j)]);
    }
}

}  // namespace drivers

// What ranges of rows of one symmetric matrix share: the norms of its samples, and the fits of a collapse. Results are of type Out.
// Functions that are const may run in several threads at once; the model and x must live as long.
template <Model M, class Out>
class Symmetric {
 public:
  // Of the first `rows` of x. Throws std::invalid_argument for samples of a wrong length.
  template <class In>
  Symmetric(const M& model, MatrixView<In> x, std::size_t rows)
      : model_(model),
        samples_(model, ConstMatrixView<std::remove_const_t<In>>(x.data, x.rows, x.columns, x.stride), 0, rows),
        collapsed_(drivers::collapse_if<Number>(model, samples_, samples_, true)) {}

  // As gram of model.hpp, of rows that are among the first.
  void gram(MatrixView<Out> nngp, MatrixView<Out> ntk, RowRange rows) const {
    drivers::over_pairs(model_, samples_, samples_, collapsed_, true, rows, nngp, ntk,
                        [&](const auto& tile) { drivers::copy_both(tile, tile.nngp, nngp), drivers::copy_both(tile, tile.ntk, ntk); });
  }

 private:
  using Number = drivers::Number<Out>;
  const M& model_;
  Samples<M> samples_;
  collapse::CollapsesOfModel<M, Number> collapsed_;
};

// See model.hpp. Ranges of rows agree to the error of the collapse, some 1e-13. Wrong shapes throw std::invalid_argument; kernels that are
// not finite std::domain_error, the results half written.
template <Model M, class In, class Out>
void gram(const M& model, MatrixView<In> x, MatrixView<Out> nngp, MatrixView<Out> ntk, RowRange rows = {}) {
  drivers::check(nngp, x.rows, x.rows), drivers::check(ntk, x.rows, x.rows);
  rows = drivers::cut(rows, x.rows);
  Symmetric<M, Out>(model, x, rows.end).gram(nngp, ntk, rows);
}

template <Model M, class In, class Out>
void cross(const M& model, MatrixView<In> x, MatrixView<In> y, MatrixView<Out> nngp, MatrixView<Out> ntk, RowRange rows = {}) {
  drivers::need(x.columns == y.columns, "ntk: the samples of x and y differ in length");
  drivers::check(nngp, x.rows, y.rows), drivers::check(ntk, x.rows, y.rows);
  rows = drivers::cut(rows, x.rows);
  using Const = ConstMatrixView<std::remove_const_t<In>>;
  const Samples<M> left(model, Const(x.data, x.rows, x.columns, x.stride), rows.begin, rows.end);
  const Samples<M> right(model, Const(y.data, y.rows, y.columns, y.stride), 0, y.rows);
  const auto collapsed = drivers::collapse_if<drivers::Number<Out>>(model, left, right, false);
  drivers::over_pairs(model, left, right, collapsed, false, rows, nngp, ntk,
                      [&](const auto& tile) { drivers::copy(tile, tile.nngp, nngp), drivers::copy(tile, tile.ntk, ntk); });
}

template <Model M, class In, class Out>
void diag(const M& model, MatrixView<In> x, VectorView<Out> nngp, VectorView<Out> ntk, RowRange rows = {}) {
  drivers::check(nngp, x.rows), drivers::check(ntk, x.rows);
  rows = drivers::cut(rows, x.rows);
  const Samples<M> samples(model, ConstMatrixView<std::remove_const_t<In>>(x.data, x.rows, x.columns, x.stride), rows.begin, rows.end);
  TileRunner<M> runner(model, samples, samples, true);
  drivers::Finite finite;
  for (std::size_t i = rows.begin; i < rows.end; ++i) {
    double values[2] = {0, 0};
    runner.pair(i, i, 0.0, values);
    if (nngp.data) nngp.data[i] = static_cast<Out>(values[0]);
    if (ntk.data) ntk.data[i] = static_cast<Out>(values[1]);
    finite.see(i, i, 1, values), finite.see(i, i, 1, values + 1);
  }
  finite.check();
}

}  // namespace ntk::NTK_ABI
#endif
