#include "engine/series_ops.hpp"

#include <algorithm>
#include <vector>

// What the instruction sets between SSE2 and AVX2 add is of no use here; vectors of unknown length do not go into arrays.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4 | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/series_ops.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ntkc::engine::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Wide = hn::CappedTag<double, 8>;
using Vector = hn::Vec<Wide>;
inline constexpr std::size_t kWidth = hn::MaxLanes(Wide()), kVectors = 8 / kWidth;

// Sums of several blocks go on together: one chain of multiply-adds alone waits for its own results. With kDerivative also the
// derivative of each sum in the power: two results of one pass over y.
template <std::size_t kBlocks, bool kDerivative>
struct Chains {
  static constexpr std::size_t kCount = kBlocks * kVectors;
  Vector total[kCount], power[kCount], derivative[kDerivative ? kCount : 1];

  HWY_INLINE void start(const double* power_at) {
    for (std::size_t v = 0; v < kCount; ++v) total[v] = hn::Zero(Wide()), power[v] = hn::LoadU(Wide(), power_at + v * kWidth);
    for (Vector& d : derivative) d = hn::Zero(Wide());
  }
  HWY_INLINE void terms(const double* x, const SeriesBlock* y, std::size_t from, std::size_t to) {  // downwards
    for (std::size_t j = from; j-- > to;) {
      const Vector factor = hn::Set(Wide(), x[j]);
      for (std::size_t b = 0; b < kBlocks; ++b)
        for (std::size_t v = 0; v < kVectors; ++v) {
          const std::size_t i = b * kVectors + v;
          if constexpr (kDerivative) derivative[i] = hn::MulAdd(derivative[i], power[i], total[i]);
          total[i] = hn::MulAdd(total[i], power[i], hn::Mul(factor, hn::LoadU(Wide(), y[b].at + j * 8 + v * kWidth)));
        }
    }
  }
  HWY_INLINE void take(const Chains<1, kDerivative>& one, std::size_t block) {
    for (std::size_t v = 0; v < kVectors; ++v) {
      total[block * kVectors + v] = one.total[v];
      if constexpr (kDerivative) derivative[block * kVectors + v] = one.derivative[v];
    }
  }
  HWY_INLINE void store(double* sums, double* derivatives) const {
    for (std::size_t v = 0; v < kCount; ++v) {
      hn::StoreU(total[v], Wide(), sums + v * kWidth);
      if constexpr (kDerivative) hn::StoreU(derivative[v], Wide(), derivatives + v * kWidth);
    }
  }
};

template <std::size_t kTogether, bool kDerivative>
void HornerOf(std::size_t blocks, const double* x, const SeriesBlock* y, std::size_t low, const double* power, double* sums,
              double* derivatives) {
  std::size_t b = 0;
  for (; b + kTogether <= blocks; b += kTogether) {
    std::size_t common = y[b].n;
    for (std::size_t i = 1; i < kTogether; ++i) common = std::min(common, y[b + i].n);
    common = std::max(common, low);
    Chains<kTogether, kDerivative> all;
    all.start(power + 8 * b);
    for (std::size_t i = 0; i < kTogether; ++i) {  // what one has more than the others
      if (y[b + i].n <= common) continue;
      Chains<1, kDerivative> one;
      one.start(power + 8 * (b + i));
      one.terms(x, y + b + i, y[b + i].n, common);
      all.take(one, i);
    }
    all.terms(x, y + b, common, low);
    all.store(sums + 8 * b, derivatives + 8 * b);
  }
  for (; b < blocks; ++b) {
    Chains<1, kDerivative> one;
    one.start(power + 8 * b);
    one.terms(x, y + b, y[b].n, low);
    one.store(sums + 8 * b, derivatives + 8 * b);
  }
}

void Horner(std::size_t blocks, const double* x, const SeriesBlock* y, std::size_t low, const double* power, double* sums,
            double* derivatives) {
  if (derivatives)
    HornerOf<kVectors == 1 ? 4 : 2, true>(blocks, x, y, low, power, sums, derivatives);  // as many as registers hold
  else
    HornerOf<4, false>(blocks, x, y, low, power, sums, sums);
}

// Of n vectors, which are overwritten.
Vector SumInPairs(double* x, std::size_t n) {
  const Wide d;
  const auto at = [x](std::size_t i) { return x + i * kWidth; };
  for (; n > 1; n = (n + 1) / 2) {
    for (std::size_t i = 0; i < n / 2; ++i) hn::StoreU(hn::Add(hn::LoadU(d, at(2 * i)), hn::LoadU(d, at(2 * i + 1))), d, at(i));
    if (n % 2 == 1) hn::StoreU(hn::LoadU(d, at(n - 1)), d, at(n / 2));
  }
  return hn::LoadU(d, x);
}

