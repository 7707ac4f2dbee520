// The samples of a result's rows or columns, ready for the drivers: blocks of features with their norms, and what the sample code leaves.
#pragma once
#ifndef NTK_RUNTIME_BLOCKS_HPP
#define NTK_RUNTIME_BLOCKS_HPP
#include <array>
#include <atomic>
#include <cstring>
#include <memory>
#include <mutex>
#include <type_traits>
#include <vector>

#include "ntk/runtime/features.hpp"
#include "ntk/runtime/lanes.hpp"
#include "ntk/runtime/model.hpp"
#include "ntk/runtime/views.hpp"

namespace ntk::NTK_ABI {

template <Model M>
class Samples {
 public:
  using Sample = typename M::template SampleOf<double>;
  using Strip = typename M::template SampleOf<Lanes>;  // eight neighbours

  // The rows [begin, end) of x. The view must live as long.
  template <class T>
  Samples(const M& model, ConstMatrixView<T> x, std::size_t begin, std::size_t end)
      : model_(model), begin_(begin), columns_(model.columns(x.columns)), computed_size_(model.computed_size(columns_)) {
    const std::size_t n = end - begin;
    samples_ = std::make_unique_for_overwrite<Sample[]>(n);  // memory that none asks for is not touched
    made_ = std::make_unique<std::atomic<bool>[]>(n);
    computed_.resize(n * computed_size_);
    norms_.resize(n * M::blocks);
    rows_.resize(n);
    if constexpr (!std::is_same_v<std::remove_const_t<T>, double>) converted_.resize(n * columns_);
    for (std::size_t i = 0; i < n; ++i) {
      if constexpr (std::is_same_v<std::remove_const_t<T>, double>) {
        rows_[i] = x.row(begin + i);
      } else {
        double* const row = converted_.data() + i * columns_;
        for (std::size_t k = 0; k < columns_; ++k) row[k] = static_cast<double>(x.row(begin + i)[k]);
        rows_[i] = row;
      }
      if (computed_size_ > 0) (*this)[begin + i];
      for (std::size_t b = 0; b < M::blocks; ++b) norms_[i * M::blocks + b] = inner(size(b), block(b, begin + i), block(b, begin + i));
    }
  }

  std::size_t begin() const { return begin_; }
  std::size_t end() const { return begin_ + rows_.size(); }
  std::size_t size(std::size_t b) const { return model_.block_size(b, columns_); }
  const double* block(std::size_t b, std::size_t i) const {
    return model_.block(b, rows_[i - begin_], columns_, computed_.data() + (i - begin_) * computed_size_);
  }
  double norm(std::size_t b, std::size_t i) const { return norms_[(i - begin_) * M::blocks + b]; }
  // Made when it is first asked for: a network that collapses wants few. Threads may ask at once.
  const Sample& operator[](std::size_t i) const {
    const std::size_t at = i - begin_;
    if (!made_[at].load(std::memory_order_acquire)) make(at);
    return samples_[at];
  }

  // Samples first .. first + 7; beyond the end the last one again.
  void strip(std::size_t first, Strip& out) const {
    if constexpr (M::sample_numbers > 0) {
      static_assert(sizeof(Sample) == M::sample_numbers * sizeof(double) && sizeof(Strip) == M::sample_numbers * sizeof(Lanes));
      for (std::size_t k = 0; k < M::sample_numbers; ++k) {
        Lanes values;
        for (std::size_t l = 0; l < lanes::kCount; ++l) {
          double value;
          std::memcpy(&value, reinterpret_cast<const char*>(&(*this)[within(first + l)]) + k * sizeof(double), sizeof(double));
          values.set(l, value);
        }
        std::memcpy(reinterpret_cast<char*>(&out) + k * sizeof(Lanes), &values, sizeof(Lanes));
      }
    }
  }
  std::size_t within(std::size_t i) const { return i < end() ? i : end() - 1; }

 private:
  void make(std::size_t at) const {
    const std::lock_guard lock(mutexes_[at % mutexes_.size()]);
    if (made_[at].load(std::memory_order_relaxed)) return;
    model_.sample(rows_[at], columns_, samples_[at], computed_.data() + at * computed_size_);
    made_[at].store(true, std::memory_order_release);
  }

  const M& model_;
  std::size_t begin_, columns_, computed_size_;
  std::unique_ptr<Sample[]> samples_;
  mutable std::unique_ptr<std::atomic<bool>[]> made_;
  mutable std::array<std::mutex, 16> mutexes_;  // of every sixteenth sample
  std::vector<const double*> rows_;
  std::vector<double> converted_, norms_;
  mutable std::vector<double> computed_;
};

}  // namespace ntk::NTK_ABI
#endif
