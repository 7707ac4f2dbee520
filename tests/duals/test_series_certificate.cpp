// Bounds of series against the table and the judge.
#include <doctest/doctest.h>

#include <cmath>

#include "functions.hpp"
#include "ntk/runtime/quadrature.hpp"
#include "passes/duals.hpp"
#include "passes/duals/certificate.hpp"
#include "reference/integral.hpp"
#include "table.hpp"

using namespace ntkc;
using namespace ntkc::test;
namespace quadrature = ::ntk::quadrature;

TEST_CASE("a coefficient moved by twice the bound is seen") {
  const auto certified = passes::certificate(phi("tanh"), 1e-12, 1e-14, passes::kHermiteTerms);
  REQUIRE(certified);
  CHECK(certified->largest_variance >= 4);
  int cases = 0;
  double moment = 0;
  std::vector<std::pair<double, double>> known;  // rho, kappa-dot at variance 1
  for (const Row& row : read_table()) {
    if (row.use != "tanh" || row.q1 != "1" || row.q2 != "1") continue;
    known.emplace_back(std::stod(row.rho), std::stod(row.kappa_dot));
    if (row.rho == "1") moment = known.back().second;
  }
  const Callable f(phi("tanh")), slope(expr::derivative(phi("tanh")));
  constexpr std::size_t terms = passes::kHermiteTerms;
  std::vector<double> series(terms + quadrature::kFacts);
  quadrature::hermite(f, slope, std::array<double, 0>(), quadrature::Parity::odd, 1.0, 1e-14, terms, series.data());
  const auto error = [&](double rho, double exact) {
    const quadrature::Degrees degrees(quadrature::Parity::odd, quadrature::Parity::odd, terms);
    return std::fabs(quadrature::mehler(quadrature::Sum::slope, degrees, terms, series.data(), series.data(), rho, 1.0) - exact) / moment;
  };
  for (const auto& [rho, exact] : known) {
    CAPTURE(rho);
    CHECK(error(rho, exact) <= certified->kappa_dot);
    const double kept = series[0];
    series[0] += 2 * certified->kappa_dot * std::sqrt(moment);
    CHECK(error(rho, exact) > certified->kappa_dot);
    series[0] = kept;
    ++cases;
  }
  CHECK(cases >= 9);
}

TEST_CASE("two different activations in one expectation") {
  constexpr std::size_t terms = passes::kHermiteTerms;
  const auto series_of = [](const expr::Expr& f, double q) {
    std::vector<double> series(terms + quadrature::kFacts);
    std::vector<double> breaks;
    for (const double b : expr::break_points(f, {}, -1e9, 1e9)) breaks.push_back(b);
    quadrature::hermite(Callable(f), Callable(expr::derivative(f)), breaks, static_cast<quadrature::Parity>(expr::parity(f)), q, 1e-14,
                        terms, series.data());
    return series;
  };
  double closest = 0;
  for (const auto& [one, other] : {std::pair{"tanh", "atan"}, {"softplus", "sigmoid"}, {"relu", "mish"}}) {
    CAPTURE(std::string(one) + " with " + other);
    const expr::Expr f = phi(one), g = phi(other);
    const auto certified = passes::certificate(f, g, 1e-12, 1e-14, terms);
    REQUIRE(certified);
    CHECK(certified->largest_variance >= 1);
    CHECK(std::max(certified->kappa, certified->kappa_dot) <= 1e-11);
    CHECK((certified->largest_correlation == 1) == (one != std::string("relu")));  // whose series has a tail
    const double q1 = 0.25, q2 = 1, scale = std::sqrt(q1 * q2);
    auto left = series_of(f, q1);
    const auto right = series_of(g, q2);
    const quadrature::Degrees degrees(static_cast<quadrature::Parity>(expr::parity(f)), static_cast<quadrature::Parity>(expr::parity(g)),
                                      terms);
    for (const double rho : {-0.75, 0.25, 0.9375}) {
      REQUIRE(rho <= certified->largest_correlation);
      for (const int order : {0, 1}) {
        const auto side = [order](const expr::Expr& e, double q) { return reference::make_side(e, order, q, {}); };
        const double exact = static_cast<double>(reference::integral(side(f, q1), side(g, q2), rho * scale, {}));
        const std::size_t fact = terms + (order == 1 ? quadrature::slope_root : quadrature::root);
        const double size = left[fact] * right[fact], bound = order == 1 ? certified->kappa_dot : certified->kappa;
        const auto error = [&] {
          const auto sum = order == 1 ? quadrature::Sum::slope : quadrature::Sum::value;
          return std::fabs(quadrature::mehler(sum, degrees, degrees.count, left.data(), right.data(), rho, scale) - exact) / size;
        };
        CHECK(error() <= bound);
        closest = std::max(closest, error() / bound);
        const std::size_t lowest = degrees.at_f(degrees.first == 0 ? 1 : 0), partner = degrees.at_g(degrees.first == 0 ? 1 : 0);
        const double kept = left[lowest], power = order == 1 ? 1 : scale * rho;
        left[lowest] += 2.1 * bound * size / (right[partner] * power);  // moves the expectation by so much
        CHECK(error() > bound);
        left[lowest] = kept;
      }
    }
  }
  CHECK(closest >= 1e-6);
}

