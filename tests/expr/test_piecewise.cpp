#include <doctest/doctest.h>

#include <cmath>

#include "expr/piecewise.hpp"

using namespace ntkc;
using expr::Expr;

namespace {

const Expr x = Expr::variable();

Expr sum(const expr::PiecewiseLinear& f) {
  Expr out = f.offset + f.slope * x;
  for (const expr::Hinge& h : f.hinges) out = out + h.weight * max(x - h.place, 0);
  return out;
}

void same(const Expr& e, const expr::ParamValues& params = {}) {
  const auto f = expr::piecewise_linear(e);
  REQUIRE(f);
  CAPTURE(expr::to_text(e));
  CAPTURE(expr::to_text(sum(*f)));
  for (double at = -10; at <= 10; at += 0.125)
    CHECK(expr::evaluate(sum(*f), at, params) == doctest::Approx(expr::evaluate(e, at, params)).epsilon(1e-13));
}

}  // namespace

TEST_CASE("piecewise linear expressions are sums of hinges") {
  same(min(max(x, -1), 1));
  same(min(max(x + 3, 0), 6) / 6);
  same(abs(abs(x - 1) - 2) - abs(x) / 3);
  same(max(max(x, 2 * x - 3), -x) - min(x, abs(2 - x)));
  same(abs(abs(abs(x) - 2) - 1));
  same(max(0 * x + 2, 1 - abs(x)));
  same(select(x < 1, x, 2 * x - 1));
  same(select(1 < -x, 3 + x, 1 - x));
  same(5 - 2 * x);
  same(max(x, 2) - max(2, x));
}

TEST_CASE("params may put hinges in any order") {
  const Expr a = Expr::param("a"), b = Expr::param("b");
  for (const double va : {-1.5, 0.0, 2.0})
    for (const double vb : {-1.0, 0.0, 1.0}) {
      const expr::ParamValues params = {{"a", va}, {"b", vb}};
      same(min(max(x, a), b), params);
      same(max(a * x, b * x + 1), params);
      same(abs(abs(x - a) - b), params);
      same(max(x - a, 0) + min(x + a, 0), params);
    }
}

TEST_CASE("what is not piecewise linear") {
  for (const Expr& e : {x * x, tanh(x), max(x * x, 1), select(x < 1, x, x + 1), sign(x), select(x < 1, abs(x), x), 1 / x})
    CHECK(!expr::piecewise_linear(e));
}

TEST_CASE("constant hinges are folded") {
  const auto f = expr::piecewise_linear(min(max(x, -1), 1));
  REQUIRE(f);
  CHECK(f->hinges.size() == 2);
  CHECK(f->offset == Expr(-1));
  CHECK(f->slope == Expr(0));
}

TEST_CASE("what consists of polynomials between its breaks") {
  const Expr a = Expr::param("a");
  for (const Expr& e : {x * min(max(x + 3, 0), 6) / 6, pow(max(x - a, 0), 2), abs(x * x - 1) * x, select(x < a, x * x * x, 2.5),
                        sign(x) * x * x, max(x, 1) * step(a - x) / (1 + a * a), pow(x, 3) - pow(a, 7)})
    CHECK(expr::is_piecewise_polynomial(e));
  for (const Expr& e : {x * x * x * x, 1 / x, max(x, tanh(x)), pow(x, a), sqrt(abs(x)), pow(x, -1), exp(a) * x, max(x * x * x - x, a)})
    CHECK(!expr::is_piecewise_polynomial(e));
}
