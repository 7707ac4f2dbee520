// Tiles of pairs of a generated model: by its pair code, eight columns at a time, or collapsed.
#pragma once
#ifndef NTK_RUNTIME_TILE_RUNNER_HPP
#define NTK_RUNTIME_TILE_RUNNER_HPP
#include <algorithm>
#include <array>
#include <vector>

#include "ntk/runtime/blocks.hpp"
#include "ntk/runtime/collapse_model.hpp"
#include "ntk/runtime/near.hpp"
#include "ntk/runtime/product.hpp"

namespace ntk::NTK_ABI {

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

}  // namespace ntk::NTK_ABI
#endif
