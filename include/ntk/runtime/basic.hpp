// Functions that are exact or rounded once: what comparisons make, and roots.
#pragma once
#ifndef NTK_RUNTIME_BASIC_HPP
#define NTK_RUNTIME_BASIC_HPP
#include <cmath>

#include "ntk/runtime/lanes.hpp"

namespace ntk::NTK_ABI::math {

inline bool logical_and(bool a, bool b) { return a && b; }
inline bool logical_or(bool a, bool b) { return a || b; }
inline bool logical_not(bool a) { return !a; }
template <class T>
NTK_INLINE T select(bool condition, const T& a, const T& b) {
  return condition ? a : b;
}

template <class T>
NTK_INLINE T min(const T& a, const T& b) {
  return select(b < a, b, a);
}
template <class T>
NTK_INLINE T max(const T& a, const T& b) {
  return select(a < b, b, a);
}
template <class T>
NTK_INLINE T abs(const T& x) {
  return select(x < T(0.0), -x, x + T(0.0));
}  // + 0: of -0 too it is 0
template <class T>
NTK_INLINE T step(const T& x) {
  return select(T(0.0) < x, T(1.0), T(0.0));
}
template <class T>
NTK_INLINE T sign(const T& x) {
  return select(T(0.0) < x, T(1.0), select(x < T(0.0), T(-1.0), T(0.0)));
}
template <class T>
NTK_INLINE T sqrt(const T& x) {
  using std::sqrt;
  return sqrt(x);
}

// A polynomial, the highest coefficient first.
template <class T, class... C>
NTK_INLINE T horner(const T& x, double first, C... rest) {
  T p = T(first);
  ((p = p * x + T(rest)), ...);
  return p;
}

}  // namespace ntk::NTK_ABI::math
#endif
