// Two standard normals U, V of covariance (c, gram), rho = c / sqrt(c² + gram): P(U > h, V > k) and E[(U - h)+ (V - k)+].
//
// dP(U > h, V > k)/drho is the density, so with rho = cos t (Plackett 1954) and y = tan(t / 2) both are integrals of
//   e(y) = exp(-((h - k)² (1 + 1/y²) + (h + k)² (1 + y²)) / 8) / (1 + y²)
// from the angle of rho to one where the answer is elementary: to rho = 0 (y = 1), by Gauss-Legendre, and near rho = 1 to y = 0, where
// exp(-(h - k)² / (8 y²)) is integrated exactly against the powers of y² in which the rest is expanded (in the manner of Drezner &
// Wesolowsky 1990). Negative rho is folded: (h, k, rho) -> (h, -k, -rho). No 1 - rho is taken: y = sqrt(gram) / (sqrt(c² + gram) + |c|).
//
// Error: 4e-16 absolute, of the hinges times (1 + |h|) (1 + |k|). Relative to the root of the values of h = k and of k = h at rho = 1, what
// kernels of tails are measured by: 4e-15 and 4e-13 up to h, k = 3, growing with h² and h⁴. Near rho = -1 with h + k about 0, where the
// hinges vanish like the angle cubed, 1e-10 of that.
#pragma once
#ifndef NTK_RUNTIME_BIVARIATE_HPP
#define NTK_RUNTIME_BIVARIATE_HPP
#include <initializer_list>

#include "ntk/runtime/math.hpp"

namespace ntk::NTK_ABI::math {
namespace bivariate {

inline constexpr double kPi = 3.14159265358979323846, kRootPi = 1.77245385090551602730;
inline constexpr double kNear = 0.3, kNarrow = 0.6;  // the expansion serves for y <= kNear and (h + k)² y² / 8 <= kNarrow
inline constexpr int kTerms = 18;                    // leaves 0.09^18 e^(0.6 / 0.09) / 37 = 3e-18
inline constexpr double kFar = 40.0;                 // the density is 0 there

template <class Yes, class No>
auto chosen(bool condition, const Yes& yes, const No& no) {
  return condition ? yes() : no();
}
// Only what some lane needs.
template <class Yes, class No>
Lanes chosen(const LanesMask& condition, const Yes& yes, const No& no) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < lanes::kCount; ++i) count += condition[i] ? 1 : 0;
  return count == 0 ? no() : count == lanes::kCount ? yes() : select(condition, yes(), no());
}

// P(U > x), and the density, by the library: one number's branches take less than both sides of a selection, and lanes shall have the same
// bits.
template <class T>
T above(const T& x) {
  using std::erfc;
  return T(0.5) * erfc(x * T(0.70710678118654752440));
}
template <class T>
T density(const T& x) {
  using std::exp;
  return T(0.39894228040143267794) * exp(T(-0.5) * (x * x));
}
inline Lanes above(const Lanes& x) {
  return lanes::each([](double a) { return above(a); }, x);
}
inline Lanes density(const Lanes& x) {
  return lanes::each([](double a) { return density(a); }, x);
}
// E[(U - x)+].
template <class T>
T hinge(const T& x) {
  return select(T(kFar) < x, T(0.0), density(x) - x * above(x));
}

// The pair folded to rho >= 0.
template <class T>
struct Folded {
  T h, k, rho, y;
  T gap, sum;  // (h - k)² / 8, (h + k)² / 8
  Folded(const T& h_, const T& k_, const T& c, const T& gram) : h(h_), k(select(c < T(0.0), -k_, k_)) {
    const T det = max(gram, T(0.0)), norm = sqrt(c * c + det), width = norm + abs(c);
    const auto nothing = width == T(0.0);  // as independent
    const T divisor = select(nothing, T(1.0), width);
    rho = select(nothing, T(0.0), abs(c) / select(nothing, T(1.0), norm));
    y = select(nothing, T(1.0), sqrt(det) / divisor);
    const T a = clipped(h), b = clipped(k);
    gap = T(0.125) * ((a - b) * (a - b)), sum = T(0.125) * ((a + b) * (a + b));
  }
  template <class U>
  explicit Folded(const Folded<U>& f) : h(f.h), k(f.k), rho(f.rho), y(f.y), gap(f.gap), sum(f.sum) {}
  auto near() const { return logical_and(y <= T(kNear), sum * (y * y) <= T(kNarrow)); }

 private:
  static T clipped(const T& x) { return max(min(x, T(kFar)), T(-kFar)); }
};

