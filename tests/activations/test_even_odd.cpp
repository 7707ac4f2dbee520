#include <doctest/doctest.h>

#include <cmath>

#include "expr/even_odd.hpp"
#include "uses.hpp"

using namespace ntkc;

TEST_CASE("even and odd parts of every activation that has them add up to it") {
  std::size_t mixed = 0;
  for (const test::Use& use : test::all_uses()) {
    CAPTURE(use.text);
    const expr::Expr phi = use.phi();
    const auto parts = expr::even_and_odd(phi);
    if (!parts) continue;
    const auto at = [](const expr::Expr& e, double x) { return expr::evaluate(e, x, {}); };
    for (const double x : {1e-3, 0.3, 1.0, 2.5, 7.0}) {
      CAPTURE(x);
      CHECK(at(parts->even, x) == at(parts->even, -x));
      CHECK(at(parts->odd, x) == -at(parts->odd, -x));
      const double scale = std::abs(at(phi, x)) + std::abs(at(phi, -x));  // some roundings of it
      for (const double t : {x, -x}) CHECK(std::abs(at(parts->even, t) + at(parts->odd, t) - at(phi, t)) <= 1e-14 * scale);
    }
    mixed += !(parts->even == expr::Expr(0)) && !(parts->odd == expr::Expr(0));
  }
  CHECK(mixed >= 5);  // relu, gelu, gelu_tanh, sigmoid, swish
}
