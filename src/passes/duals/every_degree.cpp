// A few packs of nodes at a time stay in registers over many degrees; so many packs are summed together, and these sums.
#include "passes/duals/every_degree.hpp"

#include <algorithm>
#include <cmath>

// What the instruction sets between SSE2 and AVX2 add is of no use here; vectors of unknown length do not go into arrays.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4 | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "passes/duals/every_degree.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ntkc::passes::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Wide = hn::CappedTag<double, 8>;
using Vector = hn::Vec<Wide>;
inline constexpr std::size_t kVectors = 8 / hn::MaxLanes(Wide()), kPacks = 4;

// Of kPacks packs, 8 numbers each, over degrees first, first + 1, ...: what sums[8 i] begins is raised.
void Degrees(const double* z, const double* term, const double* up, const double* back, std::size_t count, double* h, double* before,
             double* sums) {
  const Wide wide;
  constexpr std::size_t kAll = kPacks * kVectors, kWidth = hn::MaxLanes(Wide());
  Vector now[kAll], last[kAll], at[kAll], factor[kAll];
  for (std::size_t v = 0; v < kAll; ++v) {
    now[v] = hn::LoadU(wide, h + v * kWidth), last[v] = hn::LoadU(wide, before + v * kWidth);
    at[v] = hn::LoadU(wide, z + v * kWidth), factor[v] = hn::LoadU(wide, term + v * kWidth);
  }
  for (std::size_t i = 0; i < count; ++i) {
    const Vector u = hn::Set(wide, up[i]), b = hn::Set(wide, back[i]);
    Vector product[kAll];
    for (std::size_t v = 0; v < kAll; ++v) {
      product[v] = hn::Mul(factor[v], now[v]);
      const Vector next = hn::Sub(hn::Mul(u, hn::Mul(at[v], now[v])), hn::Mul(b, last[v]));
      last[v] = now[v], now[v] = next;
    }
    for (std::size_t v = 0; v < kVectors; ++v) {
      const Vector sum = hn::Add(hn::Add(product[v], product[v + kVectors]), hn::Add(product[v + 2 * kVectors], product[v + 3 * kVectors]));
      double* const to = sums + 8 * i + v * kWidth;
      hn::StoreU(hn::Add(hn::LoadU(wide, to), sum), wide, to);
    }
  }
  for (std::size_t v = 0; v < kAll; ++v) hn::StoreU(now[v], wide, h + v * kWidth), hn::StoreU(last[v], wide, before + v * kWidth);
}

}  // namespace ntkc::passes::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ntkc::passes {
namespace {

HWY_EXPORT(Degrees);
constexpr std::size_t kPacks = 4, kBlocks = 16;  // packs of a block, blocks that are summed together

}  // namespace

std::vector<double> every_degree(const std::vector<::ntk::Lanes>& z, const std::vector<::ntk::Lanes>& term, std::size_t end) {
  const std::size_t blocks = (z.size() + kPacks - 1) / kPacks, numbers = 8 * kPacks * blocks;
  std::vector<double> at(numbers), factor(numbers), h(numbers, 1.0), before(numbers), sums(8 * kDegreesTogether), total, out(end);
  for (std::size_t i = 0; i < z.size(); ++i) z[i].store(&at[8 * i]), term[i].store(&factor[8 * i]);
  double up[kDegreesTogether], back[kDegreesTogether];
  for (std::size_t first = 0; first < end; first += kDegreesTogether) {
    for (std::size_t i = 0; i < kDegreesTogether; ++i) {
      const auto degree = static_cast<double>(first + i);
      up[i] = 1 / std::sqrt(degree + 1), back[i] = std::sqrt(degree / (degree + 1));
    }
    total.assign(sums.size(), 0.0);
    for (std::size_t block = 0; block < blocks; ++block) {
      if (block % kBlocks == 0) std::fill(sums.begin(), sums.end(), 0.0);
      const std::size_t from = 8 * kPacks * block;
      HWY_DYNAMIC_DISPATCH(Degrees)(&at[from], &factor[from], up, back, kDegreesTogether, &h[from], &before[from], sums.data());
      if (block % kBlocks + 1 == kBlocks || block + 1 == blocks)
        for (std::size_t i = 0; i < sums.size(); ++i) total[i] += sums[i];
    }
    for (std::size_t i = 0; i < kDegreesTogether; ++i) {
      const double* t = &total[8 * i];
      out[first + i] = ((t[0] + t[4]) + (t[2] + t[6])) + ((t[1] + t[5]) + (t[3] + t[7]));
    }
  }
  return out;
}

double rounding_of_every_degree(std::size_t packs) {
  const std::size_t blocks = packs / kPacks + 1;
  const std::size_t sums = std::min(blocks, kBlocks) + blocks / kBlocks;
  return 0x1p-53 * static_cast<double>(sums + 7);
}

}  // namespace ntkc::passes
#endif
