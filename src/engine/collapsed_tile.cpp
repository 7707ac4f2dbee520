#include "engine/collapsed_tile.hpp"

#include <algorithm>

namespace ntkc::engine {

using ::ntk::collapse::Fit;
using ::ntk::collapse::Sheet;
namespace collapse = ::ntk::collapse;

CollapsedTileRunner::CollapsedTileRunner(const Context& context, const Collapsed& collapsed)
    : context_(context),
      collapsed_(collapsed),
      recursion_(context),
      outputs_(context.plan.outputs.size()),
      values_(outputs_ * kRows * kColumns),
      inverse_norms_(kColumns),
      places_(collapsed.x().places.size() * kColumns + kPack),
      roots_(outputs_ * kColumns),
      rho_(collapse::kColumns),
      plus_(outputs_ * collapse::kColumns),
      minus_(outputs_ * collapse::kColumns),
      row_places_(collapsed.x().places.size() + 1, 1.0) {}

void CollapsedTileRunner::run(const Samples& x, const Samples& y, const Tile& tile, bool symmetric, const TakeTile& take) {
  const auto& product = context_.plan.products[0];
  multiply(x.features(product.left), y.features(product.right), tile, values(0), kColumns);
  sort_columns(tile);
  left_.clear();
  for (std::size_t i = tile.row; i < tile.row_end; ++i) row(i, tile, static_cast<double>(x.features(product.left).size));
  directly(x, y, tile, symmetric);
  for (std::size_t o = 0; o < outputs_; ++o) take(o, tile, values(o), kColumns);
}

void CollapsedTileRunner::sort_columns(const Tile& tile) {
  const Binned& y = collapsed_.y();
  order_.clear();
  for (std::size_t j = tile.column; j < tile.column_end; ++j) order_.push_back(static_cast<std::uint32_t>(j - tile.column));
  const auto bin = [&](std::uint32_t l) { return y.bin[tile.column + l]; };
  std::stable_sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) { return bin(a) < bin(b); });
  runs_.clear();
  for (std::size_t l = 0; l < order_.size(); ++l) {
    const std::size_t j = tile.column + order_[l];
    if (runs_.empty() || runs_.back().bin != y.bin[j] || l - runs_.back().begin == collapse::kColumns) runs_.push_back({y.bin[j], l, l});
    runs_.back().end = l + 1;
    inverse_norms_[l] = y.inverse_norm[j];
    for (std::size_t k = 0; k < y.places.size(); ++k) places_[k * kColumns + l] = y.places[k][j];
    for (std::size_t o = 0; o < y.roots.size(); ++o) roots_[o * kColumns + l] = y.roots[o][j];
  }
}

void CollapsedTileRunner::row(std::size_t i, const Tile& tile, double size) {
  const Binned& x = collapsed_.x();
  const double* const sums = values(0) + (i - tile.row) * kColumns;
  for (std::size_t k = 0; k < x.places.size(); ++k) row_places_[k + 1] = x.places[k][i];
  const auto all = [](std::size_t) { return true; };
  for (const Run& run : runs_) {
    if (x.bin[i] == Binned::kNone || run.bin == Binned::kNone) {
      leave(i, run, tile, all);
      continue;
    }
    const double least = collapsed_.shape().least(), most = collapsed_.shape().most();
    const auto found = correlations(run.end - run.begin, sums, order_.data() + run.begin, x.inverse_norm[i] / size,
                                    inverse_norms_.data() + run.begin, least, most, rho_.data());
    const auto* const plus = found.plus ? collapsed_.fit(x.bin[i], run.bin, Sheet::plus) : nullptr;
    const auto* const minus = found.minus ? collapsed_.fit(x.bin[i], run.bin, Sheet::minus) : nullptr;
    if ((found.plus && !plus) || (found.minus && !minus)) {
      leave(i, run, tile, all);
      continue;
    }
    if (found.out) leave(i, run, tile, [&](std::size_t l) { return !(rho_[l] >= least && rho_[l] <= most); });
    evaluate(i, run, tile, plus, minus);
  }
}

// Values of the first output take the place of the sums.
void CollapsedTileRunner::evaluate(std::size_t i, const Run& run, const Tile& tile, const Fit* plus, const Fit* minus) {
  const std::size_t n = run.end - run.begin;
  const collapse::Columns columns{n, kColumns, places_.data() + run.begin};
  const auto by = [&](const Fit* fit, Sheet sheet, std::vector<double>& out) {
    if (!fit) return;
    places(n, fit->t, sheet, rho_.data(), work_.place2);
    for (std::size_t o = 0; o < outputs_; ++o)
      engine::evaluate_row(*fit, o, row_places_.data(), columns, work_, out.data() + o * collapse::kColumns);
  };
  by(plus, Sheet::plus, plus_), by(minus, Sheet::minus, minus_);
  for (std::size_t o = 0; o < outputs_; ++o) {
    const double* const minus_of = minus_.data() + o * collapse::kColumns;
    double* const from = (plus ? plus_ : minus_).data() + o * collapse::kColumns;
    if (plus && minus)
      for (std::size_t l = 0; l < n; ++l)
        if (rho_[l] < collapse::kTurn) from[l] = minus_of[l];
    scatter(n, collapsed_.x().roots[o][i], roots_.data() + o * kColumns + run.begin, from, order_.data() + run.begin,
            values(o) + (i - tile.row) * kColumns);
  }
}

template <class Which>
void CollapsedTileRunner::leave(std::size_t i, const Run& run, const Tile& tile, Which which) {
  const double* const sums = values(0) + (i - tile.row) * kColumns;
  for (std::size_t l = run.begin; l < run.end; ++l)
    if (which(l - run.begin))
      left_.push_back({static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(tile.column + order_[l]), sums[order_[l]]});
}

void CollapsedTileRunner::directly(const Samples& x, const Samples& y, const Tile& tile, bool symmetric) {
  std::uint32_t i[kLanes], j[kLanes];
  double sums[kLanes];
  std::vector<double> out(outputs_ * kLanes);
  std::size_t n = 0;
  const auto flush = [&] {
    recursion_.scattered(x, y, n, i, j, sums, symmetric, out.data());
    for (std::size_t o = 0; o < outputs_; ++o)
      for (std::size_t l = 0; l < n; ++l) values(o)[(i[l] - tile.row) * kColumns + (j[l] - tile.column)] = out[o * kLanes + l];
    n = 0;
  };
  for (const Left& pair : left_) {
    if (symmetric && pair.j > pair.i) continue;
    i[n] = pair.i, j[n] = pair.j, sums[n] = pair.sum;
    if (++n == kLanes) flush();
  }
  if (n > 0) flush();
}

}  // namespace ntkc::engine