// exp(x), x <= 0. In lanes without calls: by powers of two and a polynomial for |r| <= log(2) / 2, within 2e-16.
template <class T>
T decay(const T& x) {
  return exp(x);
}
#if defined(__GNUC__)
inline Lanes decay(const Lanes& x) {
  static_assert(sizeof(lanes::Reals) == sizeof(lanes::Truths));
  constexpr double kShift = 0x1.8p52, kLog2High = 0x1.62e42fee00000p-1, kLog2Low = 0x1.a39ef35793c76p-33;
  Lanes out;
  for (std::size_t i = 0; i < lanes::kParts; ++i) {
    const lanes::Reals v = x.part[i] < -708.0 ? lanes::fill(-708.0) : x.part[i], shifted = v * 1.4426950408889634 + kShift,
                       n = shifted - kShift;
    const lanes::Reals r = (v - n * kLog2High) - n * kLog2Low;
    lanes::Reals p = lanes::fill(2.511004920481866e-8);
    for (const double c :
         {2.7632654722527792e-7, 2.7557240887229869e-6, 2.4801485441561313e-5, 0.00019841269890076403, 0.0013888888952352863,
          0.0083333333333195896, 0.041666666666487953, 0.16666666666666681, 0.50000000000000184, 1.0, 1.0})
      p = p * r + c;
    const lanes::Truths scaled = (lanes::Truths)p + ((lanes::Truths)shifted << 52);
    out.part[i] = x.part[i] < -708.0 ? lanes::fill(0.0) : (lanes::Reals)scaled;
  }
  return out;
}
#endif

inline constexpr std::size_t kNodes = 16;  // of Gauss-Legendre on [0, 1]
inline constexpr double kPlaces[kNodes] = {0.0052995325041750337, 0.027712488463383712, 0.067184398806084128, 0.12229779582249848,
                                           0.19106187779867813,   0.27099161117138631,  0.35919822461037054,  0.45249374508118128,
                                           0.54750625491881872,   0.64080177538962946,  0.72900838882861369,  0.80893812220132187,
                                           0.87770220417750152,   0.93281560119391587,  0.97228751153661629,  0.99470046749582497};
inline constexpr double kWeights[kNodes] = {0.013576229705877047, 0.031126761969323946, 0.047579255841246392, 0.062314485627766936,
                                            0.074797994408288366, 0.084578259697501269, 0.091301707522461794, 0.094725305227534248,
                                            0.094725305227534248, 0.091301707522461794, 0.084578259697501269, 0.074797994408288366,
                                            0.062314485627766936, 0.047579255841246392, 0.031126761969323946, 0.013576229705877047};

// What a node adds to the integral of e (Moment 0) or of (z - y²) e / (1 + z) (Moment 1), z its square.
template <int Moment, class T>
T node(const Folded<T>& f, const T& place, const T& weight) {
  const T y = f.y + (T(1.0) - f.y) * place, z = y * y, inverse = T(1.0) / (z + z * z);
  const T outer = z * inverse;  // 1 / (1 + z)
  const T value = weight * (outer * decay(-(f.gap * (T(1.0) + (T(1.0) + z) * inverse) + f.sum * (T(1.0) + z))));
  return Moment == 0 ? value : value * (outer * (z - f.y * f.y));
}
template <int Moment, class T>
void nodes(const Folded<T>& f, T* out) {
  for (std::size_t i = 0; i < kNodes; ++i) out[i] = node<Moment>(f, T(kPlaces[i]), T(kWeights[i]));
}
template <int Moment>
void nodes(const Folded<double>& f, double* out) {  // the same numbers, by lanes of nodes
  const Folded<Lanes> spread(f);
  for (std::size_t i = 0; i < kNodes; i += lanes::kCount)
    node<Moment>(spread, Lanes::load(kPlaces + i), Lanes::load(kWeights + i)).store(out + i);
}

// The integrals from rho = 0, over [y, 1] of e (Moment 0) or of (|rho| - cos t) e (Moment 1), by pi.
template <int Moment, class T>
T from_independent(const Folded<T>& f) {
  T terms[kNodes];
  nodes<Moment>(f, terms);
  for (std::size_t half = kNodes / 2; half > 0; half /= 2)
    for (std::size_t i = 0; i < half; ++i) terms[i] = terms[i] + terms[i + half];
  const T scaled = (T(1.0) - f.y) * terms[0] / T(kPi);
  return Moment == 0 ? scaled : T(2.0) * scaled / (T(1.0) + f.y * f.y);
}

