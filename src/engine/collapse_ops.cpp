#include "engine/collapse_ops.hpp"

#include <cmath>

// What the instruction sets between SSE2 and AVX2 add is of no use here.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/collapse_ops.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

// Most are loops over plain doubles that compilers vectorise: the templates are the runtime's, so generated code computes the same.
HWY_BEFORE_NAMESPACE();
namespace ntkc::engine::HWY_NAMESPACE {

namespace collapse = ::ntk::collapse;
namespace hn = hwy::HWY_NAMESPACE;
using collapse::kGroup;
constexpr std::size_t kWidth = HWY_MAX_BYTES / sizeof(double);
using Tag = hn::CappedTag<double, kWidth>;

collapse::Found Correlations(std::size_t n, const double* sums, const std::uint32_t* order, double factor, const double* inverse_norm,
                             double least, double most, double* rho) {
  return collapse::correlations(n, sums, order, factor, inverse_norm, least, most, rho);
}

void Places(std::size_t n, collapse::Interval t, collapse::Sheet sheet, const double* HWY_RESTRICT rho, double* HWY_RESTRICT place2) {
  const double scale = 2 / t.half(), shift = -scale * t.middle(), sign = sheet == collapse::Sheet::plus ? -1 : 1;
  for (std::size_t l = 0; l < n; ++l) {
    const double square = 1 + sign * rho[l];
    place2[l] = std::sqrt(square < 0 ? 0 : square) * scale + shift;
  }
}

void Combine(std::size_t count, const double* factors, const double* from, std::size_t size, double* to) {
  collapse::combine(count, factors, from, size, to);
}

// As collapse::evaluate, in the vectors of this target: see product.cpp.
template <std::size_t kVectors>
HWY_INLINE void EvaluateSome(const collapse::Series& series, const double* HWY_RESTRICT coefficients, const double* HWY_RESTRICT basis,
                             std::size_t stride, const double* HWY_RESTRICT place2, double* HWY_RESTRICT out) {
  const Tag d;
  using V = hn::Vec<Tag>;
  V place[kVectors], last[kVectors], before[kVectors];
  for (std::size_t v = 0; v < kVectors; ++v) place[v] = hn::LoadU(d, place2 + v * kWidth), last[v] = before[v] = hn::Zero(d);
  const double* c = coefficients + series.size;
  for (std::size_t g = series.depth.size(); g-- > 0;) {
    const std::size_t depth = series.depth[g];
    c -= depth * kGroup;
    V sums[kGroup][kVectors];
    for (std::size_t r = 0; r < kGroup; ++r)
      for (std::size_t v = 0; v < kVectors; ++v) sums[r][v] = hn::Set(d, c[r]);
    for (std::size_t y = 1; y < depth; ++y)
      for (std::size_t v = 0; v < kVectors; ++v) {
        const V column = hn::LoadU(d, basis + (y - 1) * stride + v * kWidth);
        for (std::size_t r = 0; r < kGroup; ++r) sums[r][v] = hn::MulAdd(hn::Set(d, c[y * kGroup + r]), column, sums[r][v]);
      }
    for (std::size_t r = kGroup; r-- > 0;)
      for (std::size_t v = 0; v < kVectors; ++v) {
        const V now = hn::MulAdd(place[v], last[v], hn::Sub(sums[r][v], before[v]));
        before[v] = last[v], last[v] = now;
      }
  }
  for (std::size_t v = 0; v < kVectors; ++v)
    hn::StoreU(hn::NegMulAdd(hn::Mul(hn::Set(d, 0.5), place[v]), before[v], last[v]), d, out + v * kWidth);
}

void Evaluate(const collapse::Series& series, const double* coefficients, const collapse::Columns& columns, const double* place2,
              double* out) {
  std::size_t l = 0;
  for (; l + kWidth < columns.count; l += 2 * kWidth)
    EvaluateSome<2>(series, coefficients, columns.basis + l, columns.stride, place2 + l, out + l);
  if (l < columns.count) EvaluateSome<1>(series, coefficients, columns.basis + l, columns.stride, place2 + l, out + l);
}

void Scatter(std::size_t n, double factor, const double* factors, const double* from, const std::uint32_t* order, double* to) {
  collapse::scatter(n, factor, factors, from, order, to);
}

}  // namespace ntkc::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ntkc::engine {

HWY_EXPORT(Correlations);
HWY_EXPORT(Places);
HWY_EXPORT(Combine);
HWY_EXPORT(Evaluate);
HWY_EXPORT(Scatter);

::ntk::collapse::Found CollapseOps::correlations(std::size_t n, const double* sums, const std::uint32_t* order, double factor,
                                                 const double* inverse_norm, double least, double most, double* rho) {
  return HWY_DYNAMIC_DISPATCH(Correlations)(n, sums, order, factor, inverse_norm, least, most, rho);
}

void CollapseOps::places(std::size_t n, ::ntk::collapse::Interval t, ::ntk::collapse::Sheet sheet, const double* rho, double* place2) {
  HWY_DYNAMIC_DISPATCH(Places)(n, t, sheet, rho, place2);
}

void CollapseOps::combine(std::size_t count, const double* factors, const double* from, std::size_t size, double* to) {
  HWY_DYNAMIC_DISPATCH(Combine)(count, factors, from, size, to);
}

void CollapseOps::evaluate(const ::ntk::collapse::Series& series, const double* coefficients, const ::ntk::collapse::Columns& columns,
                           const double* place2, double* out) {
  HWY_DYNAMIC_DISPATCH(Evaluate)(series, coefficients, columns, place2, out);
}

void CollapseOps::scatter(std::size_t n, double factor, const double* factors, const double* from, const std::uint32_t* order, double* to) {
  HWY_DYNAMIC_DISPATCH(Scatter)(n, factor, factors, from, order, to);
}

}  // namespace ntkc::engine
#endif
