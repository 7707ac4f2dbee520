// Samples packed for their products: panels of samples side by side, so that a block of sums stays in registers while it grows.
#pragma once
#ifndef NTK_RUNTIME_PACKED_HPP
#define NTK_RUNTIME_PACKED_HPP
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "ntk/runtime/lanes.hpp"

namespace ntk::NTK_ABI::product {

// Numbers of less than double precision are packed of samples of length 1, whose sums are correlations: squares of what is given might be
// none.
template <class T>
inline constexpr bool kOfLengthOne = sizeof(T) < sizeof(double);

// Of samples as they are.
inline constexpr auto kUnit = [](std::size_t) { return 1.0; };

// Samples of a panel: 64 bytes of each of their numbers.
template <class T>
inline constexpr std::size_t kPanel = 64 / sizeof(T);

template <class T>
struct alignas(64) AlignedLine {
  T at[kPanel<T>];
};

// Numbers that begin with a line of the cache.
template <class T>
class Aligned {
 public:
  explicit Aligned(std::size_t n = 0) { resize(n); }
  void resize(std::size_t n) { size_ = n, lines_.resize((n + kPanel<T> - 1) / kPanel<T>); }
  std::size_t size() const { return size_; }
  T* data() { return reinterpret_cast<T*>(lines_.data()); }
  const T* data() const { return reinterpret_cast<const T*>(lines_.data()); }
  T& operator[](std::size_t i) { return data()[i]; }

 private:
  std::size_t size_ = 0;
  std::vector<AlignedLine<T>> lines_;
};

// Blocks ask for what they read so many numbers of a sample ahead: rows come from the second-level cache, columns from the third.
inline constexpr std::size_t kAhead = 32;

// Which numbers of samples a sum is of: [first, first + count); or those at some places.
struct All {
  std::size_t first, count;
  std::size_t operator[](std::size_t k) const { return first + k; }
};
struct Some {
  const std::uint32_t* at;  // and kAhead places behind them
  std::size_t count;
  std::size_t operator[](std::size_t k) const { return at[k]; }
};

// Of a few neighbouring samples the places where one of them is not 0, unless these are nearly all. A finite number times 0 changes no sum.
class Present {
 public:
  static constexpr std::size_t kSamples = 8;

  void reset(std::size_t n, std::size_t count) {
    size_ = n;
    if (count * (n + kAhead) > room_) {
      room_ = count * (n + kAhead);
      places_ = std::make_unique_for_overwrite<std::uint32_t[]>(room_);
      before_ = std::make_unique_for_overwrite<std::uint32_t[]>(room_);
    }
    few_.assign(count, 0);
  }
  // is_zero(k): whether number k of all of the samples is.
  template <class IsZero>
  void look(std::size_t samples, IsZero is_zero) {
    constexpr double kFew = 0.94;  // part of the numbers
    std::size_t zeros = 0;
    for (std::size_t k = 0; k < size_; ++k) zeros += is_zero(k) ? 1 : 0;
    few_[samples] = static_cast<double>(size_ - zeros) < kFew * static_cast<double>(size_) ? 1 : 0;
    if (!are_few(samples)) return;
    std::uint32_t *const places = places_.get() + at(samples), *const before = before_.get() + at(samples), count = 0;
    for (std::size_t k = 0; k < size_; ++k) {
      before[k] = count, places[count] = static_cast<std::uint32_t>(k);
      count += is_zero(k) ? 0 : 1;
    }
    before[size_] = count;
    std::fill_n(places + count, kAhead, 0);
  }
  bool are_few(std::size_t samples) const { return few_[samples] != 0; }
  // Of numbers [begin, end).
  Some some(std::size_t samples, std::size_t begin, std::size_t end) const {
    const std::uint32_t* const before = before_.get() + at(samples);
    return {places_.get() + at(samples) + before[begin], before[end] - before[begin]};
  }

 private:
  std::size_t at(std::size_t samples) const { return samples * (size_ + kAhead); }
  std::unique_ptr<std::uint32_t[]> places_, before_;
  std::vector<unsigned char> few_;  // of which several threads write
  std::size_t room_ = 0, size_ = 0;
};

template <class T>
class Packed {
 public:
  // Makes room for `count` samples of n numbers; what was there is lost.
  void reset(std::size_t n, std::size_t count) {
    const std::size_t panels = (count + kPanel<T> - 1) / kPanel<T>;
    if (panels * n > room_) lines_ = std::make_unique_for_overwrite<AlignedLine<T>[]>(room_ = panels * n);
    size_ = n, count_ = count, panels_ = panels;
    present_.reset(n, panels * (kPanel<T> / Present::kSamples));
  }
  // row(i): the numbers of sample i, to be multiplied by factor(i). Panels may be packed at once; after the last sample it comes again.
  template <class Row, class Factor>
  void pack(std::size_t panel, Row row, Factor factor) {
    constexpr std::size_t kTogether = Present::kSamples;  // a line of the cache of each sample
    AlignedLine<T>* const to = lines_.get() + panel * size_;
    for (std::size_t l = 0; l < kPanel<T>; l += kTogether) {
      decltype(row(0)) from[kTogether];
      double times[kTogether];
      for (std::size_t s = 0; s < kTogether; ++s) {
        const std::size_t i = std::min(panel * kPanel<T> + l + s, count_ - 1);
        from[s] = row(i), times[s] = factor(i);
      }
      for (std::size_t k = 0; k < size_; k += kTogether)
        for (std::size_t s = 0; s < kTogether; ++s)
          for (std::size_t u = k; u < std::min(k + kTogether, size_); ++u) to[u].at[l + s] = static_cast<T>(from[s][u] * times[s]);
      present_.look((panel * kPanel<T> + l) / kTogether, [&](std::size_t k) {
        bool zero = true;
        for (std::size_t s = 0; s < kTogether; ++s) zero &= to[k].at[l + s] == T(0);
        return zero;
      });
    }
  }
  template <class Row, class Factor>
  void pack_all(std::size_t n, std::size_t count, Row row, Factor factor) {
    reset(n, count);
    for (std::size_t p = 0; p < panels_; ++p) pack(p, row, factor);
  }

