#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "expr/check.hpp"
#include "expr/expr.hpp"
#include "expr/pieces.hpp"
#include "expr/stable.hpp"
#include "expr/zeros.hpp"
#include "numeric/real.hpp"

using namespace ntkc::expr;
using ntkc::numeric::Number;

namespace {

const Expr x = Expr::variable();

// A random expression over x and the param p, defined for all reals.
Expr random(std::mt19937& rng, int depth) {
  const auto pick = [&](int n) { return static_cast<int>(rng() % n); };
  if (depth == 0) return pick(3) == 0 ? Expr(pick(7) - 3) : pick(4) == 0 ? Expr::param("p") : x;
  const Expr a = random(rng, depth - 1), b = random(rng, depth - 1);
  switch (pick(16)) {
    case 0:
    case 1:
      return a + b;
    case 2:
    case 3:
      return a - b;
    case 4:
    case 5:
      return a * b;
    case 6:
      return a / (1 + b * b);
    case 7:
      return -a;
    case 8:
      return sin(a);
    case 9:
      return tanh(a);
    case 10:
      return abs(a);
    case 11:
      return min(a, b);
    case 12:
      return max(a, b);
    case 13:
      return select(a < b, a, b * b);
    case 14:
      return sqrt(1 + a * a);
    default:
      return pow(a, 3);
  }
}

double both(const Expr& e, double at) { return evaluate_exactly(e, Number(at), {{"p", 0.6}}).to_double(); }

}  // namespace

TEST_CASE("simplify keeps values, does not grow what it is given, and is done at once") {
  const unsigned seed = 20240607;
  CAPTURE(seed);
  std::mt19937 rng(seed);
  for (int i = 0; i < 300; ++i) {
    const Expr e = random(rng, 4), s = simplify(e);
    CAPTURE(to_text(e));
    CAPTURE(to_text(s));
    for (const double at : {-2.3, -0.4, 0.9, 3.1}) CHECK(both(e, at) == doctest::Approx(both(s, at)).epsilon(1e-14));
    CHECK(simplify(s) == s);
  }
}

TEST_CASE("the derivative of a random expression is its derivative") {
  const unsigned seed = 7;
  CAPTURE(seed);
  std::mt19937 rng(seed);
  const ParamValues params{{"p", 0.6}};
  const Number h = Number::parse("1e-30");
  for (int i = 0; i < 200; ++i) {
    const Expr e = random(rng, 3), slope = derivative(e);
    CAPTURE(to_text(e));
    for (const double at : {-1.71, 0.37, 2.23}) {
      const Number difference = (evaluate_exactly(e, Number(at) + h, params) - evaluate_exactly(e, Number(at) - h, params)) / (h + h);
      CHECK(difference.to_double() == doctest::Approx(evaluate_exactly(slope, Number(at), params).to_double()).epsilon(1e-14));
    }
  }
}

TEST_CASE("simplify collects") {
  CHECK(simplify(x - x) == Expr(0));
  CHECK(simplify(2 * x + x - 3 * x) == Expr(0));
  CHECK(simplify(x * x / x) == x);
  CHECK(to_text(simplify((x + 1) * 2 * x)) == "2 * (x * (x + 1))");
  CHECK(simplify(select(x < 0, select(x < 0, Expr(1), x), x)) == simplify(select(x < 0, Expr(1), x)));
  CHECK(to_text(derivative(pow(x, 3))) == "3 * (x * x)");
  CHECK(to_text(derivative(max(x, 0))) == "if x < 0 then 0 else 1");
}

TEST_CASE("text has the precedence of the language") {
  CHECK(to_text(-pow(x, 2)) == "-x^2");
  CHECK(to_text(pow(-x, 2)) == "(-x)^2");
  CHECK(to_text(pow(x, -x)) == "x^-x");
  CHECK(to_text((x - 1) - (x - 2)) == "x - 1 - (x - 2)");
  CHECK(to_text(x / (x * 2)) == "x / (x * 2)");
  CHECK(to_text(select(x < 1, x, 2) + 1) == "(if x < 1 then x else 2) + 1");
  CHECK(to_text(Expr(0.1)) == "0.1");
}

TEST_CASE("breaks are found and told apart") {
  const auto points = [](const Expr& e) { return break_points(e, {}, -10, 10); };
  CHECK(points(max(x - 2, 0)) == std::vector<double>{2});
  CHECK(points(abs(2 * x + 1)) == std::vector<double>{-0.5});
  CHECK(points(abs(x * x - 4)) == std::vector<double>{-2, 2});
  CHECK(points(abs(x) * abs(x)).empty());  // x^2
  CHECK(points(pow(max(x, 0), 3)) == std::vector<double>{0});
  CHECK(points(min(max(x, -1), 1)) == std::vector<double>{-1, 1});
  CHECK(points(select(x < 3, x, 2 * x)) == std::vector<double>{3});
  CHECK(breaks(select(x < 3, x, 2 * x)).jumps.size() == 1);
  CHECK(breaks(select(x < 3, x, 2 * x - 3)).jumps.empty());
  const Breaks moved = breaks(max(x - Expr::param("t"), 0));
  REQUIRE(moved.kinks.size() == 1);
  CHECK(to_text(moved.kinks[0]) == "t");
}

