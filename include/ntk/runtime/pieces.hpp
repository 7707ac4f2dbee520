// Functions that are polynomials between their breaks, and how such a function is taken apart: it is called with polynomials.
#pragma once
#ifndef NTK_RUNTIME_PIECES_HPP
#define NTK_RUNTIME_PIECES_HPP
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "ntk/runtime/abi.hpp"

namespace ntk::NTK_ABI::quadrature {

inline constexpr std::size_t kCoefficients = 4;  // cubics
using Cubic = std::array<double, kCoefficients>;

// The polynomial sum of c[n] (x - anchor)^n as a number that a function can be called with: what is compared is its value `at` a place that
// lies inside the piece.
struct Local {
  Cubic c{};
  double at = 0;
  Local(double x) : c{x}, at(x) {}
  Local(const Cubic& polynomial, double value) : c(polynomial), at(value) {}

  friend Local operator+(const Local& a, const Local& b) {
    Local out(a.c, a.at + b.at);
    for (std::size_t n = 0; n < kCoefficients; ++n) out.c[n] += b.c[n];
    return out;
  }
  friend Local operator-(const Local& a) {
    Local out(-a.at);
    for (std::size_t n = 0; n < kCoefficients; ++n) out.c[n] = -a.c[n];
    return out;
  }
  friend Local operator-(const Local& a, const Local& b) { return a + -b; }
  friend Local operator*(const Local& a, const Local& b) {
    Local out(Cubic{}, a.at * b.at);
    for (std::size_t n = 0; n < kCoefficients; ++n)
      for (std::size_t m = 0; n + m < kCoefficients; ++m) out.c[n + m] += a.c[n] * b.c[m];
    return out;
  }
  friend Local operator/(const Local& a, const Local& b) {  // by a constant
    Local out(a.at / b.at);
    for (std::size_t n = 0; n < kCoefficients; ++n) out.c[n] = a.c[n] / b.c[0];
    return out;
  }
  friend Local pow(const Local& a, const Local& b) {  // of a constant, or to a small whole power
    if (!(b.at >= 0 && b.at < kCoefficients && b.at == std::floor(b.at))) return {std::pow(a.c[0], b.c[0])};
    Local out = 1.0;
    for (int i = 0; i < static_cast<int>(b.at); ++i) out = out * a;
    return out;
  }
  friend bool operator<(const Local& a, const Local& b) { return a.at < b.at; }
  friend bool operator<=(const Local& a, const Local& b) { return a.at <= b.at; }
  friend bool operator==(const Local& a, const Local& b) { return a.at == b.at; }
};

// A polynomial about a place.
struct Piece {
  double low, high;  // where it holds, perhaps infinite
  double anchor;     // the nearest to 0 of these places
  Cubic c{};

  template <class T>
  T operator()(const T& x) const {
    const T y = x - T(anchor);
    return T(c[0]) + y * (T(c[1]) + y * (T(c[2]) + y * T(c[3])));
  }
  bool is_zero() const {
    return std::all_of(c.begin(), c.end(), [](double x) { return x == 0; });
  }
  Cubic about(double place) const {
    Cubic out = c;
    for (std::size_t i = 0; i + 1 < kCoefficients; ++i)  // Horner's scheme
      for (std::size_t n = kCoefficients - 1; n-- > i;) out[n] += (place - anchor) * out[n + 1];
    return out;
  }
};

// In order, from minus to plus infinity. As a range it is the places where they meet.
struct Pieces {
  std::vector<double> places;
  std::vector<Piece> pieces;
  auto begin() const { return places.begin(); }
  auto end() const { return places.end(); }

  Pieces() = default;
  template <class F, class B>
  Pieces(const F& f, const B& breaks) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    for (const double b : breaks)
      if (std::isfinite(b)) places.push_back(b + 0.0);
    std::sort(places.begin(), places.end());
    places.erase(std::unique(places.begin(), places.end()), places.end());
    for (std::size_t i = 0; i <= places.size(); ++i) {
      const double low = i == 0 ? -kInfinity : places[i - 1], high = i == places.size() ? kInfinity : places[i];
      const double anchor = low > 0 ? low : high < 0 ? high : 0.0;
      const double inside = std::isfinite(low) && std::isfinite(high) ? low + (high - low) / 2
                            : std::isfinite(low)                      ? low + (1 + std::fabs(low))
                            : std::isfinite(high)                     ? high - (1 + std::fabs(high))
                                                                      : 0.0;
      pieces.push_back({low, high, anchor, f(Local({anchor, 1.0}, inside)).c});
    }
  }
  std::size_t at(double x) const { return static_cast<std::size_t>(std::upper_bound(places.begin(), places.end(), x) - places.begin()); }
  Pieces slope() const {
    Pieces out = *this;
    for (Piece& p : out.pieces) p.c = {p.c[1], 2 * p.c[2], 3 * p.c[3], 0};
    return out;
  }
};

}  // namespace ntk::NTK_ABI::quadrature
#endif
