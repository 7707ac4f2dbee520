// A row of pairs by a fit: what depends on the row's sample is summed once, a pair is left with a polynomial in t whose coefficients
// are short polynomials in log q' (Clenshaw's recurrence). Loops over plain doubles that compilers vectorise.
#pragma once
#ifndef NTK_RUNTIME_COLLAPSE_ROW_HPP
#define NTK_RUNTIME_COLLAPSE_ROW_HPP
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "ntk/runtime/collapse_fit.hpp"
#include "ntk/runtime/lanes.hpp"

namespace ntk::NTK_ABI::collapse {

inline constexpr std::size_t kColumnsOfRun = 256;

// Columns of one bin, side by side: numbers of their samples. Behind the last there are numbers to the next multiple of eight, too.
struct Columns {
  std::size_t count = 0, stride = 0;
  const double* basis = nullptr;  // T_1(place of log q'), stride numbers on T_2, ...
};

// Where the columns of a row are.
struct Found {
  bool out = false;    // some rho is not in [least, most]
  bool minus = false;  // some rho is below kTurn
  bool plus = false;   // some rho is not
};

// rho[l] = factor * inverse_norm[l] * sums[order[l]].
NTK_INLINE Found correlations(std::size_t n, const double* __restrict sums, const std::uint32_t* __restrict order, double factor,
                              const double* __restrict inverse_norm, double least, double most, double* __restrict rho) {
  long long out = 0, minus = 0, plus = 0;
  for (std::size_t l = 0; l < n; ++l) {
    const double value = factor * inverse_norm[l] * sums[order[l]];
    rho[l] = value;
    out |= value >= least ? 0 : 1;
    out |= value <= most ? 0 : 1;
    minus |= value < kTurn ? 1 : 0;
    plus |= value < kTurn ? 0 : 1;
  }
  return {out != 0, minus != 0, plus != 0};
}

// to[order[l]] = factor * factors[l] * from[l].
NTK_INLINE void scatter(std::size_t n, double factor, const double* __restrict factors, const double* __restrict from,
                        const std::uint32_t* __restrict order, double* __restrict to) {
  for (std::size_t l = 0; l < n; ++l) to[order[l]] = factor * factors[l] * from[l];
}

struct RowWork {
  double coefficients[kMostTerms * kMostNorms];
  double place2[kColumnsOfRun] = {}, last[kColumnsOfRun], before[kColumnsOfRun];
};

// Two steps of Clenshaw's recurrence with coefficients of k terms in log q'. n is a multiple of eight: said again, compilers drop the rest
// of their loops.
template <std::size_t k>
NTK_INLINE void two_steps(std::size_t n, const double* upper, const double* lower, const double* basis, std::size_t stride,
                          const double* __restrict place2, double* __restrict last, double* __restrict before) {
  for (std::size_t l = 0; l < n / 8 * 8; ++l) {
    double u = upper[0], v = lower[0];
    for (std::size_t y = 1; y < k; ++y) u += upper[y] * basis[(y - 1) * stride + l], v += lower[y] * basis[(y - 1) * stride + l];
    const double now = u + (place2[l] * last[l] - before[l]);
    before[l] = now;
    last[l] = v + (place2[l] * now - last[l]);
  }
}

// to[i] = sum over a of factors[a] from[a * size + i]: four at a time, so that sums are not written back as often as they are added to.
NTK_INLINE void combine(std::size_t count, const double* factors, const double* from, std::size_t size, double* __restrict to) {
  for (std::size_t i = 0; i < size; ++i) to[i] = from[i];  // factors[0] is 1
  std::size_t a = 1;
  for (; a + 4 <= count; a += 4) {
    const double f0 = factors[a], f1 = factors[a + 1], f2 = factors[a + 2], f3 = factors[a + 3];
    const double* const at = from + a * size;
    for (std::size_t i = 0; i < size; ++i) to[i] += (f0 * at[i] + f1 * at[size + i]) + (f2 * at[2 * size + i] + f3 * at[3 * size + i]);
  }
  for (; a < count; ++a)
    for (std::size_t i = 0; i < size; ++i) to[i] += factors[a] * from[a * size + i];
}

// out = the fit's output for the row whose polynomials T_a(place of log q) are `row`, at the columns' places of t, doubled, in
// work.place2. `count` of the columns is at most kColumnsOfRun.
NTK_INLINE void evaluate_row(const Fit& fit, std::size_t output, const double* row, const Columns& columns, RowWork& work,
                             double* __restrict out) {
  const std::size_t n = (columns.count + 7) / 8 * 8, norms = fit.norms, terms = fit.terms;
  double* __restrict const coefficients = work.coefficients;
  combine(norms, row, fit.of(output), terms * norms, coefficients);
  for (std::size_t l = 0; l < n; ++l) work.last[l] = work.before[l] = 0;
  const unsigned char* const used = fit.used.data() + output * terms;
  for (std::size_t m = terms; m > 0; m -= 2) {  // terms is even
    const double* const upper = coefficients + (m - 1) * norms;
    const double* const lower = upper - norms;
    switch (used[m - 1] > used[m - 2] ? used[m - 1] : used[m - 2]) {
#define NTK_STEPS(k)                                                                                   \
  case k:                                                                                              \
    two_steps<k>(n, upper, lower, columns.basis, columns.stride, work.place2, work.last, work.before); \
    break;
      NTK_STEPS(1)
      NTK_STEPS(2)
      NTK_STEPS(3)
      NTK_STEPS(4)
      NTK_STEPS(5)
      NTK_STEPS(6)
      NTK_STEPS(7)
      NTK_STEPS(8)
      NTK_STEPS(9)
      NTK_STEPS(10)
      NTK_STEPS(11)
      NTK_STEPS(12)
      NTK_STEPS(13)
      NTK_STEPS(14)
      NTK_STEPS(15)
      NTK_STEPS(16)
      NTK_STEPS(17)
      NTK_STEPS(18)
      NTK_STEPS(19)
      NTK_STEPS(20)
      NTK_STEPS(21)
      NTK_STEPS(22)
      NTK_STEPS(23)
      NTK_STEPS(24)
#undef NTK_STEPS
    }
  }
  // The recurrence takes 2 x for the first step, too: T_1 is x.
  for (std::size_t l = 0; l < n / 8 * 8; ++l) out[l] = work.last[l] - 0.5 * work.place2[l] * work.before[l];
}

}  // namespace ntk::NTK_ABI::collapse
#endif
