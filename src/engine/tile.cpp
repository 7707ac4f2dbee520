#include "engine/tile.hpp"

#include <algorithm>

#include "ntk/runtime/near.hpp"

namespace ntkc::engine {

TileRunner::TileRunner(const Context& context)
    : context_(context), machine_(context, context.plan.pair), rows_(context, true), inner_of_(first_of_same(context.plan)), same_(kLanes) {
  sums_.resize(inner_of_.size());
  products_.resize(inner_of_.size() * kLanes);
  scratch_.resize(3 * kLanes);
}

void TileRunner::multiply(const Samples& x, const PackedSamples<double>& columns, const Tile& tile, bool symmetric) {
  const PackedSamples<double>& rows = rows_of(x, tile, columns, rows_);
  for (std::size_t p = 0; p < inner_of_.size(); ++p) {
    if (inner_of_[p] != p) continue;
    sums_[p].resize(kTileRows * kTileColumns);
    engine::multiply(rows.of(p, tile.row, tile.row_end), columns.of(p, tile.column, tile.column_end), diagonal_of(tile, symmetric),
                     sums_[p].data(), kTileColumns);
  }
}

void TileRunner::directly(const Samples& x, const Samples& y, std::size_t product, std::size_t i, std::size_t j, double* out) {
  const auto& p = context_.plan.products[product];
  const std::size_t inner = inner_of_[product];
  if (found_.x != &x || found_.y != &y || found_.i != i || found_.j != j || found_.inner != inner) {
    const auto f = x.features(product, true), g = y.features(product, false);
    found_ = {inner, i, j, &x, &y, near(f.size, f.row(i), g.row(j), x.norms(product, true)[i], y.norms(product, false)[j])};
  }
  *out = p.op == ir::Op::inner ? found_.near.inner : p.op == ir::Op::distance ? found_.near.distance : found_.near.gram;
}

void TileRunner::read(const Samples& x, const Samples& y, std::size_t i, const Tile& tile, std::size_t n, bool diagonal) {
  double* const c = scratch_.data();
  double* const distance = c + kLanes;
  double* const determinant = distance + kLanes;
  for (std::size_t p = 0; p < inner_of_.size(); ++p) {
    if (inner_of_[p] != p) continue;
    const auto size = static_cast<double>(x.features(p, true).size);
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

// out(o): where the values of output o go.
template <class Out>
void TileRunner::finish(const Inputs& inputs, Out out) {
  machine_.run(inputs, nullptr, 0);
  for (std::size_t o = 0; o < context_.plan.outputs.size(); ++o) {
    const auto value = machine_.number(context_.plan.outputs[o].value);
    if (value.lanes)
      std::copy_n(value.lanes, inputs.lanes, out(o));
    else
      std::fill_n(out(o), inputs.lanes, value.value);
  }
}

// The series of a strip of columns stay in the cache from row to row.
template <class T>
void TileRunner::run(const Samples& x, const Samples& y, const PackedSamples<double>& columns, const Tile& tile, bool symmetric,
                     const Targets<T>& to) {
  multiply(x, columns, tile, symmetric);
  first_column_ = tile.column, first_row_ = tile.row;
  constexpr std::size_t kStrip = 64;
  const std::size_t width = has_series(context_.plan.sample) ? kStrip : kTileColumns;
  Tile strip = tile;
  for (std::size_t column = tile.column; column < tile.column_end; column += width) {
    strip.column = column, strip.column_end = std::min(column + width, tile.column_end);
    run_strip(x, y, strip, symmetric, to);
  }
}

template <class T>
void TileRunner::run_strip(const Samples& x, const Samples& y, const Tile& tile, bool symmetric, const Targets<T>& to) {
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
    finish(inputs, [&](std::size_t o) { return to[o].row(i - first_row_) + (tile.column - first_column_); });
  }
}

void TileRunner::diagonal(const Samples& x, std::size_t first, std::size_t n, double* out) {
  Inputs inputs;
  inputs.lanes = n;
  inputs.x = inputs.y = &x.store(), inputs.x_first = inputs.y_first = first, inputs.x_is_one = false, inputs.same = same_.data();
  std::fill(same_.begin(), same_.end(), 1.0);
  for (std::size_t p = 0; p < inner_of_.size(); ++p) inputs.products.push_back(products_.data() + p * kLanes);
  for (std::size_t l = 0; l < n; ++l)
    for (std::size_t p = 0; p < inner_of_.size(); ++p) directly(x, x, p, first + l, first + l, products_.data() + p * kLanes + l);
  finish(inputs, [&](std::size_t o) { return out + o * kLanes; });
}

void TileRunner::scattered(const Samples& x, const Samples& y, std::size_t n, const std::uint32_t* i, const std::uint32_t* j,
                           const double* sums, bool symmetric, double* out) {
  Inputs inputs;
  inputs.lanes = n;
  inputs.x = &x.store(), inputs.y = &y.store(), inputs.x_is_one = false, inputs.x_at = i, inputs.y_at = j, inputs.same = same_.data();
  for (std::size_t l = 0; l < kLanes; ++l) same_[l] = symmetric && l < n && i[l] == j[l] ? 1.0 : 0.0;
  for (std::size_t p = 0; p < inner_of_.size(); ++p) inputs.products.push_back(products_.data() + p * kLanes);
  for (std::size_t l = 0; l < n; ++l)
    for (std::size_t p = 0; p < inner_of_.size(); ++p) {
      const auto& product = context_.plan.products[p];
      const double q1 = x.norms(p, true)[i[l]], q2 = y.norms(p, false)[j[l]], c = sums[l] / static_cast<double>(x.features(p, true).size),
                   determinant = q1 * q2 - c * c;
      double* const to = products_.data() + p * kLanes + l;
      if (same_[l] != 0 || !(determinant > ::ntk::kNear * (q1 * q2)))
        directly(x, y, p, i[l], j[l], to);
      else
        *to = product.op == ir::Op::inner ? c : product.op == ir::Op::distance ? q1 + q2 - 2.0 * c : determinant;
    }
  for (std::size_t p = 0; p < inner_of_.size(); ++p) {
    double* const lanes = products_.data() + p * kLanes;
    std::fill(lanes + n, lanes + packed(n), lanes[0]);
  }
  finish(inputs, [&](std::size_t o) { return out + o * kLanes; });
}

template void TileRunner::run(const Samples&, const Samples&, const PackedSamples<double>&, const Tile&, bool, const Targets<double>&);
template void TileRunner::run(const Samples&, const Samples&, const PackedSamples<double>&, const Tile&, bool, const Targets<float>&);

}  // namespace ntkc::engine
