// The kernels of one pair of rows, of any scalar type with the usual functions.
#pragma once
#ifndef NTK_RUNTIME_PAIR_HPP
#define NTK_RUNTIME_PAIR_HPP
#include <array>
#include <cmath>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include "ntk/runtime/features.hpp"
#include "ntk/runtime/model.hpp"

namespace ntk::NTK_ABI {

template <class T>
struct Kernels {
  T nngp, ntk;  // a kernel that the network was not compiled for is 0
};

// Two samples: on the stack, unless the network is so deep that they are too large for it.
template <class S>
class TwoSamples {
 public:
  S& operator[](std::size_t i) {
    if constexpr (kSmall)
      return samples_[i];
    else
      return (*samples_)[i];
  }

 private:
  static constexpr bool kSmall = sizeof(S) <= 16384;
  using Both = std::array<S, 2>;
  static auto make() {
    if constexpr (kSmall)
      return Both{};
    else
      return std::make_unique<Both>();
  }
  decltype(make()) samples_ = make();
};

template <Model M, class T>
Kernels<T> pair_of(const M& model, const T* x, const T* y, std::size_t given) {
  const std::size_t columns = model.columns(given), size = model.computed_size(columns);
  std::vector<T> computed(2 * size);
  T* const computed_x = computed.data();
  T* const computed_y = computed_x + size;
  TwoSamples<typename M::template SampleOf<T>> samples;
  model.sample(x, columns, samples[0], computed_x);
  model.sample(y, columns, samples[1], computed_y);
  std::array<T, M::products.size() + 1> products{};
  for (std::size_t i = 0; i < M::products.size(); ++i) {
    const Product& p = M::products[i];
    const std::size_t n = model.block_size(p.left, columns);
    const T* const a = model.block(p.left, x, columns, static_cast<const T*>(computed_x));
    const T* const b = model.block(p.right, y, columns, static_cast<const T*>(computed_y));
    products[i] = p.kind == ProductKind::inner      ? inner(n, a, b)
                  : p.kind == ProductKind::distance ? distance(n, a, b)
                                                    : gram_determinant(n, a, b);
  }
  T out[2] = {T(0.0), T(0.0)};
  model.pair(samples[0], samples[1], products.data(), T(0.0), out);
  if constexpr (std::is_floating_point_v<T>)
    if (!std::isfinite(out[0]) || !std::isfinite(out[1])) throw std::domain_error("ntk: the kernel of this pair is not finite");
  return {out[0], out[1]};
}

template <Model M>
Kernels<double> pair_of(const M& model, const float* x, const float* y, std::size_t columns) {
  const std::vector<double> a(x, x + columns), b(y, y + columns);
  return pair_of(model, a.data(), b.data(), columns);
}

}  // namespace ntk::NTK_ABI
#endif
