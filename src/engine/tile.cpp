#include "engine/tile.hpp"

#include <algorithm>

#include "ntk/runtime/features.hpp"
#include "ntk/runtime/near.hpp"

extern "C" void dgemm_(const char* ta, const char* tb, const int* m, const int* n, const int* k, const double* alpha, const double* a,
                       const int* lda, const double* b, const int* ldb, const double* beta, double* c, const int* ldc);

namespace ntkc::engine {

TileRunner::TileRunner(const Context& context) : context_(context), machine_(context, context.plan.pair), same_(kLanes) {
  const auto& products = context.plan.products;
  for (std::size_t p = 0; p < products.size(); ++p) {
    std::size_t first = 0;
    while (products[first].left != products[p].left || products[first].right != products[p].right) ++first;
    inner_of_.push_back(first);
  }
  sums_.resize(products.size());
  products_.resize(products.size() * kLanes);
  scratch_.resize(3 * kLanes);
}

void TileRunner::multiply(const Samples& x, const Samples& y, const Tile& tile) {
  for (std::size_t p = 0; p < inner_of_.size(); ++p) {
    if (inner_of_[p] != p) continue;
    const auto a = x.features(context_.plan.products[p].left), b = y.features(context_.plan.products[p].right);
    auto& sums = sums_[p];
    sums.resize(kTileRows * kTileColumns);
    // Columns of BLAS are rows of ours: (rows of y) by (rows of x).
    const int m = static_cast<int>(tile.column_end - tile.column), n = static_cast<int>(tile.row_end - tile.row),
              k = static_cast<int>(a.size);
    const int lda = static_cast<int>(b.stride), ldb = static_cast<int>(a.stride), ldc = static_cast<int>(kTileColumns);
    const double one = 1, zero = 0;
    dgemm_("T", "N", &m, &n, &k, &one, b.row(tile.column), &lda, a.row(tile.row), &ldb, &zero, sums.data(), &ldc);
  }
}

void TileRunner::directly(const Samples& x, const Samples& y, std::size_t product, std::size_t i, std::size_t j, double* out) const {
  const auto& p = context_.plan.products[product];
  const auto f = x.features(p.left), g = y.features(p.right);
  const double* const a = f.row(i);
  const double* const b = g.row(j);
  *out = p.op == ir::Op::inner      ? ::ntk::inner(f.size, a, b)
         : p.op == ir::Op::distance ? ::ntk::distance(f.size, a, b)
                                    : ::ntk::gram_determinant(f.size, a, b);
}

void TileRunner::read(const Samples& x, const Samples& y, std::size_t i, const Tile& tile, std::size_t n, bool diagonal) {
  double* const c = scratch_.data();
  double* const distance = c + kLanes;
  double* const determinant = distance + kLanes;
  for (std::size_t p = 0; p < inner_of_.size(); ++p) {
    if (inner_of_[p] != p) continue;
    const auto size = static_cast<double>(x.features(context_.plan.products[p].left).size);
    const double q1 = x.norms(p, true)[i];
    const double* const q2 = y.norms(p, false) + tile.column;
    const bool near = read_products(packed(n), q1, q2, sums_[p].data() + (i - tile.row) * kTileColumns + (tile.column - first_column_),
                                    size, ::ntk::kNear, c, distance, determinant);
    for (std::size_t other = p; other < inner_of_.size(); ++other) {
      if (inner_of_[other] != p) continue;
      const auto op = context_.plan.products[other].op;
      double* const out = products_.data() + other * kLanes;
      std::copy_n(op == ir::Op::inner ? c : op == ir::Op::distance ? distance : determinant, packed(n), out);
      if (diagonal) directly(x, y, other, i, i, out + (i - tile.column));
      if (!near) continue;
      for (std::size_t l = 0; l < n; ++l)
        if (!(determinant[l] > ::ntk::kNear * (q1 * q2[l]))) directly(x, y, other, i, tile.column + l, out + l);
    }
  }
}

void TileRunner::finish(const Inputs& inputs, std::size_t i, std::size_t column, const TakeRow& take) {
  machine_.run(inputs, nullptr, 0);
  for (std::size_t o = 0; o < context_.plan.outputs.size(); ++o) {
    const auto value = machine_.number(context_.plan.outputs[o].value);
    if (!value.lanes) std::fill_n(scratch_.begin(), inputs.lanes, value.value);
    take(o, i, column, inputs.lanes, value.lanes ? value.lanes : scratch_.data());
  }
}

// The series of a strip of columns stay in the cache from row to row.
void TileRunner::run(const Samples& x, const Samples& y, Tile tile, bool symmetric, const TakeRow& take) {
  multiply(x, y, tile);
  first_column_ = tile.column;
  const bool series = std::any_of(context_.plan.sample.slots.begin(), context_.plan.sample.slots.end(),
                                  [](const plan::Slot& slot) { return slot.type == ir::Type::series; });
  constexpr std::size_t kStrip = 64;
  const std::size_t end = tile.column_end, width = series ? kStrip : kTileColumns;
  for (std::size_t column = tile.column; column < end; column += width) {
    tile.column = column, tile.column_end = std::min(column + width, end);
    run_strip(x, y, tile, symmetric, take);
  }
}

void TileRunner::run_strip(const Samples& x, const Samples& y, const Tile& tile, bool symmetric, const TakeRow& take) {
  Inputs inputs;
  inputs.x = &x.store(), inputs.y = &y.store(), inputs.y_first = tile.column, inputs.same = same_.data();
  for (std::size_t p = 0; p < inner_of_.size(); ++p) inputs.products.push_back(products_.data() + p * kLanes);
  for (std::size_t i = tile.row; i < tile.row_end; ++i) {
    const std::size_t end = symmetric ? std::min(tile.column_end, i + 1) : tile.column_end;
    if (end <= tile.column) continue;
    inputs.lanes = end - tile.column, inputs.x_first = i;
    std::fill(same_.begin(), same_.end(), 0.0);
    const bool diagonal = symmetric && i < tile.column_end;
    if (diagonal) same_[i - tile.column] = 1.0;
    read(x, y, i, tile, inputs.lanes, diagonal);
    finish(inputs, i, tile.column, take);
  }
}

void TileRunner::diagonal(const Samples& x, std::size_t first, std::size_t n, const TakeRow& take) {
  Inputs inputs;
  inputs.lanes = n;
  inputs.x = inputs.y = &x.store(), inputs.x_first = inputs.y_first = first, inputs.x_is_one = false, inputs.same = same_.data();
  std::fill(same_.begin(), same_.end(), 1.0);
  for (std::size_t p = 0; p < inner_of_.size(); ++p) {
    for (std::size_t l = 0; l < n; ++l) directly(x, x, p, first + l, first + l, products_.data() + p * kLanes + l);
    inputs.products.push_back(products_.data() + p * kLanes);
  }
  finish(inputs, first, first, take);
}

}  // namespace ntkc::engine
