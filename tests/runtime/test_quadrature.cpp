#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "ntk/runtime/quadrature.hpp"

using ntk::Lanes;
namespace math = ntk::math;
namespace quadrature = ntk::quadrature;

namespace {

template <class X>
using Number = std::decay_t<X>;

// A function and its derivative.
template <class F, class G>
struct Smooth {
  F f;
  G slope;
  quadrature::Parity parity = quadrature::Parity::none;
};
using quadrature::Parity;

const Smooth relu{[](const auto& x) { return math::max(x, Number<decltype(x)>(0.0)); }, [](const auto& x) { return math::step(x); }};
const Smooth step{[](const auto& x) { return math::step(x); }, quadrature::Jumps()};
const Smooth hardtanh{[](const auto& x) {
                        using T = Number<decltype(x)>;
                        return math::min(math::max(x, T(-1.0)), T(1.0));
                      },
                      [](const auto& x) {
                        using T = Number<decltype(x)>;
                        return math::select(math::abs(x) < T(1.0), T(1.0), T(0.0));
                      },
                      Parity::odd};
const Smooth elu{[](const auto& x) { return math::select(x < Number<decltype(x)>(0.0), math::expm1(x), x); },
                 [](const auto& x) { return math::select(x < Number<decltype(x)>(0.0), math::exp(x), Number<decltype(x)>(1.0)); }};
const Smooth tanh_{[](const auto& x) { return math::tanh(x); },
                   [](const auto& x) {
                     const auto t = math::tanh(x);
                     return 1.0 - t * t;
                   },
                   Parity::odd};
const Smooth silu{[](const auto& x) { return x * math::sigmoid(x); },
                  [](const auto& x) { return math::sigmoid(x) * (1.0 + x * math::sigmoid(-x)); }};
const Smooth gelu{[](const auto& x) { return x * math::norm_cdf(x); },
                  [](const auto& x) { return math::norm_cdf(x) + x * math::norm_pdf(x); }};
const Smooth softplus{[](const auto& x) { return math::softplus(x); }, [](const auto& x) { return math::sigmoid(x); }};
const Smooth erf_{[](const auto& x) { return math::erf(x); }, [](const auto& x) { return 1.1283791670955126 * math::exp(-(x * x)); },
                  Parity::odd};
const Smooth square{[](const auto& x) { return x * x; }, [](const auto& x) { return 2.0 * x; }, Parity::even};

using Breaks = std::vector<double>;
const Breaks kNone;
using quadrature::Sum;
constexpr double kTruncation = 1e-14;

template <class F>
std::vector<double> series(const F& f, const Breaks& breaks, double q, std::size_t terms) {
  std::vector<double> a(terms + quadrature::kFacts);
  quadrature::hermite(f.f, f.slope, breaks, f.parity, q, kTruncation, terms, a.data());
  return a;
}

template <class F, class G>
double dual(const F& f, const Breaks& fb, const G& g, const Breaks& gb, double q1, double q2, double c, double gram, std::size_t terms) {
  const auto a = series(f, fb, q1, terms), b = series(g, gb, q2, terms);
  return quadrature::dual(Sum::value, quadrature::side(f.f, fb, f.parity, q1, a.data()), quadrature::side(g.f, gb, g.parity, q2, b.data()),
                          c, gram, kTruncation, terms);
}

// Values of two methods in long double that agree in every digit shown: twelve decimals.
template <class F>
void check_row(const F& f, const Breaks& breaks, double q, const std::vector<double>& expected) {
  const double rhos[] = {0, .5, .9, .99, .9999};
  for (int i = 0; i < 5; ++i)
    for (const std::size_t degree : {20, 120}) {
      INFO("q = ", q, ", rho = ", rhos[i], ", degree ", degree);
      const double value = dual(f, breaks, f, breaks, q, q, rhos[i] * q, q * q * (1 - rhos[i]) * (1 + rhos[i]), degree);
      CHECK(std::fabs(value - expected[static_cast<std::size_t>(i)]) <= 6e-13);
    }
}

}  // namespace

