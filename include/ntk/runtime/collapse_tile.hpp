// One tile of a collapsed network: a few rows of one bin at a time, their columns bin by bin. Pairs that no fit serves are left to the
// recursion.
#pragma once
#ifndef NTK_RUNTIME_COLLAPSE_TILE_HPP
#define NTK_RUNTIME_COLLAPSE_TILE_HPP
#include <cmath>
#include <numeric>

#include "ntk/runtime/collapse_columns.hpp"
#include "ntk/runtime/views.hpp"

namespace ntk::NTK_ABI::collapse {

// Ops are the loops over columns, in the form that a reader compiles them in: see collapse_row.hpp.
// Results are of type Out.
template <class R, class T, template <class> class Ops, class Out = T>
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
        values_(kTogether * outputs * kColumns),
        columns_(collapsed.y(), outputs),
        coefficients_(2 * outputs),
        rho_(kColumnsOfRun),
        place2_(kColumnsOfRun),
        plus_(outputs * kColumnsOfRun),
        minus_(outputs * kColumnsOfRun),
        small_place2_(kColumnsOfRun),
        small_values_(kColumnsOfRun),
        row_places_(kTogether * (collapsed.x().places.size() + 1)),
        small_row_places_(row_places_.size()),
        outside_(kColumnsOfRun) {}

  T* sums() { return sums_.data(); }  // of products, rows kStride apart
  const std::vector<Left>& left() const { return left_; }

  // Rows and columns count from the first of x and y. `size`: of samples. In the tile only columns j <= i + diagonal are wanted, of
  // which the last is the row's own sample: nothing is written beyond them, and in the place of a pair that is left stands no value.
  // `targets`: of each output, where the tile's values go; without data it is not computed.
  void run(std::size_t row, std::size_t row_end, std::size_t column, std::size_t column_end, double size, std::ptrdiff_t diagonal,
           const std::vector<MatrixView<Out>>& targets) {
    const Binned<T>& x = collapsed_.x();
    columns_.sort(column, column_end);
    left_.clear(), rows_.clear(), wanted_.clear();
    for (std::size_t o = 0; o < outputs_; ++o)
      if (targets[o].data) wanted_.push_back(o);
    for (std::size_t i = row; i < row_end; ++i) {
      const std::ptrdiff_t last = diagonal + static_cast<std::ptrdiff_t>(i - row);
      if (last >= 0) rows_.push_back({i, i - row, last, product::kOfLengthOne<T> ? T(1) : static_cast<T>(x.inverse_norm[i] / size)});
    }
    std::stable_sort(rows_.begin(), rows_.end(), [&](const Row& a, const Row& b) { return x.bin[a.i] < x.bin[b.i]; });
    for (std::size_t begin = 0, end = 0; begin < rows_.size(); begin = end) {
      while (end < rows_.size() && end < begin + kTogether && x.bin[rows_[end].i] == x.bin[rows_[begin].i]) ++end;
      const std::span<const Row> rows(rows_.data() + begin, end - begin);
      each_run(rows);
      for (std::size_t r = 0; r < rows.size(); ++r) deliver(rows[r], r, column_end - column, targets);
    }
  }

 private:
  using Run = typename SortedColumns<T>::Run;
  struct Row {
    std::size_t i, place;  // of all rows, of the tile's
    std::ptrdiff_t last;   // column that is wanted
    T factor;              // of its sums: with the inverse norms of columns they are correlations
  };
  // The fit of a pair of bins on a sheet, once it is known that it is wanted; its coefficients summed for the rows.
  struct Sheeted {
    bool known = false;
    const Fit<T>* fit = nullptr;
  };

  T* values(std::size_t r, std::size_t output) { return values_.data() + (r * outputs_ + output) * kColumns; }
  // Of some rows: their coefficients of a series.
  struct Sums {
    product::Aligned<T> terms;
    product::Aligned<float> small;
  };
  Sums& sums_of(Sheet sheet, std::size_t output) { return coefficients_[2 * output + (sheet == Sheet::minus ? 1 : 0)]; }
  template <class N>
  static void combine(const Ops<N>& ops, std::size_t norms, const Terms<N>& terms, const std::vector<N>& places, product::Aligned<N>& to) {
    if (kTogether * terms.stride() > to.size()) to.resize(kTogether * terms.stride());
    ops.combine(norms, places.data(), terms.coefficients.data(), terms.size, terms.stride(), to.data());
  }

  void deliver(const Row& row, std::size_t r, std::size_t columns, const std::vector<MatrixView<Out>>& targets) {
    const bool own = row.last < static_cast<std::ptrdiff_t>(columns);
    const std::size_t wanted = own ? static_cast<std::size_t>(row.last) + 1 : columns;
    for (const std::size_t o : wanted_) {
      if (own) values(r, o)[wanted - 1] = collapsed_.x().diagonal[o][row.i];
      std::transform(values(r, o), values(r, o) + wanted, targets[o].row(row.place), [](T value) { return static_cast<Out>(value); });
    }
  }

