#include <doctest/doctest.h>

#include <bit>
#include <random>

#include "expr/bivariate.hpp"
#include "ntk/runtime/bivariate.hpp"
#include "numeric/real.hpp"

using ntk::Lanes;
namespace math = ntk::math;
using Float50 = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;

namespace {

struct Place {
  double h, k, c, gram;
  Float50 exact(int moment) const { return ntkc::expr::detail::normal_pair<Float50>(moment, h, k, c, gram); }
  double value(int moment) const { return moment == 0 ? math::normal_orthant(h, k, c, gram) : math::normal_hinges(h, k, c, gram); }
};
// cos(angle) and sin(angle)^2 of an angle that may be close to 0 or, if `opposite`, to pi.
Place place(double h, double k, double angle, bool opposite) {
  return {h, k, opposite ? -std::cos(angle) : std::cos(angle), std::sin(angle) * std::sin(angle)};
}
// The value of h = k and rho = 1: what errors in the tails are compared with.
Float50 diagonal(int moment, double h) {
  const Float50 above = erfc(Float50(h) / sqrt(Float50(2))) / 2, density = exp(Float50(-h) * h / 2) / sqrt(8 * atan(Float50(1)));
  return moment == 0 ? above : Float50((1 + Float50(h) * h) * above - h * density);
}

}  // namespace

TEST_CASE("orthants and hinges of known values") {
  // by mpmath, as integrals over one variable
  const double known[][5] = {{1, 1, 0.5, 0.062514094709663834, 0.028136975499063196},
                             {1, -0.5, -0.75, 0.030522057966179427, 0.0032917075765408014},
                             {2, 1.5, 0.96875, 0.02256933508779303, 0.00930434620634421},
                             {0.5, 0.5, 0.25, 0.12737521250339613, 0.066889885334728701},
                             {3, 0.25, -0.96875, 1.7897897561208166e-41, 6.3527655841766524e-45}};
  for (const auto& [h, k, rho, orthant, hinges] : known) {
    CAPTURE(rho);
    CHECK(math::normal_orthant(h, k, rho, 1 - rho * rho) == doctest::Approx(orthant).epsilon(4e-15));
    CHECK(math::normal_hinges(h, k, rho, 1 - rho * rho) == doctest::Approx(hinges).epsilon(4e-14));
  }
  for (const double rho : {-1.0, -0.75, 0.0, 0.5, 0.96875, 1.0}) {
    const double turn = 2 * std::acos(-1.0), angle = std::acos(-rho), gram = 1 - rho * rho;
    CHECK(math::normal_orthant(0.0, 0.0, rho, gram) == doctest::Approx(angle / turn).epsilon(4e-16));
    CHECK(math::normal_hinges(0.0, 0.0, rho, gram) == doctest::Approx((std::sqrt(gram) + angle * rho) / turn).epsilon(4e-15));
  }
}

TEST_CASE("orthants and hinges within their bounds, on both sides of every choice") {
  std::mt19937_64 random(3);
  const auto uniform = [&](double low, double high) { return low + (high - low) * std::generate_canonical<double, 53>(random); };
  double absolute[2] = {0, 0}, relative[2] = {0, 0};
  for (int i = 0; i < 400; ++i) {
    const double h = uniform(0, i % 4 ? 3 : 8), angle = i % 2 ? std::exp(uniform(-25, 0.4)) : uniform(0, 1.57);
    const double step = i % 3 == 0 ? uniform(0, 4) * angle : i % 3 == 1 ? uniform(-h, 3) : 0, k = i % 8 < 4 ? h + step : -(h + step);
    const Place p = place(h, k, angle, i % 5 < 2);
    for (const int moment : {0, 1}) {
      const Float50 error = abs(Float50(p.value(moment)) - p.exact(moment));
      const double size = moment == 0 ? 1 : (1 + std::fabs(h)) * (1 + std::fabs(k));
      absolute[moment] = std::max(absolute[moment], static_cast<double>(error) / size);
      if (k >= 0 && std::max(h, k) < 3)
        relative[moment] = std::max(relative[moment], static_cast<double>(error / sqrt(diagonal(moment, h) * diagonal(moment, k))));
    }
  }
  MESSAGE("absolute ", absolute[0], " and ", absolute[1], ", relative below 3 ", relative[0], " and ", relative[1]);
  CHECK(absolute[0] <= 4e-16);
  CHECK(absolute[1] <= 4e-16);
  CHECK(relative[0] <= 4e-15);
  CHECK(relative[1] <= 4e-13);
}

TEST_CASE("what crosses between near-duplicates keeps its digits") {
  // E[(U - h)+ (h' - V)+] is of the order of the angle cubed; relative to that.
  std::mt19937_64 random(4);
  double worst = 0;
  for (int i = 0; i < 100; ++i) {
    const double h = 3 * std::generate_canonical<double, 53>(random), angle = std::exp(-1.5 - 0.2 * i);
    const Place p = place(h, -(h + (i % 5 - 2) * 0.5 * angle), angle, true);
    worst = std::max(worst, static_cast<double>(abs(Float50(p.value(1)) - p.exact(1)) / (angle * angle * angle)));
  }
  MESSAGE("worst ", worst);
  CHECK(worst <= 1e-10);
}

TEST_CASE("corners of the bivariate normal") {
  CHECK(math::normal_orthant(0.0, 0.0, 0.0, 0.0) == doctest::Approx(0.25).epsilon(1e-15));  // independent
  for (const double rho : {-1.0, -0.5, 0.0, 0.5, 1.0})
    for (const double h : {1e150, 50.0}) {
      CHECK(math::normal_orthant(h, 1.0, rho, 1 - rho * rho) == 0);
      CHECK(math::normal_hinges(h, h, rho, 1 - rho * rho) == 0);
      CHECK(math::normal_hinges(h, -1.0, rho, 1 - rho * rho) == 0);
      CHECK(math::normal_hinges(0.5, h, rho, 1 - rho * rho) == 0);
    }
}

TEST_CASE("lanes of the bivariate normal hold the bits of double") {
  std::mt19937_64 random(5);
  const auto uniform = [&](double low, double high) { return low + (high - low) * std::generate_canonical<double, 53>(random); };
  for (int i = 0; i < 200; ++i) {
    double h[8], k[8], c[8], gram[8];
    for (int j = 0; j < 8; ++j) {
      const Place p = place(uniform(-3, 3), uniform(-3, 3), i % 2 ? uniform(0, 0.5) : uniform(0, 1.57), (i + j) % 3 == 0);
      h[j] = p.h, k[j] = p.k, c[j] = p.c, gram[j] = p.gram;
    }
    const Lanes lh = Lanes::load(h), lk = Lanes::load(k), lc = Lanes::load(c), lg = Lanes::load(gram);
    const Lanes orthants = math::normal_orthant(lh, lk, lc, lg), hinges = math::normal_hinges(lh, lk, lc, lg);
    for (int j = 0; j < 8; ++j) {
      CHECK(std::bit_cast<std::uint64_t>(orthants[j]) == std::bit_cast<std::uint64_t>(math::normal_orthant(h[j], k[j], c[j], gram[j])));
      CHECK(std::bit_cast<std::uint64_t>(hinges[j]) == std::bit_cast<std::uint64_t>(math::normal_hinges(h[j], k[j], c[j], gram[j])));
    }
  }
}
