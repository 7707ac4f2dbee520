// Numbers on a Bernstein ellipse: exact complex ones as long as that is known, else a bound of the modulus. Where Gauss-Legendre takes a
// panel of half-width h of a function whose modulus on the ellipse of parameter r is at most M, it is off by at most
// (64/15) h M r^(-2n) / (1 - r^(-2)) (Trefethen 2008, theorem 4.5). For the calls that ntk/runtime/conditional.hpp makes.
#pragma once
#include <algorithm>
#include <cmath>
#include <complex>

#include "ntk/runtime/panels.hpp"

namespace ntkc::passes {

struct Majorant {
  static constexpr double kEllipse = 4.5;  // about the best for densities on panels of six deviations
  static constexpr int kPlaces = 16;       // on its upper half; between them the modulus is less than kBetween times more
  static constexpr double kBetween = 10;

  std::complex<double> value;
  bool exact = true;
  double most = 0;
  Majorant() = default;
  Majorant(double x) : value(x), most(std::fabs(x)) {}
  explicit Majorant(std::complex<double> z) : value(z), most(std::abs(z)) {}
  static Majorant bounded(double most) {
    Majorant out;
    out.exact = false, out.most = most;
    return out;
  }

  friend Majorant operator+(const Majorant& a, const Majorant& b) {
    return a.exact && b.exact ? Majorant(a.value + b.value) : bounded(a.most + b.most);
  }
  friend Majorant operator-(const Majorant& a) { return a.exact ? Majorant(-a.value) : a; }
  friend Majorant operator-(const Majorant& a, const Majorant& b) { return a + -b; }
  friend Majorant operator*(const Majorant& a, const Majorant& b) {
    return a.exact && b.exact ? Majorant(a.value * b.value) : bounded(a.most * b.most);
  }
  friend Majorant operator/(const Majorant& a, const Majorant& b) { return a * Majorant(1.0 / b.value); }  // by a constant
  friend Majorant gaussian(const Majorant& z) { return Majorant(std::exp(-0.5 * z.value * z.value)); }
  // |P(U > x + iy)| <= exp(y^2 / 2) P(U > x): the integral of the density along the line from x + iy to the right.
  friend Majorant above(const Majorant& z) {
    const double x = z.value.real(), y = z.value.imag();
    return bounded(std::exp(0.5 * y * y) * 0.5 * std::erfc(x * M_SQRT1_2));
  }

  static Majorant weight(std::size_t i) { return ::ntk::quadrature::rule().weight[i / ::ntk::lanes::kCount][i % ::ntk::lanes::kCount]; }
  // What the rule is off by.
  template <class F>
  static Majorant panel(double low, double high, const F& f) {
    const double middle = 0.5 * (low + high), half = 0.5 * (high - low);
    double most = 0;
    for (int i = 0; i <= kPlaces; ++i) {
      const std::complex<double> turn = std::polar(kEllipse, M_PI * i / kPlaces);
      most = std::max(most, f(Majorant(middle + 0.5 * half * (turn + 1.0 / turn))).most);
    }
    const double square = kEllipse * kEllipse;
    return bounded(64.0 / 15 * half * kBetween * most * std::pow(square, -static_cast<double>(::ntk::quadrature::kNodes)) /
                   (1 - 1 / square));
  }
};

}  // namespace ntkc::passes
