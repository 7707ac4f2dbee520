// Beyond the terms of a series, against the plane itself: kinks at 0 and large variances.
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "ntk/runtime/quadrature.hpp"
#include "ntk/runtime/wedges.hpp"

namespace math = ntk::math;
using namespace ntk::quadrature;

namespace {

template <class X>
using Number = std::decay_t<X>;
constexpr std::size_t kTerms = 512;
constexpr double kTruncation = 1e-14;

// A function with its derivative.
template <class F, class G>
struct Sloped {
  const char* name;
  F f;
  G slope;
  std::vector<double> breaks;
  Parity parity = Parity::none;
};

const Sloped softsign{"softsign",
                      [](const auto& x) { return x / (1.0 + math::abs(x)); },
                      [](const auto& x) {
                        const auto t = 1.0 + math::abs(x);
                        return 1.0 / (t * t);
                      },
                      {0.0},
                      Parity::odd};
const Sloped elu{"elu",
                 [](const auto& x) { return math::select(x < Number<decltype(x)>(0.0), math::expm1(x), x); },
                 [](const auto& x) { return math::select(x < Number<decltype(x)>(0.0), math::exp(x), Number<decltype(x)>(1.0)); },
                 {0.0}};
const Sloped half_tanh{"half tanh",
                       [](const auto& x) { return math::select(Number<decltype(x)>(0.0) < x, x, math::tanh(x)); },
                       [](const auto& x) {
                         const auto t = math::tanh(x);
                         return math::select(Number<decltype(x)>(0.0) < x, Number<decltype(x)>(1.0), 1.0 - t * t);
                       },
                       {0.0}};
const Sloped laplace{"exp(-abs(x))",
                     [](const auto& x) { return math::exp(-math::abs(x)); },
                     [](const auto& x) { return -math::sign(x) * math::exp(-math::abs(x)); },
                     {0.0},
                     Parity::even};
const Sloped hard_swish{"hard_swish",
                        [](const auto& x) {
                          using T = Number<decltype(x)>;
                          return x * math::min(T(1.0), math::max(T(0.0), (x + 3.0) / 6.0));
                        },
                        [](const auto& x) {
                          using T = Number<decltype(x)>;
                          return math::select(x < T(-3.0), T(0.0), math::select(x < T(3.0), (2.0 * x + 3.0) / 6.0, T(1.0)));
                        },
                        {-3.0, 3.0}};
const Sloped tanh_{"tanh",
                   [](const auto& x) { return math::tanh(x); },
                   [](const auto& x) {
                     const auto t = math::tanh(x);
                     return 1.0 - t * t;
                   },
                   {},
                   Parity::odd};
const Sloped silu{"silu",
                  [](const auto& x) { return x * math::sigmoid(x); },
                  [](const auto& x) { return math::sigmoid(x) * (1.0 + x * math::sigmoid(-x)); },
                  {}};

template <class F>
std::vector<double> series(const F& f, double q) {
  const Beyond all = beyond(f.parity, kTerms);
  const std::size_t numbers = all.numbers(all.octaves(f.breaks.empty(), f.breaks.size() == 1));
  std::vector<double> a(kTerms + kFacts + numbers);
  hermite(f.f, f.slope, f.breaks, f.parity, q, kTruncation, kTerms, a.data(), numbers);
  return a;
}

// Both expectations over the pairs of two variances; `sufficient`: without integrating the plane.
template <class F>
void check(const F& f, double q1, double q2, bool sufficient) {
  const std::vector<double> a = series(f, q1), b = series(f, q2);
  if (sufficient)
    for (const Sum what : {Sum::value, Sum::slope}) {
      INFO(f.name, ", q = ", q1, ", ", q2, ", ", a[kTerms + far_tail], ", ", a[kTerms + far_slope_tail]);
      CHECK(octaves_suffice(what, f.parity, f.parity, kTerms, a, b, kTruncation));
    }
  for (const double off : {0.1, 1e-2, 1e-5, 1e-9})
    for (const double sign : {1.0, -1.0}) {
      const double c = sign * (1 - off) * std::sqrt(q1 * q2), gram = off * (2 - off) * q1 * q2;
      INFO(f.name, ", q = ", q1, ", ", q2, ", 1 - |rho| = ", off, ", sign ", sign);
      const double size = a[kTerms + root] * b[kTerms + root], slopes = a[kTerms + slope_root] * b[kTerms + slope_root];
      const double value = dual(Sum::value, side(f.f, f.breaks, f.parity, q1, a.data()), side(f.f, f.breaks, f.parity, q2, b.data()), c,
                                gram, kTruncation, kTerms),
                   slope = dual(Sum::slope, side(f.slope, f.breaks, f.parity, q1, a.data()),
                                side(f.slope, f.breaks, f.parity, q2, b.data()), c, gram, kTruncation, kTerms);
      // what the plane's integral is right to
      CHECK(std::fabs(value - in_double::direct(f.f, f.breaks, f.f, f.breaks, q1, q2, c, gram, size)) <= 1e-13 * size);
      CHECK(std::fabs(slope - in_double::direct(f.slope, f.breaks, f.slope, f.breaks, q1, q2, c, gram, slopes)) <= 1e-13 * slopes);
    }
}

}  // namespace

