// Squares of matrices on the other side of the diagonal.
#pragma once
#ifndef NTK_RUNTIME_TRANSPOSE_HPP
#define NTK_RUNTIME_TRANSPOSE_HPP
#include <cstring>

#include "ntk/runtime/lines.hpp"

namespace ntk::NTK_ABI {

inline constexpr std::size_t kSquare = 8;

#if defined(__has_builtin)
#if __has_builtin(__builtin_shufflevector)
#define NTK_HAS_SHUFFLE
#endif
#endif

#ifdef NTK_HAS_SHUFFLE
namespace squares {

template <class T>
struct Row {
  typedef T Type __attribute__((vector_size(kSquare * sizeof(T))));
};

// Exchanges what two rows, kStep apart, have on either side of the diagonal of squares of 2 kStep numbers.
template <int kStep, class V>
NTK_INLINE void exchange(V& a, V& b) {
  [&]<int... l>(std::integer_sequence<int, l...>) {
    constexpr int n = static_cast<int>(kSquare);
    const V first = __builtin_shufflevector(a, b, (l & kStep ? n + (l ^ kStep) : l)...);
    b = __builtin_shufflevector(a, b, (l & kStep ? n + l : l ^ kStep)...);
    a = first;
  }
  (std::make_integer_sequence<int, static_cast<int>(kSquare)>());
}

template <int kStep, class V>
NTK_INLINE void exchange_all(V* rows) {
  lines::unrolled<kSquare>([&](auto i) {
    if constexpr ((i & kStep) == 0) exchange<kStep>(rows[i], rows[i + kStep]);
  });
}

}  // namespace squares
#endif

// to[j * to_stride + i] = from[i * from_stride + j], i and j < kSquare.
template <class T>
NTK_INLINE void transpose_square(const T* from, std::size_t from_stride, T* to, std::size_t to_stride) {
#ifdef NTK_HAS_SHUFFLE
  typename squares::Row<T>::Type rows[kSquare];
  lines::unrolled<kSquare>([&](auto i) { std::memcpy(&rows[i], from + i * from_stride, sizeof rows[i]); });
  squares::exchange_all<4>(rows), squares::exchange_all<2>(rows), squares::exchange_all<1>(rows);
  lines::unrolled<kSquare>([&](auto i) { std::memcpy(to + i * to_stride, &rows[i], sizeof rows[i]); });
#else
  for (std::size_t j = 0; j < kSquare; ++j)
    for (std::size_t i = 0; i < kSquare; ++i) to[j * to_stride + i] = from[i * from_stride + j];
#endif
}

}  // namespace ntk::NTK_ABI
#endif
