// Bounds on a grid of variances: octaves and the plane.
#include <doctest/doctest.h>

#include <cmath>

#include "functions.hpp"
#include "ntk/runtime/quadrature.hpp"
#include "passes/duals.hpp"
#include "passes/duals/octave_certificate.hpp"
#include "reference/integral.hpp"
#include "table.hpp"

using namespace ntkc;
using namespace ntkc::test;
namespace quadrature = ::ntk::quadrature;

// At large variances octaves carry the sum, near |rho| = 1 whatever the variance where there is a kink.
TEST_CASE("sums over octaves") {
  constexpr std::size_t terms = passes::kHermiteTerms;
  const std::vector<Row> table = read_table();
  for (const auto& [name, q] : {std::pair{"softsign", 0.1}, {"softsign", 1.0}, {"softsign", 100.0}, {"tanh", 100.0}, {"sigmoid", 100.0}}) {
    CAPTURE(name);
    CAPTURE(q);
    const auto grid = passes::far_certificates(phi(name), phi(name), 1e-14, terms);
    REQUIRE(!grid.empty());
    CHECK(grid.back().variance == 100);
    const auto at = std::ranges::find_if(grid, [&](const passes::FarCertificate& c) { return c.variance >= q; });
    passes::Coefficients f(phi(name), *passes::smooth_parts(phi(name)), terms);
    const quadrature::Beyond all = quadrature::beyond(f.parity(), terms);
    std::vector<double> raw(terms + quadrature::kFacts + all.numbers(all.octaves(f.breaks().empty(), true)));
    quadrature::in_double::raw_numbers(f.f(), f.slope(), f.breaks(), f.parity(), q, terms, raw.size() - terms - quadrature::kFacts,
                                       raw.data());
    const double moment = raw[terms + quadrature::slope_root];
    double closest = 0;
    int cases = 0;
    const auto error = [&](double rho, double exact) {
      std::vector<double> series = raw;
      quadrature::in_double::finish_series(false, f.parity(), std::sqrt(q), 1e-14, terms, series.data(),
                                           raw.size() - terms - quadrature::kFacts);
      const quadrature::Degrees degrees(f.parity(), f.parity(), terms);
      const double below = quadrature::mehler(quadrature::Sum::slope, degrees, degrees.count, series.data(), series.data(), rho, q);
      const double beyond = quadrature::mehler_octaves(quadrature::Sum::slope, f.parity(), terms, series.data(), series.data(), q, q,
                                                       rho * q, q * q * (1 - rho) * (1 + rho));
      return std::fabs(below + beyond - exact) / moment;
    };
    for (const Row& row : table) {
      if (row.use != name || std::stod(row.q1) != q || row.q1 != row.q2) continue;
      const double rho = std::stod(row.rho), exact = std::stod(row.kappa_dot);
      CAPTURE(rho);
      CHECK(error(rho, exact) <= at->kappa_dot);
      closest = std::max(closest, error(rho, exact) / at->kappa_dot);
      if (rho < 0.9999) continue;
      double& number = raw[terms + quadrature::kFacts + 3];
      const double kept = number;
      number += 1.01 * at->kappa_dot * moment / number;  // moves the sum of squares by twice as much
      CHECK(error(rho, exact) > at->kappa_dot);
      const auto moved = passes::octave_errors(f, std::sqrt(q), raw, *f.errors(std::sqrt(q), raw.data()));
      REQUIRE(moved);
      CHECK(moved->of_sum(*moved) > at->kappa_dot);
      number = kept, ++cases;
    }
    CHECK(cases == 2);
    CAPTURE(closest);
    CHECK(closest >= 1e-6);
  }
  const expr::Expr x = expr::Expr::variable(), aside = expr::abs(x - 1) * expr::tanh(x);
  const auto grid = passes::far_certificates(aside, aside, 1e-14, terms);  // a kink elsewhere: there are none
  REQUIRE(!grid.empty());
  CHECK(grid.back().octaves == 0);
  CHECK(grid.back().plane < 1);
}

