#include "engine/product.hpp"

#include <limits>

// What the instruction sets between SSE2 and AVX2 add is of no use here.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/product.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ntkc::engine::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// As many sums as the registers hold beside what they are made of. The header's block is written in its own vectors: those of a template
// outside this region would be the default target's.
struct SumBlock {
  static constexpr std::size_t kLanesOf = HWY_MAX_BYTES / sizeof(double), kParts = ::ntk::product::kPanel<double> / kLanesOf;
  static constexpr std::size_t kRows = kParts == 1 ? 8 : kParts == 2 ? 4 : 2, kStrips = kParts == 1 ? 3 : 1;

  template <std::size_t strips>
  static void run(std::size_t n, const double* HWY_RESTRICT rows, const double* HWY_RESTRICT columns, std::size_t panel,
                  double* HWY_RESTRICT out, std::size_t stride, bool add) {
    constexpr std::size_t kPanel = ::ntk::product::kPanel<double>, kAcross = strips * kParts;
    const hn::CappedTag<double, kLanesOf> d;
    hn::Vec<decltype(d)> sums[kRows][kAcross];
    for (auto& row : sums)
      for (auto& sum : row) sum = hn::Zero(d);
    const auto part = [&](std::size_t v) { return v / kParts * panel + v % kParts * kLanesOf; };
    for (std::size_t k = 0; k < n; ++k) {
      hn::Vec<decltype(d)> right[kAcross];
      for (std::size_t v = 0; v < kAcross; ++v) right[v] = hn::Load(d, columns + part(v) + k * kPanel);
      for (std::size_t r = 0; r < kRows; ++r) {
        const auto left = hn::Set(d, rows[k * kPanel + r]);
        for (std::size_t v = 0; v < kAcross; ++v) sums[r][v] = hn::MulAdd(left, right[v], sums[r][v]);
      }
    }
    for (std::size_t r = 0; r < kRows; ++r)
      for (std::size_t v = 0; v < kAcross; ++v) {
        double* const to = out + r * stride + v * kLanesOf;
        hn::StoreU(add ? hn::Add(hn::LoadU(d, to), sums[r][v]) : sums[r][v], d, to);
      }
  }
};

void Multiply(const ::ntk::product::Packed<double>& rows, const ::ntk::product::Packed<double>& columns, std::size_t first,
              std::size_t panels, std::ptrdiff_t diagonal, double* sums, std::size_t stride) {
  ::ntk::product::multiply<SumBlock>(rows, columns, first, panels, diagonal, sums, stride);
}

}  // namespace ntkc::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ntkc::engine {

HWY_EXPORT(Multiply);

void multiply(const ::ntk::product::Packed<double>& rows, const ::ntk::product::Packed<double>& columns, std::size_t first,
              std::size_t count, std::ptrdiff_t diagonal, double* sums, std::size_t stride) {
  constexpr std::size_t kPanel = ::ntk::product::kPanel<double>;
  HWY_DYNAMIC_DISPATCH(Multiply)(rows, columns, first / kPanel, (count + kPanel - 1) / kPanel, diagonal, sums, stride);
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

PackedSamples::PackedSamples(const Context& context, bool rows)
    : context_(context), rows_(rows), first_(first_of_same(context.plan)), packed_(context.plan.products.size()) {}

void PackedSamples::reset(const Samples& samples, std::size_t begin, std::size_t end) {
  samples_ = &samples, begin_ = begin, end_ = end;
  for (std::size_t p = 0; p < first_.size(); ++p)
    if (first_[p] == p) packed_[p].reset(samples.features(p, rows_).size, end - begin);
}

std::size_t PackedSamples::panels() const { return packed_.empty() ? 0 : packed_[0].panels(); }

void PackedSamples::pack(std::size_t panel) {
  for (std::size_t p = 0; p < first_.size(); ++p) {
    if (first_[p] != p) continue;
    const auto rows = samples_->features(p, rows_);
    packed_[p].pack(panel, [&](std::size_t i) { return rows.row(begin_ + i); });
  }
}

void pack_once(PackedSamples& rows, const Samples& samples, const Tile& tile) {
  if (rows.holds(samples, tile.row, tile.row_end)) return;
  rows.reset(samples, tile.row, tile.row_end);
  for (std::size_t p = 0; p < rows.panels(); ++p) rows.pack(p);
}

}  // namespace ntkc::engine
#endif
