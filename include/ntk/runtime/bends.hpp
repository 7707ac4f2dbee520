// What the correlation of two standard normals adds to the expectation of two hinges beyond first order,
//   B(h, k) = E[(U - h)+ (V - k)+] - E[(U - h)+] E[(V - k)+] - rho P(U > h) P(V > k),
// the integral of rho - r times the density of both at (h, k) over correlations r from 0 to rho (Plackett 1954). The weights of a function
// that is straight far out, with one slope on both sides, add up to 0, so of B only the differences matter over h and over k. Where both
// are small they are far smaller than B, and are taken under the integral: with e(h, k) the exponential of the density,
//   e(h, k) - e(h, 0) - e(0, k) + e(0, 0) = e(h, 0) e(0, k) (exp(C) - 1) + (1 - e(h, 0)) (1 - e(0, k)).
//
// Over y = tan(t / 2), r = cos t, it varies at y of the order of h, k and h - k, so panels are equal in log y. Error: 4e-16 |h k| of the
// difference over both, for h and k from 1e-3 to 1; of the plain B that of hinges.
#pragma once
#ifndef NTK_RUNTIME_BENDS_HPP
#define NTK_RUNTIME_BENDS_HPP
#include "ntk/runtime/bivariate.hpp"

namespace ntk::NTK_ABI::math {
namespace bivariate {

inline constexpr double kLeast = 1e-7;  // of y; what lies below adds its cube
inline constexpr double kApart = 0.03;  // from there on few panels serve
inline constexpr std::size_t kManyPanels = 12, kFewPanels = 3;

// exp(high) - exp(low), gap = high - low: for small gaps by Taylor's series, which leaves out 0.35^13 / 14!.
template <class T>
T decay_difference(const T& high, const T& low, const T& gap) {
  T series = T(1.0 / 6227020800);
  for (const double c : {1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720, 1.0 / 120,
                         1.0 / 24, 1.0 / 6, 0.5, 1.0})
    series = series * gap + T(c);
  const T at_low = decay(low);
  return select(abs(gap) < T(0.35), at_low * (gap * series), decay(high) - at_low);
}

// Two places with rho folded to >= 0, and from which of them the value at 0 is taken off.
template <class T>
struct Bend {
  T h, k, y, length, of_h, of_k;  // length: of log y; of_h, of_k: 1 or 0
  Bend(const Folded<T>& f, const T& u, const T& v)
      : h(max(min(f.h, T(kFar)), T(-kFar))),
        k(max(min(f.k, T(kFar)), T(-kFar))),
        y(f.y),
        length(-log(max(y, T(kLeast)))),
        of_h(u),
        of_k(v) {}
  template <class U>
  explicit Bend(const Bend<U>& b) : h(b.h), k(b.k), y(b.y), length(b.length), of_h(b.of_h), of_k(b.of_k) {}
};

// What a node at a share of the length adds.
template <class T>
T node(const Bend<T>& f, const T& place, const T& weight) {
  const T p = decay(-(f.length * place)), z = p * p, inverse = T(1.0) / z, outer = T(1.0) / (T(1.0) + z);
  const T turn = T(-0.125) * ((T(1.0) + z) * (T(1.0) + inverse)), plus = f.h + f.k, minus = f.h - f.k;
  const T a = f.h * f.h * turn, b = f.k * f.k * turn, c = T(0.25) * (f.h * f.k) * (inverse - z);  // e(h, k) = exp(a + b + c)
  const T both = T(-0.125) * (minus * minus * (T(1.0) + inverse) + plus * plus * (T(1.0) + z));
  const auto less_h = T(0.5) < f.of_h, less_k = T(0.5) < f.of_k;
  const T low = select(less_h, select(less_k, a + b, b), a), gap = select(less_h, select(less_k, c, a + c), b + c);
  const T zero = T(0.0), corner = f.of_h * f.of_k * (decay_difference(a, zero, a) * decay_difference(b, zero, b));
  return weight * (p * (outer * outer) * (z - f.y * f.y)) * (decay_difference(both, low, gap) + corner);
}
template <std::size_t kPanels, class T>
void nodes(const Bend<T>& f, std::size_t panel, T* out) {
  for (std::size_t i = 0; i < kNodes; ++i)
    out[i] = node(f, T((static_cast<double>(panel) + kPlaces[i]) / kPanels), T(kWeights[i] / kPanels));
}
template <std::size_t kPanels>
void nodes(const Bend<double>& f, std::size_t panel, double* out) {  // the same numbers, by lanes of nodes
  const Bend<Lanes> spread(f);
  for (std::size_t i = 0; i < kNodes; i += lanes::kCount) {
    const Lanes place = (static_cast<double>(panel) + Lanes::load(kPlaces + i)) / static_cast<double>(kPanels);
    node(spread, place, Lanes::load(kWeights + i) / static_cast<double>(kPanels)).store(out + i);
  }
}

template <std::size_t kPanels, class T>
T differences(const Bend<T>& f) {
  T total = T(0.0);
  for (std::size_t panel = 0; panel < kPanels; ++panel) {
    T terms[kNodes];
    nodes<kPanels>(f, panel, terms);
    for (std::size_t half = kNodes / 2; half > 0; half /= 2)
      for (std::size_t i = 0; i < half; ++i) terms[i] = terms[i] + terms[i + half];
    total = total + terms[0];
  }
  return T(2.0) * f.length * total / (T(kPi) * (T(1.0) + f.y * f.y));
}

template <class T>
T bends_near(const Folded<T>& f, const T& k, const T& c) {
  const T slope = f.rho * (above(f.h) * above(k));
  return hinges_near(f, c) - hinge(f.h) * hinge(k) - select(c < T(0.0), -slope, slope);
}

}  // namespace bivariate

// B(h, k) for u = v = 0; B(h, k) - B(0, k) for u = 1, B(h, k) - B(h, 0) for v = 1, and B(h, k) - B(0, k) - B(h, 0) + B(0, 0) for both.
template <class T>
T normal_bends(const T& h, const T& k, const T& c, const T& gram, const T& u, const T& v) {
  const bivariate::Folded<T> f(h, k, c, gram);
  return bivariate::chosen(
      u + v == T(0.0),
      [&] {
        return bivariate::chosen(
            f.near(), [&] { return bivariate::bends_near(f, k, c); }, [&] { return bivariate::from_independent<1>(f); });
      },
      [&] {
        const bivariate::Bend<T> bend(f, u, v);
        return bivariate::chosen(
            f.y < T(bivariate::kApart), [&] { return bivariate::differences<bivariate::kManyPanels>(bend); },
            [&] { return bivariate::differences<bivariate::kFewPanels>(bend); });
      });
}

}  // namespace ntk::NTK_ABI::math
#endif
