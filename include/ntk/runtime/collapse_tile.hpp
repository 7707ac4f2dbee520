// One tile of a collapsed network: row by row the columns, bin by bin. Pairs that no fit serves are left to the recursion.
#pragma once
#ifndef NTK_RUNTIME_COLLAPSE_TILE_HPP
#define NTK_RUNTIME_COLLAPSE_TILE_HPP
#include "ntk/runtime/collapse_data.hpp"
#include "ntk/runtime/collapse_row.hpp"
#include "ntk/runtime/packed.hpp"
#include "ntk/runtime/views.hpp"

namespace ntk::NTK_ABI::collapse {

// Ops are the loops over columns, in the form that a reader compiles them in: see collapse_row.hpp.
template <class R, class T, class Ops>
class Tile {
 public:
  static constexpr std::size_t kRows = 256, kColumns = 1024;
  // Of rows: as a power of two it would put all of them into the same sets of a cache.
  static constexpr std::size_t kStride = kColumns + product::kPanel<T>;

  // Of a pair that is left: the place of its sum of products, and of its values.
  struct Left {
    std::uint32_t row, column;  // in the tile
    T sum;
  };

  explicit Tile(const Collapsed<R, T>& collapsed, std::size_t outputs)
      : collapsed_(collapsed),
        outputs_(outputs),
        sums_(kRows * kStride),
        values_(outputs * kColumns),
        inverse_norms_(kColumns),
        places_(collapsed.x().places.size() * kStride + product::kPanel<T>),
        roots_(outputs * kColumns),
        rho_(kColumnsOfRun),
        place2_(kColumnsOfRun),
        plus_(outputs * kColumnsOfRun),
        minus_(outputs * kColumnsOfRun),
        row_places_(collapsed.x().places.size() + 1, T(1)) {}

  T* sums() { return sums_.data(); }  // of products, rows kStride apart
  const std::vector<Left>& left() const { return left_; }

  // Rows and columns count from the first of x and y. `size`: of samples. In the tile only columns j <= i + diagonal are wanted, of
  // which the last is the row's own sample: nothing is written beyond them, and in the place of a pair that is left stands no value.
  // `targets`: of each output, where the tile's values go.
  void run(std::size_t row, std::size_t row_end, std::size_t column, std::size_t column_end, double size, std::ptrdiff_t diagonal,
           const std::vector<MatrixView<T>>& targets) {
    sort_columns(column, column_end);
    left_.clear();
    for (std::size_t i = row; i < row_end; ++i) {
      const std::ptrdiff_t last = diagonal + static_cast<std::ptrdiff_t>(i - row);
      if (last < 0) continue;
      each_run(i, i - row, size, last);
      const std::size_t wanted = std::min(column_end - column, static_cast<std::size_t>(last) + 1);
      for (std::size_t o = 0; o < outputs_; ++o) {
        if (last < static_cast<std::ptrdiff_t>(column_end - column)) values_[o * kColumns + wanted - 1] = collapsed_.x().diagonal[o][i];
        std::copy_n(values_.data() + o * kColumns, wanted, targets[o].row(i - row));
      }
    }
  }

 private:
  struct Run {  // columns of one bin: order_[begin, end)
    std::uint16_t bin;
    std::size_t begin, end;
  };