TEST_CASE("published-grade values of duals without and with kinks") {
  check_row(relu, {0}, 1, {.159154943092, .304498890522, .454769199422, .495150127867, .499950150053});
  check_row(hardtanh, {-1, 1}, 1, {0, .238169165801, .453545356775, .509413679092, .515990464036});
  check_row(elu, {0}, 1, {.025766854121, .324783648957, .578818963309, .638272238983, .644878608127});
  check_row(elu, {0}, 10, {.770408914016, 2.842416224708, 4.786547098482, 5.273377240155, 5.328719098911});
  check_row(tanh_, {}, 1, {0, .186324413203, .349203350582, .389665301326, .394248051608});
  check_row(tanh_, {}, 10, {0, .306323255550, .627769558509, .741300127553, .757100769063});
  check_row(silu, {}, 1, {.042692222823, .183169663088, .318538427891, .351987879617, .355737572301});
  check_row(silu, {}, 10, {1.216490814817, 2.700246002463, 4.278037508941, 4.702190048432, 4.751142323853});
  check_row(gelu, {}, 1, {.079577471546, .227294915022, .380968870595, .420676708163, .425175898862});
  check_row(gelu, {}, 10, {1.446863119017, 2.917606895584, 4.471313500709, 4.896906447411, 4.947063327861});
  check_row(softplus, {}, 1, {.649731407059, .780078165207, .892131424069, .918314359525, .921216571180});
  check_row(softplus, {}, 10, {2.103479926339, 3.507538443514, 4.870127885334, 5.211567921011, 5.250050317855});
  check_row(erf_, {}, 1, {0, .216346895939, .409665529398, .458887475463, .464502115671});
  check_row(erf_, {}, 10, {0, .315965446098, .655525342957, .783744989485, .802548026269});
}

TEST_CASE("unequal variances") {
  CHECK(dual(elu, {0}, elu, {0}, 1, 1, .5, .75, 40) == doctest::Approx(.324783648956763).epsilon(2e-14));
  CHECK(dual(elu, {0}, elu, {0}, 2, .5, -.3, 1 - .09, 40) == doctest::Approx(-.145100813273341).epsilon(1e-13));
  CHECK(dual(elu, {0}, elu, {0}, 1.7, .9, 1.2, 1.53 - 1.44, 40) == doctest::Approx(.754202844887795).epsilon(2e-14));
}

// Closed forms: arc-cosine kernels (Cho & Saul 2009) and erf (Williams 1997), over covariances of every kind, to 1e-13 of the root of the
// moments.
TEST_CASE("closed forms over a grid of covariances") {
  for (const double q1 : {1e-6, .3, 1.0, 50.0})
    for (const double q2 : {1e-6, 1.0, 7.0})
      for (const double theta : {0.0, 1e-7, 1e-3, .1, 1.0, 1.57, 2.5, 3.1, 3.14159}) {
        INFO(q1, " ", q2, " ", theta);
        const double s = std::sqrt(q1 * q2), c = s * std::cos(theta), gram = s * s * std::sin(theta) * std::sin(theta);
        const double pi = std::acos(-1.0);
        const double expected = s * (std::sin(theta) + (pi - theta) * std::cos(theta)) / (2 * pi);
        CHECK(std::fabs(dual(relu, {0}, relu, {0}, q1, q2, c, gram, 40) - expected) <= 1e-13 * s / 2);
        CHECK(std::fabs(dual(step, {0}, step, {0}, q1, q2, c, gram, 40) - (pi - theta) / (2 * pi)) <= 1e-13);
        const double r = std::sqrt((1 + 2 * q1) * (1 + 2 * q2) - 4 * c * c);
        const double scale = std::sqrt(std::asin(2 * q1 / (1 + 2 * q1)) * std::asin(2 * q2 / (1 + 2 * q2))) * 2 / pi;
        CHECK(std::fabs(dual(erf_, {}, erf_, {}, q1, q2, c, gram, 40) - 2 / pi * std::atan2(2 * c, r)) <= 2e-13 * scale);
      }
}

TEST_CASE("symmetric to the last bit, two functions too") {
  for (const double c : {-.9, .1, .7}) {
    const double gram = 2.0 * .6 - c * c;
    CHECK(dual(relu, {0}, relu, {0}, 2.0, .6, c, gram, 20) == dual(relu, {0}, relu, {0}, .6, 2.0, c, gram, 20));
    CHECK(dual(relu, {0}, hardtanh, {-1, 1}, 2.0, .6, c, gram, 20) == dual(hardtanh, {-1, 1}, relu, {0}, .6, 2.0, c, gram, 20));
  }
}