// Kinks away from 0, two different parities, and smooth functions too: the plane is bounded as it is cut.
TEST_CASE("integrals over the plane") {
  const expr::Expr x = expr::Expr::variable(), shifted = expr::abs(x - 1) * expr::tanh(x),
                   isolated = expr::max(expr::tanh(x), x - 1),  // a kink that no formula gives
      elu = expr::Expr::call(expr::Function::select,
                             {expr::Expr::call(expr::Function::less, {x, expr::Expr(0.5)}), expr::expm1(x - 0.5), x - 0.5});
  std::vector<passes::FarCertificate> grid;
  for (const double q : passes::kVariances) grid.push_back({.variance = q, .plane = 0.95});
  double closest = 0;
  for (const auto& [f, g] : {std::pair{shifted, shifted}, {elu, elu}, {isolated, isolated}, {phi("tanh"), phi("relu")}}) {
    const auto bounds = passes::plane_errors(f, g, grid);
    REQUIRE(bounds.size() == grid.size());
    CHECK(bounds.back() <= 2e-12);
    const double bound = bounds.back();
    const passes::Coefficients left(f, *passes::smooth_parts(f), 1), right(g, *passes::smooth_parts(g), 1);
    for (const auto& [s1, s2] : {std::pair{2.0, 2.0}, {2.0, 0.5}})
      for (const double below_one : {0x1p-5, 0x1p-20})
        for (const int order : {0, 1}) {
          const double q1 = s1 * s1, q2 = s2 * s2, c = -(1 - below_one) * s1 * s2, gram = q1 * q2 * below_one * (2 - below_one);
          CAPTURE(expr::to_text(f) + " with " + expr::to_text(g));
          CAPTURE(order);
          CAPTURE(q1);
          CAPTURE(below_one);
          const Callable &u = order == 0 ? left.f() : left.slope(), &v = order == 0 ? right.f() : right.slope();
          const auto side = [order = order](const expr::Expr& e, double q) { return reference::make_side(e, order, q, {}); };
          const double value = quadrature::in_double::direct(u, left.breaks(), v, right.breaks(), q1, q2, c, gram, 1.0);
          const double exact = static_cast<double>(reference::integral(side(f, q1), side(g, q2), c, {}));
          const double size = std::sqrt(quadrature::in_double::direct(u, left.breaks(), u, left.breaks(), q1, q1, q1, 0.0, 1.0) *
                                        quadrature::in_double::direct(v, right.breaks(), v, right.breaks(), q2, q2, q2, 0.0, 1.0));
          CHECK(std::fabs(value - exact) <= bound * size);
          closest = std::max(closest, std::fabs(value - exact) / (bound * size));
          const auto moved = [&, factor = 1 + 2.1 * bound * size / std::fabs(exact)](const auto& y) { return factor * v(y); };
          CHECK(std::fabs(quadrature::in_double::direct(u, left.breaks(), moved, right.breaks(), q1, q2, c, gram, 1.0) - exact) >
                bound * size);
        }
  }
  CAPTURE(closest);
  CHECK(closest >= 1e-6);
}

TEST_CASE("between the variances of the grid errors are below what is told") {
  const expr::Expr x = expr::Expr::variable(), aside = expr::abs(x - 1) * expr::tanh(x);
  constexpr double kBetween[] = {0.003, 0.03, 0.6, 17};
  std::vector<passes::FarCertificate> grid, between;
  for (const double q : passes::kVariances) grid.push_back({.variance = q, .plane = 0.95});
  for (const double q : kBetween) between.push_back({.variance = q, .plane = 0.95});
  for (const expr::Expr& f : {aside, phi("softsign")}) {
    const auto told = passes::plane_errors(f, f, grid), there = passes::plane_errors(f, f, between);  // which are doubled, too
    REQUIRE(told.size() == 4);
    REQUIRE(there.size() == 4);
    for (const auto& [i, above] : {std::pair{0, 1}, {1, 1}, {2, 2}, {3, 3}}) CHECK(0.5 * there[i] <= told[above]);
  }
  constexpr std::size_t terms = passes::kHermiteTerms;
  for (const char* name : {"softsign", "tanh"}) {
    const auto told = passes::far_certificates(phi(name), phi(name), 1e-14, terms);
    REQUIRE(told.size() == 4);
    passes::Coefficients f(phi(name), *passes::smooth_parts(phi(name)), terms);
    const quadrature::Beyond all = quadrature::beyond(f.parity(), terms);
    for (const double q : kBetween) {
      std::vector<double> raw(terms + quadrature::kFacts + all.numbers(all.octaves(f.breaks().empty(), true)));
      quadrature::in_double::raw_numbers(f.f(), f.slope(), f.breaks(), f.parity(), q, terms, raw.size() - terms - quadrature::kFacts,
                                         raw.data());
      const auto there = passes::octave_errors(f, std::sqrt(q), raw, *f.errors(std::sqrt(q), raw.data()));
      REQUIRE(there);
      const auto above = std::ranges::find_if(told, [&](const passes::FarCertificate& c) { return c.variance >= q; });
      CHECK(there->of_sum(*there) <= std::max(above->octaves, 1e-20));  // where terms suffice no one asks
    }
  }
}
