// The columns of a tile of a collapsed network, bin by bin: numbers of their samples lie side by side. Those of a run begin with a line of
// the cache, since vectors that cross one are read twice.
#pragma once
#ifndef NTK_RUNTIME_COLLAPSE_COLUMNS_HPP
#define NTK_RUNTIME_COLLAPSE_COLUMNS_HPP
#include <numeric>

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

  // Of `outputs` kernels.
  SortedColumns(const Binned<T>& of, std::size_t outputs) : of_(of), outputs_(outputs) {}

  void sort(std::size_t first, std::size_t end) {
    sorted_.resize(end - first), runs_.clear();
    std::iota(sorted_.begin(), sorted_.end(), 0u);
    const auto bin = [&](std::uint32_t l) { return of_.bin[first + l]; };
    std::stable_sort(sorted_.begin(), sorted_.end(), [&](std::uint32_t a, std::uint32_t b) { return bin(a) < bin(b); });
    std::size_t at = 0;
    for (const std::uint32_t l : sorted_) {
      if (runs_.empty() || runs_.back().bin != bin(l) || runs_.back().size() == kColumnsOfRun)
        at = rounded(at), runs_.push_back({bin(l), at, at});
      runs_.back().end = ++at;
    }
    make_room(rounded(at));
    const std::uint32_t* next = sorted_.data();
    for (const Run& run : runs_)
      for (std::size_t l = run.begin; l < run.end; ++l) {
        const std::size_t j = first + (order_[l] = *next++);
        inverse_norms_[l] = product::kOfLengthOne<T> ? T(1) : of_.inverse_norm[j];
        for (std::size_t k = 0; k < of_.places.size(); ++k) places_[k * stride_ + l] = of_.places[k][j];
        if constexpr (kHasSmall<T>)
          for (std::size_t k = 0; k < of_.places.size(); ++k) small_[k * stride_ + l] = static_cast<float>(of_.places[k][j]);
        for (std::size_t o = 0; o < outputs_; ++o) roots_[o * room_ + l] = of_.roots[o][j];
      }
  }

  const std::vector<Run>& runs() const { return runs_; }
  // Of a run: which columns; they ascend.
  const std::uint32_t* order(const Run& run) const { return order_.data() + run.begin; }
  const T* inverse_norms(const Run& run) const { return inverse_norms_.data() + run.begin; }
  Columns<T> basis(const Run& run) const { return {run.size(), stride_, places_.data() + run.begin}; }
  // The same in floats, where sums of doubles have a part in these.
  Columns<float> small(const Run& run) const { return {run.size(), stride_, small_.data() + run.begin}; }
  const T* roots(const Run& run, std::size_t output) const { return roots_.data() + output * room_ + run.begin; }
  // Those of a run that are no more than `last`.
  Run up_to(Run run, std::ptrdiff_t last) const {
    const std::uint32_t* const from = order(run);
    const auto within = [&](std::uint32_t l) { return static_cast<std::ptrdiff_t>(l) <= last; };
    if (run.size() > 0 && !within(from[run.size() - 1]))
      run.end = run.begin + static_cast<std::size_t>(std::partition_point(from, from + run.size(), within) - from);
    return run;
  }

 private:
  // To whole lines of floats.
  static constexpr std::size_t kWhole = product::kPanel<float>;
  static std::size_t rounded(std::size_t n) { return (n + kWhole - 1) / kWhole * kWhole; }
  // Behind the last column vectors are read to their end.
  void make_room(std::size_t n) {
    if (n <= room_) return;
    room_ = n, stride_ = n + kWhole;
    order_.resize(n), inverse_norms_.resize(n), roots_.resize(outputs_ * n);
    places_.resize(of_.places.size() * stride_ + kWhole);
    if (kHasSmall<T>) small_.resize(places_.size());
  }

  const Binned<T>& of_;
  std::size_t outputs_, room_ = 0, stride_ = 0;
  std::vector<Run> runs_;
  std::vector<std::uint32_t> sorted_, order_;
  product::Aligned<T> inverse_norms_, places_, roots_;
  product::Aligned<float> small_;
};

}  // namespace ntk::NTK_ABI::collapse
#endif
