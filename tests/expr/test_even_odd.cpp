#include <doctest/doctest.h>

#include "expr/even_odd.hpp"

using namespace ntkc::expr;

namespace {

const Expr x = Expr::variable();
double at(const Expr& e, double value) { return evaluate(e, value, {{"p", 0.7}}); }

void check_parts(const Expr& e, const EvenOdd& parts) {
  for (const double t : {0.0, 1e-3, 0.3, 1.0, 2.5, 7.0}) {
    CAPTURE(t);
    const double scale = 1 + std::abs(at(e, t)) + std::abs(at(e, -t));
    CHECK(at(parts.even, t) == at(parts.even, -t));
    CHECK(at(parts.odd, t) == -at(parts.odd, -t));
    for (const double side : {-1.0, 1.0})  // some roundings
      CHECK(std::abs(at(parts.even, side * t) + at(parts.odd, side * t) - at(e, side * t)) <= 1e-14 * scale);
  }
}

}  // namespace

TEST_CASE("even and odd parts by the structure of an expression") {
  const Expr p = Expr::param("p");
  const Expr seen[] = {max(x, 0) + tanh(x),       max(p * x, 0.25 * x),    min(x, -x) + x,
                       (x + x * x) / (1 + x * x), x * sigmoid(p * x),      norm_cdf(sin(x)) - p * x,
                       (1 + x) * (2 - x),         -(tanh(x) + cos(x)) * x, max(x + 1, 1 - x)};
  for (const Expr& e : seen) {
    CAPTURE(to_text(e));
    const auto parts = even_and_odd(e);
    REQUIRE(parts);
    check_parts(e, *parts);
  }
  const auto swish = even_and_odd(x * sigmoid(x));
  REQUIRE(swish);
  CHECK(swish->odd == simplify(x / 2));
  for (const Expr& e : {exp(x), max(x - 1, 0), softplus(x), (1 + x * x) / (2 + x)}) {
    CAPTURE(to_text(e));
    CHECK(!even_and_odd(e));
  }
}
