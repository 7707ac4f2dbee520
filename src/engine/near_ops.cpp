#include "engine/near_ops.hpp"

#include <cmath>
#include <utility>

// What the instruction sets between SSE2 and AVX2 add is of no use here.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/near_ops.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ntkc::engine::HWY_NAMESPACE {

// Sums run in sixteen strands.
template <class F>
HWY_INLINE double Mean(std::size_t n, F term) {
  constexpr std::size_t kStrands = 16;
  double strands[kStrands] = {};
  std::size_t k = 0;
  for (; k + kStrands <= n; k += kStrands)
    for (std::size_t s = 0; s < kStrands; ++s) strands[s] += term(k + s);
  for (std::size_t s = 0; k < n; ++k, ++s) strands[s] += term(k);
  for (std::size_t step = kStrands / 2; step > 0; step /= 2)
    for (std::size_t s = 0; s < step; ++s) strands[s] += strands[s + step];
  return strands[0] / static_cast<double>(n);
}

double Inner(std::size_t n, const double* a, const double* b) {
  return Mean(n, [=](std::size_t k) { return a[k] * b[k]; });
}

// As ntk::gram_determinant: what a projection leaves of the shorter row.
Near NearPair(std::size_t n, const double* a, const double* b, double qa, double qb) {
  const double inner = Inner(n, a, b);
  const double distance = Mean(n, [=](std::size_t k) { return (a[k] - b[k]) * (a[k] - b[k]); });
  if (qa < qb) std::swap(a, b), std::swap(qa, qb);
  if (!(qa > 0)) return {inner, distance, 0};
  const double factor = inner / qa;
  const double rest = Mean(n, [=](std::size_t k) {
    const double r = std::fma(-factor, a[k], b[k]);
    return r * r;
  });
  return {inner, distance, qa * rest};
}

}  // namespace ntkc::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ntkc::engine {

HWY_EXPORT(Inner);
HWY_EXPORT(NearPair);

double inner(std::size_t n, const double* a, const double* b) { return HWY_DYNAMIC_DISPATCH(Inner)(n, a, b); }

Near near(std::size_t n, const double* a, const double* b, double qa, double qb) { return HWY_DYNAMIC_DISPATCH(NearPair)(n, a, b, qa, qb); }

}  // namespace ntkc::engine
#endif
