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
template <class T>
using Tag = hn::CappedTag<T, HWY_MAX_BYTES / sizeof(T)>;

template <class T>
collapse::Found Correlations(std::size_t n, const T* sums, const std::uint32_t* order, T factor, const T* inverse_norm, T least, T turn,
                             T most, T* rho) {
  return collapse::correlations(n, sums, order, factor, inverse_norm, least, turn, most, rho);
}

template <class T>
std::size_t Outside(std::size_t n, const T* rho, T low, T high, std::uint32_t* out) {
  return collapse::outside(n, rho, low, high, out);
}

template <class T>
void Blend(std::size_t n, const T* rho, T turn, const T* minus, T* to) {
  collapse::blend(n, rho, turn, minus, to);
}

template <class T>
void Places(std::size_t n, collapse::Interval t, collapse::Sheet sheet, const T* HWY_RESTRICT rho, T* HWY_RESTRICT place2) {
  const T scale = static_cast<T>(2 / t.half()), shift = static_cast<T>(-2 / t.half() * t.middle());
  const T sign = sheet == collapse::Sheet::plus ? -1 : 1;
  for (std::size_t l = 0; l < n; ++l) {
    const T square = 1 + sign * rho[l];
    place2[l] = std::sqrt(square < 0 ? 0 : square) * scale + shift;
  }
}

// As collapse::combine and collapse::evaluate, in the vectors of this target: see product.cpp.
template <class T>
void Combine(std::size_t count, const T* HWY_RESTRICT factors, const T* HWY_RESTRICT from, std::size_t size, std::size_t stride,
             T* HWY_RESTRICT to) {
  const Tag<T> d;
  constexpr std::size_t kWidth = hn::MaxLanes(d), kVectors = 2, kRows = collapse::kTogether;
  static_assert(collapse::kStep<T> % (kVectors * kWidth) == 0);
  for (std::size_t i = 0; i < stride; i += kVectors * kWidth) {
    hn::Vec<Tag<T>> sums[kRows][kVectors];
    for (std::size_t r = 0; r < kRows; ++r)
      for (std::size_t v = 0; v < kVectors; ++v) sums[r][v] = hn::LoadU(d, from + i + v * kWidth);
    for (std::size_t a = 1; a < count; ++a)
      for (std::size_t v = 0; v < kVectors; ++v) {
        const auto some = hn::LoadU(d, from + a * size + i + v * kWidth);
        for (std::size_t r = 0; r < kRows; ++r) sums[r][v] = hn::MulAdd(hn::Set(d, factors[a * kRows + r]), some, sums[r][v]);
      }
    for (std::size_t r = 0; r < kRows; ++r)
      for (std::size_t v = 0; v < kVectors; ++v) hn::StoreU(sums[r][v], d, to + r * stride + i + v * kWidth);
  }
}

void Narrow(std::size_t n, const double* from, float* to) { collapse::narrow(n, from, to); }
void Add(std::size_t n, const float* from, double* to) { collapse::add(n, from, to); }

template <std::size_t kVectors, class T>
HWY_INLINE void EvaluateSome(const collapse::Terms<T>& terms, const T* HWY_RESTRICT coefficients, const collapse::Columns<T>& columns,
                             const T* HWY_RESTRICT place2, T* HWY_RESTRICT out) {
  const Tag<T> d;
  constexpr std::size_t kWidth = hn::MaxLanes(d);
  using V = hn::Vec<Tag<T>>;
  V place[kVectors], last[kVectors], before[kVectors];
  for (std::size_t v = 0; v < kVectors; ++v) place[v] = hn::LoadU(d, place2 + v * kWidth), last[v] = before[v] = hn::Zero(d);
  const T* HWY_RESTRICT c = coefficients + terms.size;
  for (std::size_t g = terms.depth.size(); g-- > 0;) {
    const auto depth = terms.depth[g];
    c -= depth.size() * kGroup;
    const T* HWY_RESTRICT at = c;
    V sums[kGroup][kVectors];
    const bool one = depth.first == 0 && depth.end > 0;  // T_0
    for (std::size_t r = 0; r < kGroup; ++r)
      for (std::size_t v = 0; v < kVectors; ++v) sums[r][v] = hn::Set(d, one ? at[r] : T(0));
    if (one) at += kGroup;
    for (std::size_t y = std::max<std::size_t>(1, depth.first); y < depth.end; ++y, at += kGroup)
      for (std::size_t v = 0; v < kVectors; ++v) {
        const V column = hn::LoadU(d, columns.basis + (y - 1) * columns.stride + v * kWidth);
        for (std::size_t r = 0; r < kGroup; ++r) sums[r][v] = hn::MulAdd(hn::Set(d, at[r]), column, sums[r][v]);
      }
    for (std::size_t r = kGroup; r-- > 0;)
      for (std::size_t v = 0; v < kVectors; ++v) {
        const V now = hn::MulAdd(place[v], last[v], hn::Sub(sums[r][v], before[v]));
        before[v] = last[v], last[v] = now;
      }
  }
  for (std::size_t v = 0; v < kVectors; ++v)
    hn::StoreU(hn::NegMulAdd(hn::Mul(hn::Set(d, T(0.5)), place[v]), before[v], last[v]), d, out + v * kWidth);
}

template <class T>
void Evaluate(const collapse::Terms<T>& terms, const T* coefficients, const collapse::Columns<T>& columns, const T* place2, T* out) {
  constexpr std::size_t kWidth = hn::MaxLanes(Tag<T>());
  std::size_t l = 0;
  for (; l + 3 * kWidth < columns.count; l += 4 * kWidth) EvaluateSome<4>(terms, coefficients, columns.from(l), place2 + l, out + l);
  for (; l + kWidth < columns.count; l += 2 * kWidth) EvaluateSome<2>(terms, coefficients, columns.from(l), place2 + l, out + l);
  if (l < columns.count) EvaluateSome<1>(terms, coefficients, columns.from(l), place2 + l, out + l);
}

template <class T>
void Scatter(std::size_t n, T factor, const T* factors, const T* from, const std::uint32_t* order, T* to) {
  collapse::scatter(n, factor, factors, from, order, to);
}

template <class T>
CollapseLoops<T> Loops() {
  return {&Correlations<T>, &Outside<T>, &Blend<T>, &Places<T>, &Combine<T>, &Narrow, &Add, &Evaluate<T>, &Scatter<T>};
}
CollapseLoops<double> LoopsOfDoubles() { return Loops<double>(); }
CollapseLoops<float> LoopsOfFloats() { return Loops<float>(); }

}  // namespace ntkc::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ntkc::engine {

HWY_EXPORT(LoopsOfDoubles);
HWY_EXPORT(LoopsOfFloats);

template <>
CollapseOps<double>::CollapseOps() : CollapseLoops(HWY_DYNAMIC_DISPATCH(LoopsOfDoubles)()) {}
template <>
CollapseOps<float>::CollapseOps() : CollapseLoops(HWY_DYNAMIC_DISPATCH(LoopsOfFloats)()) {}

}  // namespace ntkc::engine
#endif
