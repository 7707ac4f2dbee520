// A row of pairs by a fit: what depends on the row's sample is summed once, a pair is left with a polynomial in t whose coefficients
// are short polynomials in log q' (Clenshaw's recurrence).
#pragma once
#ifndef NTK_RUNTIME_COLLAPSE_ROW_HPP
#define NTK_RUNTIME_COLLAPSE_ROW_HPP
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "ntk/runtime/collapse_fit.hpp"
#include "ntk/runtime/lines.hpp"

namespace ntk::NTK_ABI::collapse {

inline constexpr std::size_t kColumnsOfRun = 256;

// Columns of one bin, side by side: numbers of their samples. Behind the last there are numbers to the next
// multiple of a panel (packed.hpp), too.
template <class T>
struct Columns {
  std::size_t count = 0, stride = 0;
  const T* basis = nullptr;  // T_1(place of log q'), stride numbers on T_2, ...
  Columns from(std::size_t column) const { return {count - column, stride, basis + column}; }
};

// Where the columns of a row are.
struct Found {
  bool out = false;    // some rho is not in [least, most]
  bool minus = false;  // some rho is below the turn
  bool plus = false;   // some rho is not
};

// rho[l] = factor * inverse_norm[l] * sums[order[l]].
template <class T>
NTK_INLINE Found correlations(std::size_t n, const T* __restrict sums, const std::uint32_t* __restrict order, T factor,
                              const T* __restrict inverse_norm, T least, T turn, T most, T* __restrict rho) {
  long long out = 0, minus = 0, plus = 0;
  for (std::size_t l = 0; l < n; ++l) {
    const T value = factor * inverse_norm[l] * sums[order[l]];
    rho[l] = value;
    out |= value >= least ? 0 : 1;
    out |= value <= most ? 0 : 1;
    minus |= value < turn ? 1 : 0;
    plus |= value < turn ? 0 : 1;
  }
  return {out != 0, minus != 0, plus != 0};
}

// The columns whose rho is not in [low, high], which are few: how many there are. Of rho whole blocks are read.
inline constexpr std::size_t kColumnsOfBlock = 16;
static_assert(kColumnsOfRun % kColumnsOfBlock == 0);
template <class T>
NTK_INLINE std::size_t outside(std::size_t n, const T* __restrict rho, T low, T high, std::uint32_t* __restrict out) {
  std::size_t count = 0;
  for (std::size_t first = 0; first < n; first += kColumnsOfBlock) {
    long long some = 0;
    for (std::size_t l = first; l < first + kColumnsOfBlock; ++l) {
      some |= rho[l] >= low ? 0 : 1;
      some |= rho[l] <= high ? 0 : 1;
    }
    if (some == 0) continue;
    for (std::size_t l = first; l < std::min(first + kColumnsOfBlock, n); ++l)
      if (!(rho[l] >= low && rho[l] <= high)) out[count++] = static_cast<std::uint32_t>(l);
  }
  return count;
}

// What the other sheet has of columns with rho below the turn.
template <class T>
NTK_INLINE void blend(std::size_t n, const T* __restrict rho, T turn, const T* __restrict minus, T* __restrict to) {
  for (std::size_t l = 0; l < n; ++l) to[l] = rho[l] < turn ? minus[l] : to[l];
}

// to[order[l]] = factor * factors[l] * from[l].
template <class T>
NTK_INLINE void scatter(std::size_t n, T factor, const T* __restrict factors, const T* __restrict from,
                        const std::uint32_t* __restrict order, T* __restrict to) {
  for (std::size_t l = 0; l < n; ++l) to[order[l]] = factor * factors[l] * from[l];
}

// Rows whose coefficients are summed together: a fit is read once for all of them.
inline constexpr std::size_t kTogether = 4;

// to[r * stride + i] = sum over a of factors[a * kTogether + r] from[a * size + i]; factors[r] is 1. Sums of a row that are not wanted lie
// between size and stride, a multiple of kStep.
template <class T>
void combine(std::size_t count, const T* factors, const T* from, std::size_t size, std::size_t stride, T* to) {
  using V = Line<T>;
  static_assert(kStep<T> == 2 * V::kCount);
  for (std::size_t i = 0; i < stride; i += kStep<T>) {
    V sums[kTogether][2];
    lines::unrolled<kTogether>([&](auto r) { sums[r][0] = V::load(from + i), sums[r][1] = V::load(from + i + V::kCount); });
    for (std::size_t a = 1; a < count; ++a) {
      const V first = V::load_once(from + a * size + i), second = V::load_once(from + a * size + i + V::kCount);
      lines::unrolled<kTogether>([&](auto r) {
        const V factor(factors[a * kTogether + r]);
        sums[r][0] = sums[r][0] + factor * first, sums[r][1] = sums[r][1] + factor * second;
      });
    }
    lines::unrolled<kTogether>([&](auto r) { sums[r][0].store(to + r * stride + i), sums[r][1].store(to + r * stride + i + V::kCount); });
  }
}

// As floats; and what was computed of these is added.
NTK_INLINE void narrow(std::size_t n, const double* __restrict from, float* __restrict to) {
  for (std::size_t l = 0; l < n; ++l) to[l] = static_cast<float>(from[l]);
}
NTK_INLINE void add(std::size_t n, const float* __restrict from, double* __restrict to) {
  for (std::size_t l = 0; l < n; ++l) to[l] += static_cast<double>(from[l]);
}

// The sum of terms at neighbouring columns, as many as kVectors vectors of the target hold. `coefficients` are those that the row
// leaves, [group][y][order of t in the group]; places of t are doubled. Sums of a group stay in registers.
template <std::size_t kVectors, class T>
inline void evaluate(const Terms<T>& terms, const T* coefficients, const Columns<T>& columns, const T* place2, T* out) {
  using V = Line<T>;
  const auto each = [](auto f) { lines::unrolled<kVectors>(f); };
  V place[kVectors], last[kVectors], before[kVectors];
  each([&](auto v) { place[v] = V::load(place2 + v * V::kCount), last[v] = before[v] = V(T(0)); });
  const T* c = coefficients + terms.size;
  for (std::size_t g = terms.depth.size(); g-- > 0;) {
    const auto depth = terms.depth[g];
    c -= depth.size() * kGroup;
    const T* at = c;
    V sums[kGroup][kVectors];
    const bool one = depth.first == 0 && depth.end > 0;  // T_0
    lines::unrolled<kGroup>([&](auto r) { each([&](auto v) { sums[r][v] = V(one ? at[r] : T(0)); }); });
    if (one) at += kGroup;
    for (std::size_t y = std::max<std::size_t>(1, depth.first); y < depth.end; ++y, at += kGroup)
      each([&](auto v) {
        const V column = V::load_once(columns.basis + (y - 1) * columns.stride + v * V::kCount);
        lines::unrolled<kGroup>([&](auto r) { sums[r][v] = sums[r][v] + V(at[r]) * column; });
      });
    lines::unrolled<kGroup>([&](auto r) {
      each([&](auto v) {
        const V now = (sums[kGroup - 1 - r][v] - before[v]) + place[v] * last[v];
        before[v] = last[v], last[v] = now;
      });
    });
  }
  // The recurrence takes 2 x for the first step, too: T_1 is x.
  each([&](auto v) { (last[v] - V(T(0.5)) * (place[v] * before[v])).store(out + v * V::kCount); });
}

}  // namespace ntk::NTK_ABI::collapse
#endif