// Four degrees at a time, so that the polynomials of a node stay in registers.
void ProjectAll(const ::ntk::quadrature::Projection& p, std::size_t first, std::size_t step, std::size_t terms, double* out) {
  const auto& r = ::ntk::quadrature::recurrence();
  const std::size_t n = p.packs * 8, degrees = first + step * (terms - 1) + 1;
  constexpr std::size_t kDegrees = 4, kTogether = ::ntk::quadrature::kTogether;
  const std::size_t count = (n + kTogether - 1) / kTogether;
  std::vector<double> numbers(4 * n + kDegrees * count * kWidth);
  double *z = numbers.data(), *term = z + n, *h = term + n, *before = h + n, *parts = before + n;
  for (std::size_t i = 0; i < p.packs; ++i) p.z[i].store(z + 8 * i), p.term[i].store(term + 8 * i);
  std::fill(h, h + n, 1.0);
  const Wide d;
  for (std::size_t k = 0; k < degrees; k += kDegrees) {
    Vector up[kDegrees], back[kDegrees];
    for (std::size_t i = 0; i < kDegrees; ++i) up[i] = hn::Set(d, r.up[k + i]), back[i] = hn::Set(d, r.back[k + i]);
    for (std::size_t from = 0; from < n; from += kTogether) {
      const std::size_t to = std::min(n, from + kTogether);
      Vector part[kDegrees];
      for (Vector& p : part) p = hn::Zero(d);
      for (std::size_t at = from; at < to; at += kWidth) {
        const Vector x = hn::LoadU(d, z + at), w = hn::LoadU(d, term + at);
        Vector now = hn::LoadU(d, h + at), last = hn::LoadU(d, before + at);
        for (std::size_t i = 0; i < kDegrees; ++i) {
          part[i] = hn::MulAdd(w, now, part[i]);
          const Vector next = hn::NegMulAdd(back[i], last, hn::Mul(hn::Mul(up[i], x), now));
          last = now, now = next;
        }
        hn::StoreU(now, d, h + at), hn::StoreU(last, d, before + at);
      }
      for (std::size_t i = 0; i < kDegrees; ++i) hn::StoreU(part[i], d, parts + (i * count + from / kTogether) * kWidth);
    }
    for (std::size_t i = 0; i < kDegrees; ++i)
      if (k + i >= first && (k + i - first) % step == 0 && (k + i - first) / step < terms)
        out[(k + i - first) / step] = hn::GetLane(hn::SumOfLanes(d, SumInPairs(parts + i * count * kWidth, count)));
  }
}

void Correlate(std::size_t n, const Operand& q, const Operand& r, const Operand& c, double* scale, double* rho) {
  const Wide d;
  const Vector zero = hn::Zero(d), one = hn::Set(d, 1.0), minus = hn::Set(d, -1.0);
  for (std::size_t l = 0; l < n; l += kWidth) {
    const auto at = [&](const Operand& a) { return a.lanes ? hn::LoadU(d, a.lanes + l) : hn::Set(d, a.value); };
    const Vector both = hn::Mul(hn::Sqrt(at(q)), hn::Sqrt(at(r)));
    Vector ratio = hn::Div(at(c), both);
    ratio = hn::IfThenElse(hn::Lt(ratio, one), ratio, one);
    ratio = hn::IfThenElse(hn::Lt(minus, ratio), ratio, minus);
    hn::StoreU(both, d, scale + l), hn::StoreU(hn::IfThenElseZero(hn::Lt(zero, both), ratio), d, rho + l);
  }
}

void SumUp(std::size_t count, const double* factors, const double* from, std::size_t size, double* to) {
  const Wide d;
  std::size_t j = 0;
  for (; j + 4 * kWidth <= size; j += 4 * kWidth) {
    Vector total[4];
    for (Vector& t : total) t = hn::Zero(d);
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t v = 0; v < 4; ++v)
        total[v] = hn::MulAdd(hn::Set(d, factors[i]), hn::LoadU(d, from + i * size + j + v * kWidth), total[v]);
    for (std::size_t v = 0; v < 4; ++v) hn::StoreU(total[v], d, to + j + v * kWidth);
  }
  for (; j < size; ++j) {
    to[j] = 0;
    for (std::size_t i = 0; i < count; ++i) to[j] += factors[i] * from[i * size + j];
  }
}

}  // namespace ntkc::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ntkc::engine {

HWY_EXPORT(Horner);
HWY_EXPORT(ProjectAll);
HWY_EXPORT(SumUp);
HWY_EXPORT(Correlate);

void horner(std::size_t blocks, const double* x, const SeriesBlock* y, std::size_t low, const double* power, double* sums,
            double* derivatives) {
  HWY_DYNAMIC_DISPATCH(Horner)(blocks, x, y, low, power, sums, derivatives);
}

void correlations(std::size_t n, const Operand& q, const Operand& r, const Operand& c, double* scale, double* rho) {
  HWY_DYNAMIC_DISPATCH(Correlate)(n, q, r, c, scale, rho);
}

void Project::operator()(const ::ntk::quadrature::Projection& p, std::size_t first, std::size_t step, std::size_t terms,
                         double* out) const {
  HWY_DYNAMIC_DISPATCH(ProjectAll)(p, first, step, terms, out);
}

void WeightedSum::operator()(std::size_t count, const double* factors, const double* from, std::size_t size, double* to) const {
  HWY_DYNAMIC_DISPATCH(SumUp)(count, factors, from, size, to);
}

}  // namespace ntkc::engine
#endif