// Of step functions kappa alone comes from a series, of coefficients of their own values.
TEST_CASE("functions that jump") {
  const expr::Expr x = expr::Expr::variable(), f = x * expr::step(x - 0.5);
  const auto certified = passes::certificate(f, 1e-12, 1e-14, passes::kHermiteTerms);
  REQUIRE(certified);
  CHECK(certified->smallest_variance <= 0.25);
  CHECK(certified->kappa_dot == 0);
  constexpr std::size_t terms = passes::kHermiteTerms;
  const double q = 1;
  std::vector<double> series(terms + quadrature::kFacts);
  quadrature::hermite(Callable(f), quadrature::Jumps(), std::vector{0.5}, quadrature::Parity::none, q, 1e-14, terms, series.data());
  const double size = series[terms + quadrature::root] * series[terms + quadrature::root];
  double closest = 0;
  for (const double rho : {-0.75, 0.25, 0.875}) {
    REQUIRE(std::fabs(rho) <= certified->largest_correlation);
    const auto side = reference::make_side(f, 0, q, {});
    const double exact = static_cast<double>(reference::integral(side, side, rho * q, {}));
    const quadrature::Degrees degrees(quadrature::Parity::none, quadrature::Parity::none, terms);
    const auto error = [&] {
      return std::fabs(quadrature::mehler(quadrature::Sum::value, degrees, terms, series.data(), series.data(), rho, q) - exact) / size;
    };
    CHECK(error() <= certified->kappa);
    closest = std::max(closest, error() / certified->kappa);
    const double kept = series[0];
    series[0] += 1.05 * certified->kappa * size / kept;
    CHECK(error() > certified->kappa);
    series[0] = kept;
  }
  CHECK(closest >= 1e-6);
}

// |sin x| = 2/pi - 4/pi sum of cos(2kx) / (4k^2 - 1), and E[cos(2ju) cos(2kv)] = exp(-2 j^2 q1 - 2 k^2 q2) cosh(4jkc).
double rectified_waves(double q, double rho) {
  constexpr int kMost = 60;
  double sum = 1;
  for (int j = 1; j <= kMost; ++j) {
    sum -= 4 * std::exp(-2.0 * j * j * q) / (4.0 * j * j - 1);
    for (int k = 1; k <= kMost; ++k)
      for (const double c : {rho * q, -rho * q})
        sum += 2 * std::exp(-2.0 * q * (j * j + k * k) + 4.0 * j * k * c) / ((4.0 * j * j - 1) * (4.0 * k * k - 1));
  }
  return 4 / (M_PI * M_PI) * sum;
}

// Those that a Gaussian reaches are all that counts.
TEST_CASE("kinks without end") {
  const expr::Expr f = expr::abs(expr::sin(expr::Expr::variable()));
  constexpr std::size_t terms = passes::kHermiteTerms;
  const auto certified = passes::certificate(f, 1e-12, 1e-14, terms, false);
  REQUIRE(certified);
  CHECK(certified->largest_variance >= 2);
  double closest = 0;
  for (const double q : {0.5, 1.0, 2.0}) {
    std::vector<double> series(terms + quadrature::kFacts);
    quadrature::hermite(Callable(f), Callable(expr::derivative(f)), expr::break_points(f, {}, -160, 160), quadrature::Parity::even, q,
                        1e-14, terms, series.data());
    const double size = series[terms + quadrature::root] * series[terms + quadrature::root];
    const quadrature::Degrees degrees(quadrature::Parity::even, quadrature::Parity::even, terms);
    for (const double rho : {-0.75, 0.25, 0.875}) {
      CAPTURE(q);
      CAPTURE(rho);
      REQUIRE(std::fabs(rho) <= certified->largest_correlation);
      const auto error = [&] {
        return std::fabs(quadrature::mehler(quadrature::Sum::value, degrees, terms, series.data(), series.data(), rho, q) -
                         rectified_waves(q, rho)) /
               size;
      };
      CHECK(error() <= certified->kappa);
      closest = std::max(closest, error() / certified->kappa);
      const double kept = series[0];
      series[0] += 1.05 * certified->kappa * size / kept;
      CHECK(error() > certified->kappa);
      series[0] = kept;
    }
  }
  CAPTURE(closest);
  CHECK(closest >= 1e-6);
}

TEST_CASE("what is not analytic, or not known to be, has no certificate") {
  const expr::Expr x = expr::Expr::variable();
  CHECK(!passes::certificate(expr::cbrt(x), 1e-12, 1e-14, passes::kHermiteTerms));
  CHECK(!passes::certificate(expr::Expr::param("a") * expr::tanh(x), 1e-12, 1e-14, passes::kHermiteTerms));
  CHECK(passes::certificate(expr::log(1 + expr::exp(2 * x)) / 2, 1e-12, 1e-14, passes::kHermiteTerms));  // softplus, overflowing
  for (const char* name : {"mish", "log_cosh", "gelu_tanh", "softsign", "softplus", "atan"}) {
    CAPTURE(name);
    CHECK(passes::certificate(phi(name), 1e-12, 1e-14, passes::kHermiteTerms));
  }
}