  std::size_t size() const { return size_; }      // numbers of a sample
  std::size_t panels() const { return panels_; }  // number k of sample l of panel p is at panel(p)[k * kPanel + l]
  const T* panel(std::size_t p) const { return lines_[p * size_].at; }
  const Present& present() const { return present_; }

 private:
  std::unique_ptr<AlignedLine<T>[]> lines_;
  std::size_t room_ = 0, size_ = 0, count_ = 0, panels_ = 0;
  Present present_;
};

// Some panels, one after the other.
template <class T>
struct Panels {
  const Packed<T>* packed;
  std::size_t first, count;
  Panels(const Packed<T>& of, std::size_t first_sample, std::size_t samples)  // a multiple of kPanel
      : packed(&of), first(first_sample / kPanel<T>), count((samples + kPanel<T> - 1) / kPanel<T>) {}
  const T* panel(std::size_t p) const { return packed->panel(first + p); }
};

// Numbers of a sample whose products are added up at a time: rows of a tile stay in the second-level cache.
template <class T>
inline constexpr std::size_t kDepth = 6400 / sizeof(T);
// Of which so many in one sum, and in a sum of sums: of floats fewer, since sums of sums of sums lose less, most
// of all where many products are the same number.
template <class T>
inline constexpr std::size_t kSummed = sizeof(T) < sizeof(double) ? 14 : kDepth<T>;
template <class T>
inline constexpr std::size_t kGrouped = sizeof(T) < sizeof(double) ? 224 : kDepth<T>;

NTK_INLINE void prefetch([[maybe_unused]] const void* at) {
#if defined(__GNUC__)
  __builtin_prefetch(at);
#endif
}

// The length of parts of n that are as equal as can be, none longer than `most`; 1 of none.
inline std::size_t part_of(std::size_t n, std::size_t most) {
  const std::size_t count = std::max<std::size_t>(1, (n + most - 1) / most);
  return std::max<std::size_t>(1, (n + count - 1) / count);
}
// f(begin, end) of such parts of [0, n); none of them is f(0, 0).
template <class F>
void parts(std::size_t n, std::size_t most, F f) {
  const std::size_t step = part_of(n, most);
  std::size_t k = 0;
  do f(k, std::min(k + step, n));
  while ((k += step) < n);
}

// out[i * stride + j] = sum over k of number k of row i times that of column j. Nothing is written above the diagonal,
// j > i + diagonal, but for a block that crosses it. The order of a sum depends on nothing but the length of samples. Block has
//   kRows, kStrips                 rows (a divisor of kPanel) and panels of columns whose sums registers hold
//   static void run<strips>(begin, end, range, rows, columns, panel, out, stride, add)
// which sums numbers [begin, end) in parts of kSummed, those of range(k, k_end), All or Some; columns of strips s begin at columns + s *
// panel.
template <class Block, class T>
void multiply(const Panels<T>& rows, const Panels<T>& columns, std::ptrdiff_t diagonal, T* out, std::size_t stride) {
  const std::size_t n = rows.packed->size();
  const auto above = [&](std::size_t i, std::size_t j) {
    return static_cast<std::ptrdiff_t>(j) > static_cast<std::ptrdiff_t>(i) + diagonal;
  };
  parts(n, kDepth<T>, [&](std::size_t begin, std::size_t end) {
    const auto strips = [&]<std::size_t kStrips>(std::size_t p) {
      for (std::size_t i = 0; i < rows.count * kPanel<T>; i += Block::kRows) {
        if (above(i + Block::kRows - 1, p * kPanel<T>)) continue;
        const Present& present = rows.packed->present();
        const std::size_t samples = (rows.first * kPanel<T> + i) / Present::kSamples;
        const auto sum = [&](const auto& range) {
          parts(end - begin, kGrouped<T>, [&](std::size_t first, std::size_t last) {
            Block::template run<kStrips>(begin + first, begin + last, range, rows.panel(i / kPanel<T>) + i % kPanel<T>, columns.panel(p),
                                         n * kPanel<T>, out + i * stride + p * kPanel<T>, stride, begin + first > 0);
          });
        };
        if (present.are_few(samples))
          sum([&](std::size_t k, std::size_t k_end) { return present.some(samples, k, k_end); });
        else
          sum([](std::size_t k, std::size_t k_end) { return All{k, k_end - k}; });
      }
    };
    std::size_t p = 0;
    for (; p + Block::kStrips <= columns.count; p += Block::kStrips) strips.template operator()<Block::kStrips>(p);
    for (; p < columns.count; ++p) strips.template operator()<1>(p);
  });
}

}  // namespace ntk::NTK_ABI::product
#endif