TEST_CASE("means, moments and coefficients") {
  CHECK(quadrature::mean(relu.f, Breaks{0}, 4.0) == doctest::Approx(2 / std::sqrt(2 * std::acos(-1.0))).epsilon(1e-15));
  const auto exponential = [](const auto& x) { return math::exp(x); };
  for (const double q : {.01, 1.0, 16.0})
    CHECK(quadrature::mean(exponential, Breaks{}, q) == doctest::Approx(std::exp(q / 2)).epsilon(1e-13));
  const auto a = series(Smooth{exponential, exponential}, {}, 1.0, 100);  // e^{1/2} / sqrt(k!)
  double expected = std::exp(.5);
  for (int k = 0; k < 20; ++k) {
    CHECK(std::fabs(a[static_cast<std::size_t>(k)] - expected) <= 1e-14);
    expected /= std::sqrt(k + 1.0);
  }
  CHECK(a[100 + quadrature::root] == doctest::Approx(std::exp(1.0)).epsilon(1e-13));
  const auto b = series(relu, {0}, 1.0, 100);
  CHECK(b[0] == doctest::Approx(1 / std::sqrt(2 * std::acos(-1.0))).epsilon(1e-14));
  CHECK(b[1] == doctest::Approx(.5).epsilon(1e-14));
  for (std::size_t k = 3; k <= 99; k += 2) CHECK(std::fabs(b[k]) <= 1e-14);
  const auto even = series(square, {}, 3.0, 4);  // s^2 z^2 = s^2 + s (s sqrt(2)) h_2
  CHECK(even[0] == doctest::Approx(3).epsilon(1e-14));
  CHECK(even[1] == doctest::Approx(std::sqrt(6.0)).epsilon(1e-14));
  CHECK(even[4 + quadrature::stop] == 2);
}

// Parseval: the facts bound what is left out. erf: c_{2m+1}^2 q = (2/pi) C(2m, m) t^{2m+1} / (4^m (2m + 1)), t = 2q / (1 + 2q).
TEST_CASE("the tail of a series is bounded, and not a million times too large") {
  for (const double q : {.1, 1.0, 5.0}) {
    CAPTURE(q);
    const std::size_t terms = 200;
    const auto a = series(erf_, {}, q, terms);
    const double t = 2 * q / (1 + 2 * q), pi = std::acos(-1.0);
    double left = 0, slope_left = 0, square = 0, slope_square = 0, term = 2 / pi * t;
    for (std::size_t m = 0; m < 4000; ++m) {
      const double degree = 2 * static_cast<double>(m) + 1;
      const bool beyond = static_cast<double>(m) >= a[terms + quadrature::stop];
      square += term / degree, slope_square += term;
      if (beyond) left += term / degree, slope_left += term;
      if (m < 20) CHECK(a[m] * a[m] * q == doctest::Approx(term / degree).epsilon(1e-12));
      term *= t * t * degree / (degree + 1);
    }
    CHECK(a[terms + quadrature::stop] < static_cast<double>(terms));
    CHECK(std::sqrt(left / square) <= a[terms + quadrature::tail]);
    CHECK(std::sqrt(slope_left / slope_square) <= a[terms + quadrature::slope_tail]);
    CHECK(a[terms + quadrature::slope_tail] * a[terms + quadrature::slope_tail] <= kTruncation + quadrature::kParseval);
    CHECK(a[terms + quadrature::tail] * a[terms + quadrature::tail] >= 1e-6 * left / square);
  }
}

