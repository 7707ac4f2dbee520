// Numbers as their bits, of double and of lanes: what elementary functions take apart and put together.
#pragma once
#ifndef NTK_RUNTIME_BITS_HPP
#define NTK_RUNTIME_BITS_HPP
#include <bit>
#include <cstdint>
#include <type_traits>

#include "ntk/runtime/lanes.hpp"

namespace ntk::NTK_ABI::math {

// The types that have functions of their own here; of others (dual numbers, long double) the usual ones are taken.
template <class T>
concept Vectorised = std::is_same_v<T, double> || std::is_same_v<T, Lanes>;

namespace bits {

NTK_INLINE std::uint64_t words(double x) { return std::bit_cast<std::uint64_t>(x); }
NTK_INLINE double reals(std::uint64_t w) { return std::bit_cast<double>(w); }
#if defined(__GNUC__)
typedef std::uint64_t Words __attribute__((vector_size(sizeof(lanes::Reals))));
NTK_INLINE Words words(const lanes::Reals& x) { return reinterpret_cast<Words>(x); }
NTK_INLINE lanes::Reals reals(const Words& w) { return reinterpret_cast<lanes::Reals>(w); }
#endif

inline constexpr std::uint64_t kSign = 0x8000000000000000, kFraction = 0x000fffffffffffff, kOne = 0x3ff0000000000000;

// 2^n of a whole number n in [-1022, 1023].
template <class R>
NTK_INLINE R power_of_two(const R& n) {
  return reals(words(n + (0x1.8p52 + 1023)) << 52);
}
// Of a positive normal number m 2^e, m in [1, 2): e and m.
template <class R>
NTK_INLINE R exponent(const R& x) {
  return reals((words(x) >> 52) | 0x4330000000000000) - (0x1p52 + 1023);
}
template <class R>
NTK_INLINE R significand(const R& x) {
  return reals((words(x) & kFraction) | kOne);
}
// The upper 26 bits of the significand: the square of what is left has no rounding.
template <class R>
NTK_INLINE R upper(const R& x) {
  return reals(words(x) & 0xfffffffff8000000);
}
template <class R>
NTK_INLINE R with_sign(const R& size, const R& sign) {
  return reals((words(size) & ~kSign) | (words(sign) & kSign));
}

}  // namespace bits

#define NTK_BITS(name)                                                                   \
  NTK_INLINE double name(double x) { return bits::name(x); }                             \
  NTK_INLINE Lanes name(const Lanes& x) {                                                \
    Lanes out;                                                                           \
    for (std::size_t i = 0; i < lanes::kParts; ++i) out.part[i] = bits::name(x.part[i]); \
    return out;                                                                          \
  }
NTK_BITS(power_of_two)
NTK_BITS(exponent)
NTK_BITS(significand)
NTK_BITS(upper)
#undef NTK_BITS
NTK_INLINE double with_sign(double size, double sign) { return bits::with_sign(size, sign); }
NTK_INLINE Lanes with_sign(const Lanes& size, const Lanes& sign) {
  Lanes out;
  for (std::size_t i = 0; i < lanes::kParts; ++i) out.part[i] = bits::with_sign(size.part[i], sign.part[i]);
  return out;
}

// The nearest whole number, of |x| < 2^51.
template <Vectorised T>
NTK_INLINE T whole(const T& x) {
  return (x + T(0x1.8p52)) - T(0x1.8p52);
}

}  // namespace ntk::NTK_ABI::math
#endif
