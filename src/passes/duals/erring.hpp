// Numbers that know what they may be off: running error analysis (Wilkinson 1963; Higham 2002, section 3.3), for the calls that
// ntk/runtime/conditional.hpp makes.
#pragma once
#include <algorithm>
#include <cmath>

#include "ntk/runtime/panels.hpp"

namespace ntkc::passes {

struct Erring {
  static constexpr double kUnit = 0x1p-53;
  static constexpr double kGiven = 8 * kUnit;    // of a number that comes in: roots, quotients, coefficients
  static constexpr double kRule = 2 * kUnit;     // of the weights of the rule, tests/duals
  static constexpr double kLibrary = 8 * kUnit;  // of erfc and of the exponential in lanes

  double value = 0, error = 0;
  Erring() = default;
  Erring(double x) : value(x), error(kGiven * std::fabs(x)) {}
  Erring(double x, double e) : value(x), error(e) {}

  static Erring made(double value, double error) { return {value, error + kUnit * std::fabs(value)}; }
  friend Erring operator+(const Erring& a, const Erring& b) { return made(a.value + b.value, a.error + b.error); }
  friend Erring operator-(const Erring& a, const Erring& b) { return made(a.value - b.value, a.error + b.error); }
  friend Erring operator-(const Erring& a) { return {-a.value, a.error}; }
  friend Erring operator*(const Erring& a, const Erring& b) {
    return made(a.value * b.value, std::fabs(a.value) * b.error + std::fabs(b.value) * a.error + a.error * b.error);
  }
  friend Erring operator/(const Erring& a, const Erring& b) {
    const double ratio = a.value / b.value;
    return made(ratio, (a.error + std::fabs(ratio) * b.error) / (std::fabs(b.value) - b.error));
  }
  // exp(-z^2 / 2): z^2 is off by two units of itself, and by its argument.
  friend Erring gaussian(const Erring& z) {
    const double most = std::fabs(z.value) + z.error, value = std::exp(-0.5 * z.value * z.value);
    return {value, value * (std::expm1(most * z.error + 2 * kUnit * most * most) + kLibrary)};
  }
  // P(U > x), whose slope is the density.
  friend Erring above(const Erring& x) {
    const double value = 0.5 * std::erfc(x.value * M_SQRT1_2), off = x.error + 2 * kUnit * std::fabs(x.value);
    const double near = std::max(0.0, std::fabs(x.value) - off);
    return {value, kLibrary * value + 0.3989422804014327 * std::exp(-0.5 * near * near) * off};
  }

  static Erring weight(std::size_t i) {
    const double w = ::ntk::quadrature::rule().weight[i / ::ntk::lanes::kCount][i % ::ntk::lanes::kCount];
    return {w, kRule * w};
  }
  template <class F>
  static Erring panel(double low, double high, const F& f) {
    const double middle = 0.5 * (low + high), half = 0.5 * (high - low);
    Erring total;
    for (std::size_t i = 0; i < ::ntk::quadrature::kNodes; ++i) {
      const double node = ::ntk::quadrature::rule().node[i / ::ntk::lanes::kCount][i % ::ntk::lanes::kCount];
      total = total + weight(i) * f(Erring(middle + half * node));
    }
    return Erring(half) * total;
  }
};

}  // namespace ntkc::passes
