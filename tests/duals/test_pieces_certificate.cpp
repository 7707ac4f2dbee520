// Bounds of conditional expectations.
#include <doctest/doctest.h>

#include <cmath>

#include "functions.hpp"
#include "ntk/runtime/quadrature.hpp"
#include "passes/duals/certificate.hpp"
#include "reference/integral.hpp"

using namespace ntkc;
using namespace ntkc::test;
namespace quadrature = ::ntk::quadrature;

TEST_CASE("conditional expectations of piecewise polynomials") {
  namespace in_double = quadrature::in_double;
  const expr::Expr x = expr::Expr::variable();
  // The same as pieces: hard swish, a bump, what is a tail at small variances, and what jumps.
  using quadrature::Local;
  const auto positive = [](const Local& a) { return ::ntk::math::max(a, Local(0.0)); };
  const quadrature::Pieces hard_swish([&](const Local& a) { return a * ::ntk::math::min(positive(a + 3.0), Local(6.0)) / 6.0; },
                                      std::vector<double>{-3, 3});
  const quadrature::Pieces tail([&](const Local& a) { return positive(a - 1.0) * positive(a - 1.0); }, std::vector<double>{1});
  const quadrature::Pieces jump([&](const Local& a) { return a < Local(0.5) ? Local(0.0) : a; }, std::vector<double>{0.5});
  const quadrature::Pieces bump([&](const Local& a) { return positive(1.0 - a * a); }, std::vector<double>{-1, 1});
  double closest = 0;
  for (const auto& [f, pieces] : {std::pair{x * min(max(x + 3, 0), 6) / 6, &hard_swish},
                                  {max(1 - x * x, 0), &bump},
                                  {pow(max(x - 1, 0), 2), &tail},
                                  {x * step(x - 0.5), &jump}}) {
    const auto told = passes::pieces_certificate(f, f);
    REQUIRE(told);
    CHECK(told->smallest_variance <= 0.1);
    const double bound = told->error;
    CHECK(bound <= (told->smallest_variance > 0 ? 2e-12 : 2e-13));
    for (const double s : {0.5, 4.0, 64.0})
      for (const double rho : {-0.75, 0.984375}) {
        const double q = s * s, c = rho * q, gram = q * q * (1 - rho) * (1 + rho);
        const auto value = [&](const quadrature::Pieces& p) { return in_double::Conditional(p, p, q, q, c, gram).product(); };
        const double size = in_double::Conditional(*pieces, *pieces, q, q, q, 0).product();
        const auto side = reference::make_side(f, 0, q, {});
        const double exact = static_cast<double>(reference::integral(side, side, c, {})), error = std::fabs(value(*pieces) - exact) / size;
        CHECK(error <= bound);
        closest = std::max(closest, error / bound);
        quadrature::Pieces moved = *pieces;
        for (quadrature::Piece& p : moved.pieces)
          for (double& coefficient : p.c) coefficient *= 1 + 2 * bound * size / std::fabs(exact);
        CHECK(std::fabs(value(moved) - exact) / size > bound);
      }
  }
  CHECK(closest >= 1e-6);
  const expr::Expr p = expr::Expr::param("p");
  CHECK(!passes::pieces_certificate(max(x - p, 0), max(x - p, 0)));
}