  // Rows of one bin.
  void each_run(std::span<const Row> rows) {
    const Binned<T>& x = collapsed_.x();
    const std::uint16_t bin = x.bin[rows[0].i];
    std::fill(row_places_.begin(), row_places_.end(), T(0));
    for (std::size_t r = 0; r < rows.size(); ++r) {
      row_places_[r] = 1;
      for (std::size_t k = 0; k < x.places.size(); ++k) row_places_[(k + 1) * kTogether + r] = x.places[k][rows[r].i];
    }
    std::transform(row_places_.begin(), row_places_.end(), small_row_places_.begin(), [](T place) { return static_cast<float>(place); });
    for (const Run& all : columns_.runs()) {
      Sheeted plus, minus;
      for (std::size_t r = 0; r < rows.size(); ++r) {
        const Run run = columns_.up_to(all, rows[r].last);
        if (run.size() == 0) continue;
        if (bin == Binned<T>::kNone || run.bin == Binned<T>::kNone)
          leave(rows[r], run, every(run));
        else
          each_pair(rows[r], r, run, plus, minus);
      }
    }
  }

  const Fit<T>* found(Sheeted& of, Sheet sheet, std::uint16_t row_bin, std::uint16_t column_bin) {
    if (of.known) return of.fit;
    of = {true, collapsed_.fit(row_bin, column_bin, sheet)};
    if (!of.fit) return nullptr;
    for (const std::size_t o : wanted_) {
      const Series<T>& series = of.fit->outputs[o];
      Sums& sums = sums_of(sheet, o);
      combine(ops_, of.fit->norms, series.terms, row_places_, sums.terms);
      if (series.small.size > 0) combine(small_ops_, of.fit->norms, series.small, small_row_places_, sums.small);
    }
    return of.fit;
  }

  void each_pair(const Row& row, std::size_t r, const Run& run, Sheeted& of_plus, Sheeted& of_minus) {
    const T least = static_cast<T>(collapsed_.shape().least()), most = static_cast<T>(collapsed_.shape().most());
    const T turn = static_cast<T>(collapsed_.shape().turn);
    const std::uint16_t bin = collapsed_.x().bin[row.i];
    const Found are = ops_.correlations(run.size(), sums_.data() + row.place * kStride, columns_.order(run), row.factor,
                                        columns_.inverse_norms(run), least, turn, most, rho_.data());
    const Fit<T>* const plus = are.plus ? found(of_plus, Sheet::plus, bin, run.bin) : nullptr;
    const Fit<T>* const minus = are.minus ? found(of_minus, Sheet::minus, bin, run.bin) : nullptr;
    if (are.out || (are.plus && !plus) || (are.minus && !minus)) {
      const T low = minus ? least : std::max(least, turn), high = plus ? most : std::min(most, std::nextafter(turn, T(-1)));
      leave(row, run, plus || minus ? ops_.outside(run.size(), rho_.data(), low, high, outside_.data()) : every(run));
    }
    if (plus) evaluate(*plus, Sheet::plus, r, run, plus_);
    if (minus) evaluate(*minus, Sheet::minus, r, run, minus_);
    if (!plus && !minus) return;
    for (const std::size_t o : wanted_) {
      T* const from = (plus ? plus_ : minus_).data() + o * kColumnsOfRun;
      if (plus && minus) ops_.blend(run.size(), rho_.data(), turn, minus_.data() + o * kColumnsOfRun, from);
      ops_.scatter(run.size(), collapsed_.x().roots[o][row.i], columns_.roots(run, o), from, columns_.order(run), values(r, o));
    }
  }

  void evaluate(const Fit<T>& fit, Sheet sheet, std::size_t r, const Run& run, product::Aligned<T>& out) {
    ops_.places(run.size(), fit.t, sheet, rho_.data(), place2_.data());
    if constexpr (kHasSmall<T>) ops_.narrow(run.size(), place2_.data(), small_place2_.data());
    for (const std::size_t o : wanted_) {
      const Series<T>& series = fit.outputs[o];
      Sums& sums = sums_of(sheet, o);
      T* const to = out.data() + o * kColumnsOfRun;
      ops_.evaluate(series.terms, sums.terms.data() + r * series.terms.stride(), columns_.basis(run), place2_.data(), to);
      if constexpr (kHasSmall<T>) {
        if (series.small.size == 0) continue;
        small_ops_.evaluate(series.small, sums.small.data() + r * series.small.stride(), columns_.small(run), small_place2_.data(),
                            small_values_.data());
        ops_.add(run.size(), small_values_.data(), to);
      }
    }
  }

  std::size_t every(const Run& run) {
    std::iota(outside_.begin(), outside_.begin() + static_cast<std::ptrdiff_t>(run.size()), 0u);
    return run.size();
  }
  // The first columns of outside_, but no sample with itself.
  void leave(const Row& row, const Run& run, std::size_t count) {
    const T* const sums = sums_.data() + row.place * kStride;
    for (std::size_t k = 0; k < count; ++k)
      if (const std::uint32_t column = columns_.order(run)[outside_[k]]; static_cast<std::ptrdiff_t>(column) != row.last)
        left_.push_back({static_cast<std::uint32_t>(row.place), column, sums[column]});
  }

  Ops<T> ops_;
  Ops<float> small_ops_;
  const Collapsed<R, T>& collapsed_;
  std::size_t outputs_;
  std::vector<std::size_t> wanted_;
  product::Aligned<T> sums_;
  product::Aligned<T> values_;  // of the rows
  SortedColumns<T> columns_;
  std::vector<Row> rows_;
  std::vector<Sums> coefficients_;
  product::Aligned<T> rho_, place2_, plus_, minus_;
  product::Aligned<float> small_place2_, small_values_;
  std::vector<T> row_places_;
  std::vector<float> small_row_places_;
  std::vector<std::uint32_t> outside_;  // of a run
  std::vector<Left> left_;
};

}  // namespace ntk::NTK_ABI::collapse
#endif
