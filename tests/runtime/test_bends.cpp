#include "ntk/runtime/bends.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <random>

#include "expr/bivariate.hpp"
#include "numeric/real.hpp"

using ntk::Lanes;
namespace math = ntk::math;

namespace {

using Float50 = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;

struct Place {
  double h, k, c, gram, u, v;
  Float50 exact() const { return ntkc::expr::detail::normal_bends<Float50>(h, k, c, gram, u, v); }
  double value() const { return math::normal_bends(h, k, c, gram, u, v); }
};
// cos(angle) and sin(angle)^2, or those of the opposite angle.
Place place(double h, double k, double angle, bool opposite, double u, double v) {
  return {h, k, opposite ? -std::cos(angle) : std::cos(angle), std::sin(angle) * std::sin(angle), u, v};
}

}  // namespace

TEST_CASE("bends are the integral of what the correlation adds") {
  // 1/2 pi (sqrt(1 - rho^2) + rho asin(rho) - 1) at the origin.
  for (const double rho : {-1.0, -0.75, 0.25, 0.5, 0.96875, 1.0}) {
    const double gram = 1 - rho * rho, known = (std::sqrt(gram) + rho * std::asin(rho) - 1) / (2 * std::acos(-1.0));
    CHECK(std::fabs(math::normal_bends(0.0, 0.0, rho, gram, 0.0, 0.0) - known) <= 4e-16);
    CHECK(math::normal_bends(0.0, 0.5, rho, gram, 1.0, 0.0) == 0);
    CHECK(math::normal_bends(0.5, 1e150, rho, gram, 0.0, 0.0) == 0);
  }
  CHECK(math::normal_bends(0.5, 0.5, 0.0, 0.0, 0.0, 0.0) == 0);  // independent
  CHECK(math::normal_bends(0.5, 0.5, 0.0, 0.0, 1.0, 1.0) == 0);
}

TEST_CASE("bends within their bounds, on both sides of every choice") {
  std::mt19937_64 random(3);
  const auto uniform = [&](double low, double high) { return low + (high - low) * std::generate_canonical<double, 53>(random); };
  double plain = 0, both = 0, one = 0;
  for (int i = 0; i < 600; ++i) {
    const double h = std::exp(uniform(-6.9, 0)), k = i % 3 == 0 ? h * (1 + 1e-9 * uniform(-1, 1)) : std::exp(uniform(-6.9, 0));
    const double angle = i % 7 == 0 ? 0 : i % 2 ? std::exp(uniform(-25, 0.4)) : uniform(0, 1.57), far = i % 4 == 0 ? uniform(0, 6) : k;
    const auto error = [](const Place& p) { return static_cast<double>(abs(Float50(p.value()) - p.exact())); };
    plain = std::max(plain, error(place(h, far, angle, i % 5 < 2, 0, 0)) / ((1 + h) * (1 + far)));
    both = std::max(both, error(place(h, k, angle, i % 5 < 2, 1, 1)) / (h * k));
    one = std::max({one, error(place(h, far, angle, i % 5 < 2, 1, 0)) / h, error(place(far, h, angle, i % 5 < 2, 0, 1)) / h});
  }
  MESSAGE("plain ", plain, ", differences ", both, ", over one of them ", one);
  CHECK(plain <= 4e-16);
  CHECK(both <= 4e-16);
  CHECK(one <= 4e-16);
}

TEST_CASE("lanes of bends hold the bits of double") {
  std::mt19937_64 random(5);
  const auto uniform = [&](double low, double high) { return low + (high - low) * std::generate_canonical<double, 53>(random); };
  for (int i = 0; i < 60; ++i) {
    double x[6][8];
    for (std::size_t j = 0; j < 8; ++j) {
      const double angle = i % 2 ? uniform(0, 0.1) : uniform(0, 1.57);
      const Place p =
          place(uniform(0, 1), uniform(0, 1), angle, j % 3 == 0, i % 3 == 0 ? 0.0 : double(j % 2), i % 3 == 0 ? 0.0 : double(j / 4));
      x[0][j] = p.h, x[1][j] = p.k, x[2][j] = p.c, x[3][j] = p.gram, x[4][j] = p.u, x[5][j] = p.v;
    }
    const Lanes values = math::normal_bends(Lanes::load(x[0]), Lanes::load(x[1]), Lanes::load(x[2]), Lanes::load(x[3]), Lanes::load(x[4]),
                                            Lanes::load(x[5]));
    for (std::size_t j = 0; j < 8; ++j)
      CHECK(std::bit_cast<std::uint64_t>(values[j]) ==
            std::bit_cast<std::uint64_t>(math::normal_bends(x[0][j], x[1][j], x[2][j], x[3][j], x[4][j], x[5][j])));
  }
}
