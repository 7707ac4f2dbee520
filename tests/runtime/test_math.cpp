#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <random>

#include "ntk/runtime/math.hpp"
#include "numeric/real.hpp"

using ntk::Lanes;
using ntkc::numeric::Float100;
namespace math = ntk::math;

namespace {

double ulps(double value, const Float100& exact) {
  const double rounded = static_cast<double>(exact);
  if (rounded == 0) return value == 0 ? 0 : 1e300;
  const double ulp = std::nextafter(std::fabs(rounded), 1e308) - std::fabs(rounded);
  return static_cast<double>(abs(Float100(value) - exact)) / ulp;
}

// Magnitudes from tiny to large, both signs.
double wild(std::mt19937_64& random) {
  const double size = std::ldexp(1.0 + std::generate_canonical<double, 53>(random), static_cast<int>(random() % 200) - 100);
  return random() % 2 ? size : -size;
}

bool same_bits(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

}  // namespace

TEST_CASE("angle at the corners") {
  const double half_pi = std::acos(0.0);
  CHECK(math::angle(0.0, 0.0) == half_pi);
  CHECK(math::angle(0.0, -0.0) == half_pi);
  CHECK(math::angle(0.0, 1.0) == 0.0);
  CHECK(math::angle(0.0, -1.0) == 2 * half_pi);
  CHECK(math::angle(1.0, 0.0) == half_pi);
  CHECK(math::angle(-1e-30, 1.0) == 0.0);
}

TEST_CASE("sin x - x cos x keeps its digits where its terms cancel") {
  double large = 0;
  for (int i = 1; i <= 2000; ++i) {
    const double x = 3.1415926535 * i / 2000;
    large = std::max(large, ulps(math::sin_minus_x_cos(x), sin(Float100(x)) - Float100(x) * cos(Float100(x))));
  }
  INFO("up to pi: ", large);
  CHECK(large <= 8);
  CHECK(math::sin_minus_x_cos(10.0) == doctest::Approx(std::sin(10.0) - 10 * std::cos(10.0)).epsilon(1e-15));
}

// Every function: eight lanes give the bits that double gives (this file is compiled without fused instructions).
TEST_CASE("lanes compute what double computes, bit by bit") {
  std::mt19937_64 random(2);
  const auto check = [&](const char* name, auto f, auto inside) {
    for (int trial = 0; trial < 200; ++trial) {
      Lanes a, b;
      for (std::size_t i = 0; i < ntk::lanes::kCount; ++i) a.set(i, inside(wild(random))), b.set(i, inside(wild(random)));
      const Lanes together = f(a, b);
      for (std::size_t i = 0; i < ntk::lanes::kCount; ++i) {
        INFO(name, " of ", a[i], " and ", b[i]);
        const double alone = f(a[i], b[i]);
        REQUIRE((same_bits(together[i], alone) || (std::isnan(together[i]) && std::isnan(alone))));
      }
    }
  };
  const auto any = [](double x) { return x; };
  const auto moderate = [](double x) { return std::remainder(x, 20.0); };
  const auto positive = [](double x) { return std::fabs(x); };
  const auto unit = [](double x) { return std::remainder(x, 2.0); };
#define CHECK_1(name, range) \
  check(                     \
      #name, [](auto x, auto) { return math::name(x); }, range);
#define CHECK_2(name, range) \
  check(                     \
      #name, [](auto x, auto y) { return math::name(x, y); }, range);
  CHECK_1(sqrt, positive)
  CHECK_1(cbrt, any)
  CHECK_1(exp, moderate)
  CHECK_1(expm1, moderate)
  CHECK_1(log, positive)
  CHECK_1(log1p, positive)
  CHECK_1(sin, moderate)
  CHECK_1(cos, moderate)
  CHECK_1(tan, moderate)
  CHECK_1(asin, unit)
  CHECK_1(acos, unit)
  CHECK_1(atan, any)
  CHECK_1(sinh, moderate)
  CHECK_1(cosh, moderate)
  CHECK_1(tanh, any)
  CHECK_1(erf, any)
  CHECK_1(erfc, moderate)
  CHECK_1(abs, any)
  CHECK_1(sign, any)
  CHECK_1(step, any)
  CHECK_1(sigmoid, any)
  CHECK_1(softplus, any)
  CHECK_1(norm_cdf, moderate)
  CHECK_1(norm_pdf, moderate)
  CHECK_1(sin_minus_x_cos, moderate)
  CHECK_2(atan2, any)
  CHECK_2(min, any)
  CHECK_2(max, any)
  CHECK_2(angle, any)
  check(
      "pow", [](auto x, auto y) { return math::pow(math::abs(x), y); }, moderate);
  check(
      "select", [](auto x, auto y) { return math::select(math::logical_and(x < y, math::logical_not(x == y)), x, y); }, any);
  check(
      "arithmetic", [](auto x, auto y) { return (x + y) * (x - y) / -y; }, any);
#undef CHECK_1
#undef CHECK_2
}

TEST_CASE("functions that must not overflow") {
  CHECK(math::sigmoid(-800.0) == 0.0);
  CHECK(math::sigmoid(800.0) == 1.0);
  CHECK(math::sigmoid(-40.0) == doctest::Approx(std::exp(-40.0)).epsilon(1e-15));
  CHECK(math::softplus(800.0) == 800.0);
  CHECK(math::softplus(-40.0) == doctest::Approx(std::exp(-40.0)).epsilon(1e-15));
  CHECK(math::norm_cdf(-10.0) == doctest::Approx(7.619853024160526e-24).epsilon(1e-14));
  CHECK(math::sign(0.0) == 0.0);
  CHECK(math::step(0.0) == 0.0);
}