TEST_CASE("slopes come from the series of the function, to full accuracy at any variance") {
  const std::size_t terms = 512;
  for (const double q : {1e-12, 1e-3, 1.0, 8.0})
    for (const double rho : {-1.0, -.3, 0.0, .8, 1 - 1e-9, 1.0}) {
      INFO(q, " ", rho);
      const auto check = [&](const auto& f) {
        const auto a = series(f, {}, q, terms);
        const double c = rho * q, gram = q * q * (1 - rho) * (1 + rho), size = a[terms + quadrature::slope_root];
        const auto u = quadrature::side(f.slope, kNone, f.parity, q, a.data());
        const double direct = quadrature::in_double::direct(f.slope, Breaks(), f.slope, Breaks(), q, q, c, gram, size * size);
        // the truncation, and the rounding of both ways
        CHECK(std::fabs(quadrature::dual(Sum::slope, u, u, c, gram, kTruncation, terms) - direct) <= 1.4e-14 * size * size);
      };
      check(tanh_), check(softplus), check(silu);
    }
}

TEST_CASE("value and slope in one pass are those of two") {
  const std::size_t terms = 512;
  const auto check = [&](const auto& f, const Breaks& breaks) {
    for (const auto& [q1, q2, rho] : {std::tuple(0.7, 0.7, 1.0), {0.7, 0.7, 0.999}, {0.3, 2.5, 0.6}, {1.0, 30.0, -0.95}, {0.0, 1.0, 0.0}}) {
      const double s = std::sqrt(q1 * q2), c = rho * s, gram = (1 - rho) * (1 + rho) * q1 * q2;
      const auto a = series(f, breaks, q1, terms), b = series(f, breaks, q2, terms);
      const auto u = quadrature::side(f.f, breaks, f.parity, q1, a.data()), v = quadrature::side(f.f, breaks, f.parity, q2, b.data());
      const auto du = quadrature::side(f.slope, breaks, f.parity, q1, a.data());
      const auto dv = quadrature::side(f.slope, breaks, f.parity, q2, b.data());
      const auto both = quadrature::duals(u, v, du, dv, c, gram, kTruncation, terms);
      const double value = quadrature::dual(Sum::value, u, v, c, gram, kTruncation, terms);
      const double slope = quadrature::dual(Sum::slope, du, dv, c, gram, kTruncation, terms);
      const auto size = [&](quadrature::Fact root) { return a[terms + root] * b[terms + root]; };
      // A sum of some hundred terms, which Parseval bounds by the roots: rounding alone.
      CHECK(std::fabs(both.value - value) <= 2e-15 * size(quadrature::root));
      CHECK(std::fabs(both.slope - slope) <= 2e-15 * size(quadrature::slope_root));
    }
  };
  check(tanh_, kNone), check(softplus, kNone), check(square, kNone), check(elu, {0.0}), check(hardtanh, {-1.0, 1.0});
}

TEST_CASE("distances of near-duplicates keep their digits") {
  const std::size_t terms = 512;
  for (const double delta : {1e-3, 1e-9, 1e-15}) {
    CAPTURE(delta);
    const double q = 1.3, c = q * (1 - delta), gram = q * q * delta * (2 - delta);
    const auto a = series(erf_, {}, q, terms);
    const auto u = quadrature::side(erf_.f, kNone, erf_.parity, q, a.data());
    // (4/pi) (asin r - asin r rho), r = 2q / (1 + 2q): by the addition theorem
    const double r = 2 * q / (1 + 2 * q), s = r * (1 - delta);
    const double expected =
        4 / std::acos(-1.0) * std::asin(r * delta * (1 + (1 - delta)) * r / (r * std::sqrt(1 - s * s) + s * std::sqrt(1 - r * r)));
    CHECK(quadrature::distance(u, u, c, gram, kTruncation, terms) == doctest::Approx(expected).epsilon(3e-14));
  }
}

TEST_CASE("variance 0, and equal samples") {
  CHECK(quadrature::mean(softplus.f, Breaks{}, 0.0) == std::log(2.0));
  CHECK(dual(softplus, {}, tanh_, {}, 0.0, 1.0, 0.0, 0.0, 30) == doctest::Approx(0).epsilon(1e-15));
  CHECK(dual(softplus, {}, softplus, {}, 0.0, 0.0, 0.0, 0.0, 30) == doctest::Approx(std::log(2.0) * std::log(2.0)).epsilon(1e-15));
  CHECK(dual(softplus, {}, relu, {0}, 0.0, 1.0, 0.0, 0.0, 30) ==
        doctest::Approx(std::log(2.0) / std::sqrt(2 * std::acos(-1.0))).epsilon(1e-13));
  const auto a = series(hardtanh, {-1, 1}, 3.0, 30);
  const double root = a[30 + quadrature::root];
  CHECK(dual(hardtanh, {-1, 1}, hardtanh, {-1, 1}, 3.0, 3.0, 3.0, 0.0, 30) == doctest::Approx(root * root).epsilon(1e-14));
}