TEST_CASE("kinks") {
  for (const double q : {1e-6, 0.1, 1.0, 10.0}) {
    check(softsign, q, q, true);
    check(elu, 1.3 * q, q, true);
    check(half_tanh, q, q, true);
    check(laplace, q, q, q <= 1);
    check(hard_swish, q, q, false);
  }
}

TEST_CASE("large variances") {
  check(tanh_, 30, 30, true);
  check(tanh_, 1000, 800, true);
  check(silu, 100, 100, true);
  check(softsign, 100, 60, true);
}

TEST_CASE("distances of near-duplicates keep their digits") {
  for (const double q1 : {0.1, 1.0, 10.0})
    for (const double stretch : {1.0, 1.1}) {
      const double q2 = stretch * stretch * q1, s1 = std::sqrt(q1), s2 = std::sqrt(q2);
      const std::vector<double> a = series(elu, q1), b = series(elu, q2);
      for (const double theta : {1.0, 0.1, 1e-3, 1e-6, 1e-9, 1e-12}) {
        INFO("q = ", q1, ", stretched by ", stretch, ", angle ", theta);
        const double c = s1 * s2 * std::cos(theta), sine = s1 * s2 * std::sin(theta), half = std::sin(theta / 2);
        const double value =
            ntk::quadrature::distance(side(elu.f, elu.breaks, elu.parity, q1, a.data()), side(elu.f, elu.breaks, elu.parity, q2, b.data()),
                                      c, sine * sine, kTruncation, kTerms);
        const double lines = 0.5 * (s1 - s2) * (s1 - s2) + s1 * s2 * (2 * half * half - math::sin_minus_x_cos(theta) / M_PI);
        const double mixed = s1 * math::wedge_linear(s2, theta) + s2 * math::wedge_linear(s1, theta);
        const double exact =
            lines + 2 * mixed + math::wedge_square(s1, theta) + math::wedge_square(s2, theta) + math::wedge_apart(s1, s2, s1 - s2, theta);
        CHECK(std::fabs(value / exact - 1) <= 1e-13);  // ten times the truncation
      }
    }
}

TEST_CASE("functions of several breaks, or one elsewhere, have no octaves") {
  CHECK(series(hard_swish, 1.0).size() == kTerms + kFacts);
  const Sloped aside{"aside", [](const auto& x) { return math::abs(x - 1.0); }, [](const auto& x) { return math::sign(x - 1.0); }, {1.0}};
  const std::vector<double> a = series(aside, 1.0);
  CHECK(a[kTerms + octaves] > 0);
  CHECK_FALSE(octaves_suffice(Sum::value, Parity::none, Parity::none, kTerms, a, a, kTruncation));
}

TEST_CASE("a perturbed number beyond the terms is seen") {
  std::vector<double> a = series(softsign, 1.0);
  const auto left = [&] {
    std::vector<double> b = a;
    for (std::size_t k = 0; k < kTerms; ++k) b[k] *= std::sqrt(static_cast<double>(2 * k + 1));  // of the derivative again
    double squares = 0;
    for (std::size_t k = 0; k < kTerms; ++k) squares += b[k] * b[k];
    const double whole = a[kTerms + slope_root] * a[kTerms + slope_root];
    const From<std::vector<double>> far{a, kTerms + kFacts};
    return std::fabs(whole - squares -
                     octave_sum(beyond(Parity::odd, kTerms), static_cast<std::size_t>(a[kTerms + octaves]), 1, far, far, 0.0, false)) /
           whole;
  };
  CHECK(left() <= 1e-14);
  a[kTerms + kFacts + 20] *= 1.0001;
  CHECK(left() > 1e-12);
}

TEST_CASE("waves are Hermite functions") {
  for (const int j : {511, 512, 4097}) {
    const Wave wave(j, j % 2 == 1);
    for (double z = 0.1; z < 12; z += 0.37) {
      double h = 1, before = 0;
      for (int k = 0; k < j; ++k) {
        const double next = (z * h - std::sqrt(static_cast<double>(k)) * before) / std::sqrt(k + 1.0);
        before = h, h = next;
      }
      const double exact = h * (j / 2 % 2 == 1 ? -1 : 1) * std::exp(-0.25 * z * z);
      CHECK(std::fabs(wave(ntk::Lanes(z))[0] - exact) <= 2e-13);  // roundings of the recurrence, one a degree
    }
  }
}

TEST_CASE("sums over octaves are those of all their degrees") {
  for (const std::size_t o : {9, 12, 17, 19})
    for (const double e : {0.0, 1e-3 / static_cast<double>(o), 8 * std::ldexp(1.0, -static_cast<int>(o))}) {
      double all = 0, few = 0, size = 0;
      const double low = std::ldexp(1.0, static_cast<int>(o));
      for (double k = low; k < 2 * low; k += 2) all += std::pow(k, -2.5) * std::exp(-e * k), size += std::pow(k, -2.5);
      const Octave& rule = octave_rule(o);
      for (std::size_t i = 0; i < kOctaveNodes; ++i) {
        const double k = low + 2 * rule.place[i / 8][i % 8], root = rule.root_weight[i / 8][i % 8];
        few += root * root * std::pow(k, -2.5) * std::exp(-e * k);
      }
      CHECK(std::fabs(few - all) <= 4e-14 * size);  // roundings of the sum, and 5.8^-32
    }
}