  void sort_columns(std::size_t column, std::size_t column_end) {
    const Binned<T>& y = collapsed_.y();
    order_.clear(), runs_.clear();
    for (std::size_t j = column; j < column_end; ++j) order_.push_back(static_cast<std::uint32_t>(j - column));
    const auto bin = [&](std::uint32_t l) { return y.bin[column + l]; };
    std::stable_sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) { return bin(a) < bin(b); });
    for (std::size_t l = 0; l < order_.size(); ++l) {
      const std::size_t j = column + order_[l];
      if (runs_.empty() || runs_.back().bin != y.bin[j] || l - runs_.back().begin == kColumnsOfRun) runs_.push_back({y.bin[j], l, l});
      runs_.back().end = l + 1;
      inverse_norms_[l] = product::kOfLengthOne<T> ? T(1) : y.inverse_norm[j];
      for (std::size_t k = 0; k < y.places.size(); ++k) places_[k * kStride + l] = y.places[k][j];
      for (std::size_t o = 0; o < outputs_; ++o) roots_[o * kColumns + l] = y.roots[o][j];
    }
  }

  T factor(std::size_t i, double size) const {
    return product::kOfLengthOne<T> ? T(1) : static_cast<T>(collapsed_.x().inverse_norm[i] / size);
  }

  void each_run(std::size_t i, std::size_t row, double size, std::ptrdiff_t last) {
    const Binned<T>& x = collapsed_.x();
    const T* const sums = sums_.data() + row * kStride;
    const T least = static_cast<T>(collapsed_.shape().least()), most = static_cast<T>(collapsed_.shape().most());
    for (std::size_t k = 0; k < x.places.size(); ++k) row_places_[k + 1] = x.places[k][i];
    for (Run run : runs_) {
      const std::uint32_t* const order = order_.data() + run.begin;
      const auto wanted = [&](std::uint32_t l) { return static_cast<std::ptrdiff_t>(l) <= last; };
      if (!wanted(order[run.end - run.begin - 1]))
        run.end = run.begin + static_cast<std::size_t>(std::partition_point(order, order + (run.end - run.begin), wanted) - order);
      const std::size_t n = run.end - run.begin;
      if (n == 0) continue;
      const auto leave = [&](auto which) {
        for (std::size_t l = 0; l < n; ++l)
          if (which(l) && static_cast<std::ptrdiff_t>(order[l]) != last)
            left_.push_back({static_cast<std::uint32_t>(row), order[l], sums[order[l]]});
      };
      const auto all = [](std::size_t) { return true; };
      if (x.bin[i] == Binned<T>::kNone || run.bin == Binned<T>::kNone) {
        leave(all);
        continue;
      }
      const Found found = ops_.correlations(n, sums, order, factor(i, size), inverse_norms_.data() + run.begin, least, most, rho_.data());
      const Fit<T>* const plus = found.plus ? collapsed_.fit(x.bin[i], run.bin, Sheet::plus) : nullptr;
      const Fit<T>* const minus = found.minus ? collapsed_.fit(x.bin[i], run.bin, Sheet::minus) : nullptr;
      if ((found.plus && !plus) || (found.minus && !minus)) {
        leave(all);
        continue;
      }
      if (found.out) leave([&](std::size_t l) { return !(rho_[l] >= least && rho_[l] <= most); });
      evaluate(i, run, plus, minus);
    }
  }

  void evaluate(std::size_t i, const Run& run, const Fit<T>* plus, const Fit<T>* minus) {
    const std::size_t n = run.end - run.begin;
    const Columns<T> columns{n, kStride, places_.data() + run.begin};
    const auto by = [&](const Fit<T>* fit, Sheet sheet, std::vector<T>& out) {
      if (!fit) return;
      ops_.places(n, fit->t, sheet, rho_.data(), place2_.data());
      for (std::size_t o = 0; o < outputs_; ++o) {
        const Series<T>& series = fit->outputs[o];
        if (series.size > coefficients_.size()) coefficients_.resize(series.size);
        ops_.combine(fit->norms, row_places_.data(), series.coefficients.data(), series.size, coefficients_.data());
        ops_.evaluate(series, coefficients_.data(), columns, place2_.data(), out.data() + o * kColumnsOfRun);
      }
    };
    by(plus, Sheet::plus, plus_), by(minus, Sheet::minus, minus_);
    for (std::size_t o = 0; o < outputs_; ++o) {
      T* const from = (plus ? plus_ : minus_).data() + o * kColumnsOfRun;
      if (plus && minus)
        for (std::size_t l = 0; l < n; ++l)
          if (rho_[l] < static_cast<T>(kTurn)) from[l] = minus_[o * kColumnsOfRun + l];
      ops_.scatter(n, collapsed_.x().roots[o][i], roots_.data() + o * kColumns + run.begin, from, order_.data() + run.begin,
                   values_.data() + o * kColumns);
    }
  }

  Ops ops_;
  const Collapsed<R, T>& collapsed_;
  std::size_t outputs_;
  std::vector<T> sums_;
  std::vector<T> values_;  // of a row
  std::vector<Run> runs_;
  std::vector<std::uint32_t> order_;               // columns of the tile, bin after bin
  std::vector<T> inverse_norms_, places_, roots_;  // of them, in that order
  std::vector<T> rho_, place2_, plus_, minus_, row_places_, coefficients_;
  std::vector<Left> left_;
};

}  // namespace ntk::NTK_ABI::collapse
#endif
