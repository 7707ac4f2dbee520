// Tiles of pairs of a generated model: by its pair code, eight columns at a time, or collapsed.
#pragma once
#ifndef NTK_RUNTIME_TILE_RUNNER_HPP
#define NTK_RUNTIME_TILE_RUNNER_HPP
#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "ntk/runtime/blocks.hpp"
#include "ntk/runtime/collapse_model.hpp"
#include "ntk/runtime/near.hpp"
#include "ntk/runtime/product.hpp"
#include "ntk/runtime/views.hpp"

namespace ntk::NTK_ABI {

// The kernels of rows [i0, i1) with columns [j0, j1), at (0, 0) and on; without data: not a kernel of the model. Of a symmetric matrix
// only what lies on the diagonal or below counts.
template <class T>
struct ComputedTile {
  std::size_t i0, i1, j0, j1;
  MatrixView<const T> nngp, ntk;
  bool finite = false;  // known to be
};

// Which kernels are wanted, and where they go, if they can be written there at once; without data: nowhere.
template <class T>
struct Destinations {
  bool wants_nngp = false, wants_ntk = false;
  MatrixView<T> nngp, ntk;
};

// Of a tile, what is wanted: columns j <= i + this, counted from its first.
inline std::ptrdiff_t diagonal_of(bool symmetric, std::size_t row, std::size_t column) {
  return symmetric ? static_cast<std::ptrdiff_t>(row) - static_cast<std::ptrdiff_t>(column)
                   : std::numeric_limits<std::ptrdiff_t>::max() / 2;
}

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
    each_inner([&](std::size_t p) { tiles_[p].resize(kRows * kColumns); });
    for (auto& values : values_) values.resize(kRows * kColumns);
  }

  // The columns that tiles have until the next call, and the rows.
  void columns(std::size_t j0, std::size_t j1) {
    column_ = j0;
    each_inner([&](std::size_t p) {
      const std::size_t block = M::products[p].right;
      inner_[p].columns(
          y_.size(block), j1 - j0, [&](std::size_t j) { return y_.block(block, j0 + j); }, product::kUnit);
    });
  }
  void rows(std::size_t i0, std::size_t i1) {
    row_ = i0, row_end_ = i1;
    each_inner([&](std::size_t p) {
      const std::size_t block = M::products[p].left;
      inner_[p].rows(
          x_.size(block), i1 - i0, [&](std::size_t i) { return x_.block(block, i0 + i); }, product::kUnit);
    });
  }

  // The rows with columns [j0, j1), which are no more than kColumns and begin at a multiple of it from the first.
  ComputedTile<double> run(std::size_t j0, std::size_t j1) {
    each_inner([&](std::size_t p) { inner_[p].run(j0 - column_, j1 - j0, diagonal_of(symmetric_, row_, j0), tiles_[p].data(), kColumns); });
    for (std::size_t j = j0; j < j1; j += lanes::kCount) {
      y_.strip(j, strip_);
      for (std::size_t i = row_; i < row_end_; ++i) {
        const std::size_t last = std::min({j + lanes::kCount, j1, symmetric_ ? i + 1 : j1}), at = (i - row_) * kColumns + (j - j0);
        if (last <= j) continue;
        const Lanes same = read(i, j, last, at);
        Lanes out[2];
        model_.pair(x_[i], strip_, products_.data(), same, out);
        for (std::size_t o = 0; o < 2; ++o) out[o].store(values_[o].data() + at);
      }
    }
    const auto view = [](const std::vector<double>& values) { return MatrixView<const double>(values.data(), kRows, kColumns); };
    return {row_, row_end_, j0, j1, view(values_[0]), view(values_[1]), false};
  }

  // Pair (i, j) of which the inner product of features with themselves is c.
  void pair(std::size_t i, std::size_t j, double c, double* out) {
    std::array<double, kProducts + 1> products{};
    for (std::size_t p = 0; p < kProducts; ++p) products[p] = product(p, i, j, c);
    model_.pair(x_[i], y_[j], products.data(), symmetric_ && i == j ? 1.0 : 0.0, out);
  }

 private:
  static constexpr std::size_t kProducts = M::products.size();

  // Products of the same features share their sums.
  template <class F>
  void each_inner(F f) {
    for (std::size_t p = 0; p < kProducts; ++p)
      if (inner_of_[p] == p) f(p);
  }

  // The products of i with eight columns; 1 where the pair is a sample with itself.
  Lanes read(std::size_t i, std::size_t j, std::size_t last, std::size_t at) {
    Lanes same;
    if (symmetric_ && i >= j && i < last) same.set(i - j, 1.0);
    for (std::size_t p = 0; p < kProducts; ++p) {
      const auto size = static_cast<double>(x_.size(M::products[p].left));
      for (std::size_t l = 0; j + l < last; ++l) products_[p].set(l, product(p, i, j + l, tiles_[inner_of_[p]][at + l] / size));
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
  std::size_t column_ = 0, row_ = 0, row_end_ = 0;
  std::array<std::size_t, kProducts> inner_of_{};
  std::array<TileProduct<double>, kProducts> inner_;
  std::array<std::vector<double>, kProducts> tiles_;
  std::array<std::vector<double>, 2> values_;
  std::array<Lanes, kProducts + 1> products_;
  typename Samples<M>::Strip strip_{};
};

// The same of a collapsed network. Sums and results are of type T; pairs that are left are computed in double.
template <Model M, class T>
class CollapsedRunner {
  using Fitted = collapse::Tile<collapse::ModelNodes<M>, T, collapse::InlineOps>;

 public:
  static constexpr std::size_t kRows = Fitted::kRows, kColumns = Fitted::kColumns;

  CollapsedRunner(const M& model, const collapse::CollapsedModel<M, T>& collapsed, const Samples<M>& x, const Samples<M>& y, bool symmetric,
                  const Destinations<T>& to)
      : x_(x),
        y_(y),
        symmetric_(symmetric),
        to_(to),
        recursion_(model, x, y, symmetric),
        collapsed_(collapsed),
        fitted_(collapsed, kOutputs),
        bounded_(collapsed.is_bounded()),
        targets_(kOutputs) {}

  void columns(std::size_t j0, std::size_t j1) {
    column_ = j0, column_end_ = j1;
    product_.columns(
        y_.size(0), j1 - j0, [&](std::size_t j) { return y_.block(0, j0 + j); }, [&](std::size_t j) { return factor(y_, j0 + j); });
  }
  void rows(std::size_t i0, std::size_t i1) {
    row_ = i0, row_end_ = i1;
    if (symmetric_ && i0 >= column_ && i1 <= column_end_ && product_.rows_of_columns(i0 - column_, i1 - i0)) return;
    product_.rows(
        x_.size(0), i1 - i0, [&](std::size_t i) { return x_.block(0, i0 + i); }, [&](std::size_t i) { return factor(x_, i0 + i); });
  }
  ComputedTile<T> run(std::size_t j0, std::size_t j1) {
    const std::size_t i0 = row_, i1 = row_end_;
    product_.run(j0 - column_, j1 - j0, diagonal_of(symmetric_, i0, j0), fitted_.sums(), Fitted::kStride);
    if (M::has_nngp) targets_[0] = target(to_.wants_nngp, to_.nngp, 0, j0);
    if (M::has_ntk) targets_[kOutputs - 1] = target(to_.wants_ntk, to_.ntk, kOutputs - 1, j0);
    const auto size = static_cast<double>(x_.size(0));
    fitted_.run(i0 - x_.begin(), i1 - x_.begin(), j0 - y_.begin(), j1 - y_.begin(), size, diagonal_of(symmetric_, i0, j0), targets_);
    bool finite = bounded_;
    for (const auto& left : fitted_.left()) {
      const std::size_t i = i0 + left.row, j = j0 + left.column;
      double both[2] = {0, 0}, out[2] = {0, 0};
      const double inner = inner_product(i, j, left.sum);
      if (!collapsed_.stray(i - x_.begin(), j - y_.begin(), inner / (std::sqrt(x_.norm(0, i)) * std::sqrt(y_.norm(0, j))), out)) {
        recursion_.pair(i, j, inner, both);
        for (std::size_t o = 0; o < kOutputs; ++o) out[o] = both[M::has_nngp ? o : 1];
      }
      for (std::size_t o = 0; o < kOutputs; ++o) {
        if (!targets_[o].data) continue;
        const T value = targets_[o].row(left.row)[left.column] = static_cast<T>(out[o]);
        finite = finite && std::isfinite(value);
      }
    }
    using View = MatrixView<const T>;
    return {i0, i1, j0, j1, M::has_nngp ? View(targets_[0]) : View(), M::has_ntk ? View(targets_[kOutputs - 1]) : View(), finite};
  }

 private:
  static constexpr std::size_t kOutputs = collapse::ModelNodes<M>::outputs();

  // What has no length is not collapsed.
  double factor(const Samples<M>& samples, std::size_t i) const {
    return product::kOfLengthOne<T> ? 1 / std::sqrt(samples.norm(0, i) * static_cast<double>(samples.size(0))) : 1.0;
  }
  double inner_product(std::size_t i, std::size_t j, T sum) const {
    return product::kOfLengthOne<T> ? inner(x_.size(0), x_.block(0, i), y_.block(0, j))
                                    : static_cast<double>(sum) / static_cast<double>(x_.size(0));
  }

  MatrixView<T> target(bool wanted, const MatrixView<T>& to, std::size_t output, std::size_t j0) {
    if (!wanted) return {};
    if (to.data) return {to.row(row_) + j0, kRows, kColumns, to.stride};
    values_[output].resize(kRows * kColumns);
    return {values_[output].data(), kRows, kColumns};
  }

  const Samples<M>& x_;
  const Samples<M>& y_;
  bool symmetric_;
  Destinations<T> to_;
  TileRunner<M> recursion_;
  const collapse::CollapsedModel<M, T>& collapsed_;
  Fitted fitted_;
  bool bounded_;
  std::size_t column_ = 0, column_end_ = 0, row_ = 0, row_end_ = 0;
  TileProduct<T> product_;
  std::array<std::vector<T>, 2> values_;
  std::vector<MatrixView<T>> targets_;
};

}  // namespace ntk::NTK_ABI
#endif
