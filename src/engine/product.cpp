#include "engine/product.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

// What the instruction sets between SSE2 and AVX2 add is of no use here.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/product.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ntkc::engine::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using ::ntk::product::Panels;

// As many sums as the registers hold beside what they are made of. The header's block is written in its own vectors: those of a template
// outside this region would be the default target's.
template <class T>
struct SumBlock {
  using Tag = hn::CappedTag<T, HWY_MAX_BYTES / sizeof(T)>;
  static constexpr std::size_t kLanesOf = hn::MaxLanes(Tag()), kParts = ::ntk::product::kPanel<T> / kLanesOf;
  // Of floats sums of sums are in registers, too.
  static constexpr bool kOfSums = ::ntk::product::kSummed<T> < ::ntk::product::kDepth<T>;
  static constexpr std::size_t kRows = (kParts == 1 ? 8 : kParts == 2 ? 4 : 2) / (kOfSums ? 2 : 1), kStrips = kParts == 1 ? 3 : 1;

  template <std::size_t strips, class Range>
  static void run(std::size_t begin, std::size_t end, const Range& range, const T* HWY_RESTRICT rows, const T* HWY_RESTRICT columns,
                  std::size_t panel, T* HWY_RESTRICT out, std::size_t stride, bool add) {
    constexpr std::size_t kPanel = ::ntk::product::kPanel<T>, kAcross = strips * kParts;
    const Tag d;
    hn::Vec<decltype(d)> sums[kRows][kAcross], all[kRows][kAcross];
    for (std::size_t r = 0; r < kRows; ++r)
      for (std::size_t v = 0; v < kAcross; ++v) all[r][v] = hn::Zero(d);
    const std::size_t step = ::ntk::product::part_of(end - begin, ::ntk::product::kSummed<T>);
    for (std::size_t from = begin; from < end; from += step) {
      const auto which = range(from, std::min(from + step, end));
      for (auto& row : sums)
        for (auto& sum : row) sum = hn::Zero(d);
      const auto part = [&](std::size_t v) { return v / kParts * panel + v % kParts * kLanesOf; };
      for (std::size_t i = 0; i < which.count; ++i) {
        const std::size_t k = which[i], ahead = which[i + ::ntk::product::kAhead] * kPanel;
        hn::Vec<decltype(d)> right[kAcross];
        for (std::size_t v = 0; v < kAcross; ++v) right[v] = hn::Load(d, columns + part(v) + k * kPanel);
        for (std::size_t s = 0; s < strips; ++s) ::ntk::product::prefetch(columns + s * panel + ahead);
        ::ntk::product::prefetch(rows + ahead);
        for (std::size_t r = 0; r < kRows; ++r) {
          const auto left = hn::Set(d, rows[k * kPanel + r]);
          for (std::size_t v = 0; v < kAcross; ++v) sums[r][v] = hn::MulAdd(left, right[v], sums[r][v]);
        }
      }
      for (std::size_t r = 0; r < kRows; ++r)
        for (std::size_t v = 0; v < kAcross; ++v) all[r][v] = kOfSums ? hn::Add(all[r][v], sums[r][v]) : sums[r][v];
    }
    for (std::size_t r = 0; r < kRows; ++r)
      for (std::size_t v = 0; v < kAcross; ++v) {
        T* const to = out + r * stride + v * kLanesOf;
        hn::StoreU(add ? hn::Add(hn::LoadU(d, to), all[r][v]) : all[r][v], d, to);
      }
  }
};

void MultiplyDoubles(const Panels<double>& rows, const Panels<double>& columns, std::ptrdiff_t diagonal, double* sums, std::size_t stride) {
  ::ntk::product::multiply<SumBlock<double>>(rows, columns, diagonal, sums, stride);
}

void MultiplyFloats(const Panels<float>& rows, const Panels<float>& columns, std::ptrdiff_t diagonal, float* sums, std::size_t stride) {
  ::ntk::product::multiply<SumBlock<float>>(rows, columns, diagonal, sums, stride);
}

}  // namespace ntkc::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ntkc::engine {

