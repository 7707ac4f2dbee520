// The columns of a tile of a collapsed network, bin by bin: numbers of their samples lie side by side.
#pragma once
#ifndef NTK_RUNTIME_COLLAPSE_COLUMNS_HPP
#define NTK_RUNTIME_COLLAPSE_COLUMNS_HPP
#include "ntk/runtime/collapse_data.hpp"
#include "ntk/runtime/collapse_row.hpp"
#include "ntk/runtime/packed.hpp"

namespace ntk::NTK_ABI::collapse {

template <class T>
class SortedColumns {
 public:
  // Some columns of one bin: order[begin, end).
  struct Run {
    std::uint16_t bin;
    std::size_t begin, end;
    std::size_t size() const { return end - begin; }
  };

  // Of `outputs` kernels; at most `most` columns at once.
  SortedColumns(const Binned<T>& of, std::size_t outputs, std::size_t most)
      : of_(of),
        most_(most),
        stride_(most + product::kPanel<T>),
        inverse_norms_(most),
        places_(of.places.size() * stride_ + product::kPanel<T>),
        roots_(outputs * most) {}

  void sort(std::size_t first, std::size_t end) {
    order_.clear(), runs_.clear();
    for (std::size_t j = first; j < end; ++j) order_.push_back(static_cast<std::uint32_t>(j - first));
    const auto bin = [&](std::uint32_t l) { return of_.bin[first + l]; };
    std::stable_sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) { return bin(a) < bin(b); });
    for (std::size_t l = 0; l < order_.size(); ++l) {
      const std::size_t j = first + order_[l];
      if (runs_.empty() || runs_.back().bin != of_.bin[j] || runs_.back().size() == kColumnsOfRun) runs_.push_back({of_.bin[j], l, l});
      runs_.back().end = l + 1;
      inverse_norms_[l] = product::kOfLengthOne<T> ? T(1) : of_.inverse_norm[j];
      for (std::size_t k = 0; k < of_.places.size(); ++k) places_[k * stride_ + l] = of_.places[k][j];
      for (std::size_t o = 0; o * most_ < roots_.size(); ++o) roots_[o * most_ + l] = of_.roots[o][j];
    }
  }

  const std::vector<Run>& runs() const { return runs_; }
  // Of a run: which columns; they ascend.
  const std::uint32_t* order(const Run& run) const { return order_.data() + run.begin; }
  const T* inverse_norms(const Run& run) const { return inverse_norms_.data() + run.begin; }
  Columns<T> basis(const Run& run) const { return {run.size(), stride_, places_.data() + run.begin}; }
  const T* roots(const Run& run, std::size_t output) const { return roots_.data() + output * most_ + run.begin; }
  // Those of a run that are no more than `last`.
  Run up_to(Run run, std::ptrdiff_t last) const {
    const std::uint32_t* const from = order(run);
    const auto within = [&](std::uint32_t l) { return static_cast<std::ptrdiff_t>(l) <= last; };
    if (run.size() > 0 && !within(from[run.size() - 1]))
      run.end = run.begin + static_cast<std::size_t>(std::partition_point(from, from + run.size(), within) - from);
    return run;
  }

 private:
  const Binned<T>& of_;
  std::size_t most_, stride_;
  std::vector<Run> runs_;
  std::vector<std::uint32_t> order_;
  std::vector<T> inverse_norms_, places_, roots_;
};

}  // namespace ntk::NTK_ABI::collapse
#endif