TEST_CASE("zeros that no formula gives are isolated") {
  const auto points = [](const Expr& e) { return break_points(e, {}, -10, 10); };
  const Expr one_kink = max(tanh(x), x - 1), three = max(x, tanh(2 * x)), wave = abs(sin(x) - x / 3);
  const Expr thrice = max(x, tanh(x)), twice = min(x * x, pow(x, 4) * exp(x));
  for (const auto& [e, count] : {std::pair{one_kink, 1}, {three, 3}, {wave, 3}, {max(exp(-x), 2 - x * x), 2}, {thrice, 1}}) {
    CAPTURE(to_text(e));
    const Breaks found = breaks(e);
    CHECK(found.complete);
    CHECK(found.jumps.empty());
    REQUIRE(found.kinks.size() == static_cast<std::size_t>(count));
    const Expr branches = e.is(Function::abs) ? e.args()[0] : e.args()[0] - e.args()[1];
    for (const Expr& place : found.kinks) {
      const ntkc::numeric::Number left = evaluate_exactly(branches, evaluate_exactly(place, 0, {}), {});
      CHECK(abs(ntkc::numeric::value(left)) < ntkc::numeric::Float100("1e-95"));
    }
    CHECK(points(e).size() == static_cast<std::size_t>(count));
    REQUIRE(analytic_pieces(e));
    CHECK(analytic_pieces(e)->size() == static_cast<std::size_t>(count + 1));
  }
  CHECK(breaks(select(sin(x) < x / 3, x, 2 * x)).jumps.size() == 2);  // and a kink
  CHECK(breaks(twice).complete);
  CHECK(breaks(twice).kinks.size() == 1);  // and a place where the branches touch, which is none
  const Expr endless = abs(sin(x) - 0.5), param = abs(sin(x) - x / Expr::param("a")), too_many = abs(sin(50 * x));
  for (const Expr& e : {param, too_many}) {
    CAPTURE(to_text(e));
    CHECK(!breaks(e).complete);
    CHECK(unsolved_conditions(e).size() == 1);
  }
  CHECK(breaks(endless).complete);
  CHECK(breaks(endless).endless);
  CHECK(!breaks(wave).endless);
  CHECK(breaks(endless).kinks.size() == 102);  // pi/6 and 5 pi/6, and 2 pi further on, to 160
  CHECK(!is_piecewise_polynomial(select(sin(x) < 0.5, Expr(1), Expr(2))));
  const auto pieces = analytic_pieces(endless);
  REQUIRE(pieces);
  REQUIRE(pieces->size() == 105);
  CHECK((*pieces)[1].x.low == -160);
  CHECK((*pieces)[104].f == endless);
  CHECK(((*pieces)[52].f == sin(x) - 0.5 || (*pieces)[52].f == 0.5 - sin(x) || (*pieces)[52].f == -(sin(x) - 0.5)));
  CHECK(points(endless).size() == 7);
}

TEST_CASE("what overflows or cancels is written otherwise") {
  const Expr two = 2 * x;
  CHECK(stable(x / (1 + exp(-two))) == x * sigmoid(two));
  CHECK(stable(exp(two) / (exp(two) + 1)) == sigmoid(two));
  CHECK(stable(log(1 + exp(two)) / 2) == softplus(two) / 2);
  CHECK(stable(log(x * x + 1)) == log1p(x * x));
  CHECK(stable(1 - exp(two)) == -expm1(two));
  CHECK(stable(tanh(x)) == tanh(x));
  for (const Expr& e :
       {x / (1 + exp(-two)), 1 / (1 + exp(x)), log(1 + exp(two)), log(1 + x * x), exp(x) - 1, log(Expr::call(Function::cosh, {two}))})
    for (const double at : {-3.0, -1e-7, 1e-7, 0.3, 40.0}) {
      CAPTURE(to_text(e));
      const auto exact = ntkc::numeric::value(evaluate_exactly(e, Number(at), {}));
      CHECK(std::fabs(static_cast<double>(evaluate(stable(e), at, {}) / exact - 1)) < 1e-15);
    }
  for (const Expr& e : {x / (1 + exp(-two)), log(1 + exp(two))}) CHECK(std::isfinite(evaluate(stable(e), 1e4, {})));
}

TEST_CASE("activations without moments are refused, others are not") {
  using Kind = Fault::Kind;
  const auto kind = [](const Expr& e, bool derivative = false) {
    const auto fault = check_activation(e, derivative);
    return fault ? static_cast<int>(fault->kind) : -1;
  };
  CHECK(kind(exp(x * x)) == static_cast<int>(Kind::infinite_moment));
  CHECK(kind(exp(exp(x))) == static_cast<int>(Kind::infinite_moment));
  CHECK(kind(exp(0.01 * x * x) * sin(x)) == static_cast<int>(Kind::infinite_moment));
  CHECK(kind(1 / x) == static_cast<int>(Kind::pole));
  CHECK(kind(log(x)) == static_cast<int>(Kind::undefined));
  CHECK(kind(sqrt(x)) == static_cast<int>(Kind::undefined));
  CHECK(kind(sqrt(abs(x))) == -1);
  CHECK(kind(sqrt(abs(x)), true) == static_cast<int>(Kind::pole));
  for (const Expr& e :
       {exp(5 * x), pow(x, 9), x / (1 + exp(-x)), exp(-x * x), pow(abs(x), 1.5), log(1 + x * x), exp(pow(abs(x), 1.5) / 100)}) {
    CAPTURE(to_text(e));
    CHECK(kind(e, true) == -1);
  }
}
