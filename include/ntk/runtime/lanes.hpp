// Eight doubles that are computed together, with the operators of double. Every lane holds the bits that double would give.
#pragma once
#ifndef NTK_RUNTIME_LANES_HPP
#define NTK_RUNTIME_LANES_HPP
#include <cmath>
#include <cstddef>
#include <cstring>

#include "ntk/runtime/abi.hpp"
#if defined(__SSE2__)
#include <immintrin.h>
#elif defined(__aarch64__) && defined(__GNUC__)
#include <arm_neon.h>
#endif

// For small functions in loops: a call would keep the loop from being vectorised, and in long functions compilers give up.
#if defined(__GNUC__)
#define NTK_INLINE [[gnu::always_inline]] inline
#else
#define NTK_INLINE inline
#endif

namespace ntk::NTK_ABI {
namespace lanes {

inline constexpr std::size_t kCount = 8;

// Parts are as wide as the registers of the target, so that no function passes a vector that the target's ABI does not know.
#if defined(__GNUC__)
#if defined(__AVX512F__)
inline constexpr std::size_t kPart = 8;
#elif defined(__AVX__)
inline constexpr std::size_t kPart = 4;
#else
inline constexpr std::size_t kPart = 2;
#endif
typedef double Reals __attribute__((vector_size(kPart * sizeof(double))));
typedef long long Truths __attribute__((vector_size(kPart * sizeof(long long))));
inline double get(const Reals& v, std::size_t i) { return v[i]; }
inline void set(Reals& v, std::size_t i, double x) { v[i] = x; }
inline bool truth(const Truths& v, std::size_t i) { return v[i] != 0; }
NTK_INLINE Reals fill(double x) { return x - Reals{}; }  // not + 0, which -0 would not survive
#else
inline constexpr std::size_t kPart = 1;
using Reals = double;
using Truths = bool;
inline double get(const Reals& v, std::size_t) { return v; }
inline void set(Reals& v, std::size_t, double x) { v = x; }
inline bool truth(const Truths& v, std::size_t) { return v; }
NTK_INLINE Reals fill(double x) { return x; }
#endif

inline constexpr std::size_t kParts = kCount / kPart;

// By instructions: the library's function sets errno, which is a branch.
NTK_INLINE Reals root(const Reals& v) {
#if defined(__GNUC__) && defined(__AVX512F__)
  // with a mask of all lanes: without one GCC 12's header reads what it calls undefined, and warns of it
  return reinterpret_cast<Reals>(_mm512_maskz_sqrt_pd(0xff, reinterpret_cast<__m512d>(v)));
#elif defined(__GNUC__) && defined(__AVX__)
  return reinterpret_cast<Reals>(_mm256_sqrt_pd(reinterpret_cast<__m256d>(v)));
#elif defined(__GNUC__) && defined(__SSE2__)
  return reinterpret_cast<Reals>(_mm_sqrt_pd(reinterpret_cast<__m128d>(v)));
#elif defined(__GNUC__) && defined(__aarch64__)
  return reinterpret_cast<Reals>(vsqrtq_f64(reinterpret_cast<float64x2_t>(v)));
#else
  Reals out{};
  for (std::size_t i = 0; i < kPart; ++i) set(out, i, std::sqrt(get(v, i)));
  return out;
#endif
}

}  // namespace lanes

// Which lanes: what comparisons give.
struct LanesMask {
  lanes::Truths part[lanes::kParts];
  bool operator[](std::size_t i) const { return lanes::truth(part[i / lanes::kPart], i % lanes::kPart); }
};

struct Lanes {
  lanes::Reals part[lanes::kParts];

  NTK_INLINE Lanes() : Lanes(0.0) {}
  NTK_INLINE Lanes(double x) {
    for (auto& p : part) p = lanes::fill(x);
  }
  static Lanes load(const double* from) {
    Lanes out;  // part by part: a copy of all is made in steps that loads of a part have to wait for
    for (std::size_t i = 0; i < lanes::kParts; ++i) std::memcpy(&out.part[i], from + i * lanes::kPart, sizeof(lanes::Reals));
    return out;
  }
  void store(double* to) const {
    for (std::size_t i = 0; i < lanes::kParts; ++i) std::memcpy(to + i * lanes::kPart, &part[i], sizeof(lanes::Reals));
  }
  double operator[](std::size_t i) const { return lanes::get(part[i / lanes::kPart], i % lanes::kPart); }
  void set(std::size_t i, double x) { lanes::set(part[i / lanes::kPart], i % lanes::kPart, x); }

#define NTK_LANES_OPERATOR(op)                                                            \
  NTK_INLINE friend Lanes operator op(const Lanes& a, const Lanes& b) {                   \
    Lanes out;                                                                            \
    for (std::size_t i = 0; i < lanes::kParts; ++i) out.part[i] = a.part[i] op b.part[i]; \
    return out;                                                                           \
  }
  NTK_LANES_OPERATOR(+)
  NTK_LANES_OPERATOR(-)
  NTK_LANES_OPERATOR(*)
  NTK_LANES_OPERATOR(/)
#undef NTK_LANES_OPERATOR
  NTK_INLINE friend Lanes operator-(const Lanes& a) {
    Lanes out;
    for (std::size_t i = 0; i < lanes::kParts; ++i) out.part[i] = -a.part[i];
    return out;
  }
#define NTK_LANES_COMPARISON(op)                                                          \
  NTK_INLINE friend LanesMask operator op(const Lanes& a, const Lanes& b) {               \
    LanesMask out;                                                                        \
    for (std::size_t i = 0; i < lanes::kParts; ++i) out.part[i] = a.part[i] op b.part[i]; \
    return out;                                                                           \
  }
  NTK_LANES_COMPARISON(<)
  NTK_LANES_COMPARISON(<=)
  NTK_LANES_COMPARISON(>)
  NTK_LANES_COMPARISON(>=)
  NTK_LANES_COMPARISON(==)
#undef NTK_LANES_COMPARISON
};

namespace lanes {

// f of each lane, one after the other.
template <class F, class... X>
Lanes each(F f, const X&... x) {
  Lanes out;
  for (std::size_t i = 0; i < kCount; ++i) out.set(i, f(x[i]...));
  return out;
}

}  // namespace lanes

namespace math {

NTK_INLINE Lanes select(const LanesMask& condition, const Lanes& a, const Lanes& b) {
  Lanes out;
  for (std::size_t i = 0; i < lanes::kParts; ++i) out.part[i] = condition.part[i] ? a.part[i] : b.part[i];
  return out;
}
NTK_INLINE LanesMask logical_and(const LanesMask& a, const LanesMask& b) {
  LanesMask out;
  for (std::size_t i = 0; i < lanes::kParts; ++i) out.part[i] = a.part[i] & b.part[i];
  return out;
}
NTK_INLINE LanesMask logical_or(const LanesMask& a, const LanesMask& b) {
  LanesMask out;
  for (std::size_t i = 0; i < lanes::kParts; ++i) out.part[i] = a.part[i] | b.part[i];
  return out;
}
NTK_INLINE LanesMask logical_not(const LanesMask& a) {
  LanesMask out;
  for (std::size_t i = 0; i < lanes::kParts; ++i) out.part[i] = a.part[i] == 0;
  return out;
}
NTK_INLINE Lanes sqrt(const Lanes& a) {
  Lanes out;
  for (std::size_t i = 0; i < lanes::kParts; ++i) out.part[i] = lanes::root(a.part[i]);
  return out;
}

}  // namespace math
}  // namespace ntk::NTK_ABI
#endif