// The integrals from rho = 1, over [0, y] of e or of (cos t - |rho|) e, by pi: x = y / f.y, the moments of exp(-(delta / x)²) over [0, 1]
// by their recurrence, times the coefficients of exp(-kappa x²) / (1 + y² x²)^(1 or 2).
template <int Moment, class T>
T from_equal(const Folded<T>& f) {
  const T square = f.y * f.y, kappa = f.sum * square;
  const T delta = min(sqrt(f.gap) / max(f.y, T(1e-30)), T(26.0)), twice = T(2.0) * (delta * delta), edge = exp(T(-0.5) * twice);
  T moment = edge - T(kRootPi) * (delta * erfc(delta));
  T power = T(1.0), once = T(0.0), coefficient = T(0.0), total = T(0.0);
  for (int j = 0; j < kTerms; ++j) {
    once = power - square * once;
    coefficient = Moment == 0 ? once : once - square * coefficient;
    const T next = (edge - twice * moment) * T(1.0 / (2 * j + 3));
    total = total + coefficient * (Moment == 0 ? moment : moment - next);
    moment = next, power = power * (kappa * T(-1.0 / (j + 1)));
  }
  const T scaled = f.y * exp(-(f.gap + f.sum)) * total / T(kPi);
  return Moment == 0 ? scaled : T(2.0) * (square * scaled) / (T(1.0) + square);
}

// P(low < z < high), and E[(z - low)+ (high - z)+] less the share of it. For small steps by Taylor's series at the middle; what they leave
// out is (step middle)^6 / 1e6 of the first term.
template <class T>
struct Between {
  T share, product;
  Between(const T& low, const T& high) {
    const T step = high - low, middle = max(min(T(0.5) * (low + high), T(kFar)), T(-kFar)), m = middle * middle, t = step * step;
    const T second = m - T(1.0), fourth = m * m - T(6.0) * m + T(3.0), size = density(middle) * step;
    const auto small = t * (T(1.0) + m) < T(1e-3);
    share = select(small, size * (T(1.0) + t * (second * T(1.0 / 24) + t * fourth * T(1.0 / 1920))), above(low) - above(high));
    product = select(small, size * t * (T(1.0 / 6) + t * (second * T(1.0 / 240) + t * fourth * T(1.0 / 26880))),
                     high * hinge(low) - low * hinge(high) - (above(low) - above(high)));
  }
};

// With V = U the answers are those of the larger place alone, or of what lies between h and -k.
template <class T>
T orthant_near(const Folded<T>& f, const T& c) {
  const T crossing = from_equal<0>(f);
  return chosen(
      c < T(0.0),
      [&] {
        return chosen(
            f.h < f.k, [&] { return Between<T>(f.h, f.k).share + crossing; }, [&] { return crossing; });
      },
      [&] { return above(max(f.h, f.k)) - crossing; });
}
template <class T>
T orthant_far(const Folded<T>& f, const T& k, const T& c) {
  const T part = from_independent<0>(f), apart = above(f.h) * above(k);
  return select(c < T(0.0), apart - part, apart + part);
}

template <class T>
T hinges_near(const Folded<T>& f, const T& c) {
  const T crossing = from_equal<1>(f);
  return chosen(
      c < T(0.0),
      [&] {
        return chosen(
            f.h < f.k,
            [&] {
              const Between<T> between(f.h, f.k);
              const T square = f.y * f.y;  // 1 - rho = 2 y² / (1 + y²)
              return between.product + T(2.0) * square / (T(1.0) + square) * between.share + crossing;
            },
            [&] { return crossing; });
      },
      [&] {
        const T high = max(f.h, f.k), low = min(f.h, f.k);
        return f.rho * above(high) - low * hinge(high) + crossing;
      });
}
template <class T>
T hinges_far(const Folded<T>& f, const T& k, const T& c) {
  const T slope = f.rho * (above(f.h) * above(k));
  return hinge(f.h) * hinge(k) + (select(c < T(0.0), -slope, slope) + from_independent<1>(f));
}

}  // namespace bivariate

// P(U > h, V > k)
template <class T>
T normal_orthant(const T& h, const T& k, const T& c, const T& gram) {
  const bivariate::Folded<T> f(h, k, c, gram);
  return bivariate::chosen(
      f.near(), [&] { return bivariate::orthant_near(f, c); }, [&] { return bivariate::orthant_far(f, k, c); });
}

// E[(U - h)+ (V - k)+]
template <class T>
T normal_hinges(const T& h, const T& k, const T& c, const T& gram) {
  const bivariate::Folded<T> f(h, k, c, gram);
  return bivariate::chosen(
      f.near(), [&] { return bivariate::hinges_near(f, c); }, [&] { return bivariate::hinges_far(f, k, c); });
}

}  // namespace ntk::NTK_ABI::math
#endif