TEST_CASE("a break that nobody declared costs time, not digits") {
  const auto shifted = [](const auto& x) {
    using T = Number<decltype(x)>;
    return math::select(x < T(.3), T(0.0), T(1.0));
  };
  CHECK(quadrature::mean(shifted, Breaks{}, 1.0) == doctest::Approx(.5 * std::erfc(.3 / std::sqrt(2.0))).epsilon(1e-13));
}

TEST_CASE("a table gives the numbers themselves, also of functions with poles near the axis and with kinks off 0") {
  constexpr std::size_t kTerms = 512, kNumbers = kTerms + quadrature::kFacts;
  const auto check = [&](const auto& f, const auto& slope, const Breaks& breaks, double from, double to) {
    int computed = 0;
    const auto raw = [&](double q, double* out) {
      ++computed;
      quadrature::in_double::raw_numbers(f, slope, breaks, Parity::none, q, kTerms, 0, out);
    };
    const quadrature::SeriesTable table(kTerms, 0, true);
    std::vector<double> numbers(kNumbers), exact(kNumbers);
    for (double q = from; q < to; q *= 1.09) {
      table(raw, q, numbers.data());
      const int before = computed;
      table(raw, q, numbers.data());
      CHECK(computed == before);  // by interpolation
      raw(q, exact.data());
      double norm = 0, error = 0;
      for (std::size_t j = 1; j < kTerms; ++j) norm += exact[j] * exact[j], error += std::pow(numbers[j] - exact[j], 2);
      CHECK(std::sqrt(error) <= 1e-14 * std::sqrt(norm));  // what an octave's check bounds at three places, twice that between them
    }
  };
  check(tanh_.f, tanh_.slope, {}, 0.01, 4);
  // tanh of a cubic, as in gelu_tanh: it has poles at angles of 30 degrees
  const auto inner = [](const auto& x) { return math::tanh(0.8 * x + 0.036 * (x * x * x)); };
  check([&](const auto& x) { return 0.5 * (x * (1.0 + inner(x))); },
        [&](const auto& x) {
          const auto t = inner(x);
          return 0.5 * ((1.0 + t) + x * ((1.0 - t * t) * (0.8 + 0.108 * (x * x))));
        },
        {}, 0.3, 4);
  check([](const auto& x) { return math::abs(x - 0.3) * math::tanh(x); },
        [](const auto& x) {
          const auto t = math::tanh(x);
          return math::sign(x - 0.3) * t + math::abs(x - 0.3) * (1.0 - t * t);
        },
        {0.3}, 0.5, 4);
}

TEST_CASE("lanes are doubles side by side") {
  constexpr std::size_t kTerms = 20, kNumbers = kTerms + quadrature::kFacts;
  Lanes q1, q2, c, gram, a[kNumbers], b[kNumbers];
  for (std::size_t l = 0; l < 8; ++l) {
    const double x = .2 + .3 * static_cast<double>(l);
    q1.set(l, x), q2.set(l, 1.5), c.set(l, .4 * x), gram.set(l, 1.5 * x - .16 * x * x);
  }
  quadrature::hermite(relu.f, relu.slope, Breaks{0}, relu.parity, q1, kTruncation, kTerms, a);
  quadrature::hermite(tanh_.f, tanh_.slope, Breaks{}, tanh_.parity, q2, kTruncation, kTerms, b);
  const Lanes value = quadrature::dual(Sum::value, quadrature::side(relu.f, Breaks{0}, relu.parity, q1, &a[0]),
                                       quadrature::side(tanh_.f, Breaks{}, tanh_.parity, q2, &b[0]), c, gram, kTruncation, kTerms);
  // Lanes go as far as the one that needs most.
  for (std::size_t l = 0; l < 8; ++l)
    CHECK(value[l] == doctest::Approx(dual(relu, {0}, tanh_, {}, q1[l], q2[l], c[l], gram[l], kTerms)).epsilon(1e-13));
}