using ::ntk::product::Panels;

HWY_EXPORT(MultiplyDoubles);
HWY_EXPORT(MultiplyFloats);

void multiply(const Panels<double>& rows, const Panels<double>& columns, std::ptrdiff_t diagonal, double* sums, std::size_t stride) {
  HWY_DYNAMIC_DISPATCH(MultiplyDoubles)(rows, columns, diagonal, sums, stride);
}

void multiply(const Panels<float>& rows, const Panels<float>& columns, std::ptrdiff_t diagonal, float* sums, std::size_t stride) {
  HWY_DYNAMIC_DISPATCH(MultiplyFloats)(rows, columns, diagonal, sums, stride);
}

std::ptrdiff_t diagonal_of(const Tile& tile, bool symmetric) {
  if (!symmetric) return std::numeric_limits<std::ptrdiff_t>::max() / 2;
  return static_cast<std::ptrdiff_t>(tile.row) - static_cast<std::ptrdiff_t>(tile.column);
}

std::vector<std::size_t> first_of_same(const plan::Plan& plan) {
  std::vector<std::size_t> out;
  for (const auto& product : plan.products) {
    std::size_t first = 0;
    while (plan.products[first].left != product.left || plan.products[first].right != product.right) ++first;
    out.push_back(first);
  }
  return out;
}

template <class T>
PackedSamples<T>::PackedSamples(const Context& context, bool rows)
    : context_(context), rows_(rows), first_(first_of_same(context.plan)), packed_(context.plan.products.size()) {}

template <class T>
void PackedSamples<T>::reset(const Samples& samples, std::size_t begin, std::size_t end) {
  samples_ = &samples, begin_ = begin, end_ = end;
  for (std::size_t p = 0; p < first_.size(); ++p)
    if (first_[p] == p) packed_[p].reset(samples.features(p, rows_).size, end - begin);
}

template <class T>
std::size_t PackedSamples<T>::panels() const {
  return packed_.empty() ? 0 : packed_[0].panels();
}

template <class T>
void PackedSamples<T>::pack(std::size_t panel) {
  for (std::size_t p = 0; p < first_.size(); ++p) {
    if (first_[p] != p) continue;
    const auto rows = samples_->features(p, rows_);
    const double* const norms = samples_->norms(p, rows_);
    packed_[p].pack(
        panel, [&](std::size_t i) { return rows.row(begin_ + i); },
        [&](std::size_t i) {
          if constexpr (!::ntk::product::kOfLengthOne<T>) return 1.0;
          return 1 / std::sqrt(norms[begin_ + i] * static_cast<double>(rows.size));  // what has no length is not collapsed
        });
  }
}

template <class T>
bool PackedSamples<T>::serves_rows(const Samples& samples, const Tile& tile) const {
  const auto& products = context_.plan.products;
  return samples_ == &samples && begin_ <= tile.row && tile.row_end <= end_ && (tile.row - begin_) % ::ntk::product::kPanel<T> == 0 &&
         std::all_of(products.begin(), products.end(), [](const auto& product) { return product.left == product.right; });
}

template <class T>
const PackedSamples<T>& rows_of(const Samples& samples, const Tile& tile, const PackedSamples<T>& columns, PackedSamples<T>& own) {
  if (columns.serves_rows(samples, tile)) return columns;
  if (own.holds(samples, tile.row, tile.row_end)) return own;
  own.reset(samples, tile.row, tile.row_end);
  for (std::size_t p = 0; p < own.panels(); ++p) own.pack(p);
  return own;
}

template class PackedSamples<double>;
template class PackedSamples<float>;
template const PackedSamples<double>& rows_of(const Samples&, const Tile&, const PackedSamples<double>&, PackedSamples<double>&);
template const PackedSamples<float>& rows_of(const Samples&, const Tile&, const PackedSamples<float>&, PackedSamples<float>&);

}  // namespace ntkc::engine
#endif
