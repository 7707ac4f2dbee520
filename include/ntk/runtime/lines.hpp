// Sixty-four bytes of numbers that are computed together, doubles or floats: what a panel (packed.hpp) holds of a feature.
#pragma once
#ifndef NTK_RUNTIME_LINES_HPP
#define NTK_RUNTIME_LINES_HPP
#include <type_traits>
#include <utility>

#include "ntk/runtime/lanes.hpp"

namespace ntk::NTK_ABI {
namespace lines {

// As wide as the registers of the target.
template <class T>
struct Register {
#if defined(__GNUC__)
  typedef T Type __attribute__((vector_size(sizeof(lanes::Reals))));
  typedef T Anywhere __attribute__((vector_size(sizeof(lanes::Reals)), aligned(alignof(T)), may_alias));  // in memory
#else
  using Type = T;
  using Anywhere = T;
#endif
};

inline lanes::Reals root(const lanes::Reals& v) { return lanes::root(v); }

using Floats = Register<float>::Type;
NTK_INLINE Floats root(const Floats& v) {
#if defined(__GNUC__) && defined(__AVX512F__)
  return reinterpret_cast<Floats>(_mm512_maskz_sqrt_ps(0xffff, reinterpret_cast<__m512>(v)));
#elif defined(__GNUC__) && defined(__AVX__)
  return reinterpret_cast<Floats>(_mm256_sqrt_ps(reinterpret_cast<__m256>(v)));
#elif defined(__GNUC__) && defined(__SSE2__)
  return reinterpret_cast<Floats>(_mm_sqrt_ps(reinterpret_cast<__m128>(v)));
#elif defined(__GNUC__) && defined(__aarch64__)
  return reinterpret_cast<Floats>(vsqrtq_f32(reinterpret_cast<float32x4_t>(v)));
#elif defined(__GNUC__)
  Floats out{};
  for (std::size_t i = 0; i < sizeof(Floats) / sizeof(float); ++i) out[i] = std::sqrt(v[i]);
  return out;
#else
  return std::sqrt(v);
#endif
}

// In a register: of what is used several times GCC may read it from memory for each.
template <class V>
NTK_INLINE V kept(V v) {
#if defined(__GNUC__) && defined(__AVX512F__)
  asm("" : "+v"(v));
#elif defined(__GNUC__) && defined(__SSE2__)
  asm("" : "+x"(v));
#elif defined(__GNUC__) && defined(__aarch64__)
  asm("" : "+w"(v));
#endif
  return v;
}

// f(0) ... f(n - 1), each written out: where a compiler keeps a short loop, what it sums stays in memory.
template <std::size_t n, class F>
NTK_INLINE void unrolled(F f) {
  [&]<std::size_t... i>(std::index_sequence<i...>) { (f(std::integral_constant<std::size_t, i>()), ...); }
  (std::make_index_sequence<n>());
}

}  // namespace lines

template <class T>
struct Line {
  using Part = typename lines::Register<T>::Type;
  static constexpr std::size_t kCount = 64 / sizeof(T), kParts = 64 / sizeof(Part), kPart = kCount / kParts;
  Part part[kParts];

  NTK_INLINE Line() {}  // of no value: arrays of lines that are set one by one stay in registers
  NTK_INLINE Line(T x) {
    for (Part& p : part) p = x - Part{};
  }
  NTK_INLINE static Line load(const T* from) {
    Line out;
    for (std::size_t i = 0; i < kParts; ++i)
      out.part[i] = *reinterpret_cast<const typename lines::Register<T>::Anywhere*>(from + i * kPart);
    return out;
  }
  // As one that is used several times.
  NTK_INLINE static Line load_once(const T* from) {
    const Line there = load(from);
    Line out;
    for (std::size_t i = 0; i < kParts; ++i) out.part[i] = lines::kept(there.part[i]);
    return out;
  }
  NTK_INLINE void store(T* to) const {
    for (std::size_t i = 0; i < kParts; ++i) std::memcpy(to + i * kPart, &part[i], sizeof(Part));
  }
  // The root of what is not negative; 0 of what is.
  NTK_INLINE Line root() const {
    Line out;
    for (std::size_t i = 0; i < kParts; ++i) out.part[i] = lines::root(part[i] > Part{} ? part[i] : Part{});
    return out;
  }
#define NTK_LINE_OPERATOR(op)                                                      \
  NTK_INLINE friend Line operator op(const Line& a, const Line& b) {               \
    Line out;                                                                      \
    for (std::size_t i = 0; i < kParts; ++i) out.part[i] = a.part[i] op b.part[i]; \
    return out;                                                                    \
  }
  NTK_LINE_OPERATOR(+)
  NTK_LINE_OPERATOR(-)
  NTK_LINE_OPERATOR(*)
#undef NTK_LINE_OPERATOR
};

}  // namespace ntk::NTK_ABI
#endif
