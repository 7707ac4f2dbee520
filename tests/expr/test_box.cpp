// Boxes hold what they must, and refuse poles and cuts; pieces; rounding.
#include <doctest/doctest.h>

#include <complex>
#include <random>

#include "expr/box.hpp"
#include "expr/pieces.hpp"
#include "expr/rounding.hpp"
#include "numeric/real.hpp"

using namespace ntkc::expr;
using Complex = std::complex<double>;

namespace {

// Far from underflow and from the ends of series: right to some 1e-14.
std::optional<Complex> value(Function f, Complex z) {
  switch (f) {
    case Function::exp:
      return std::exp(z);
    case Function::expm1:
      return std::exp(z) - 1.0;
    case Function::log:
      return std::log(z);
    case Function::log1p:
      return std::log(1.0 + z);
    case Function::sqrt:
      return std::sqrt(z);
    case Function::sin:
      return std::sin(z);
    case Function::cos:
      return std::cos(z);
    case Function::tan:
      return std::tan(z);
    case Function::sinh:
      return std::sinh(z);
    case Function::cosh:
      return std::cosh(z);
    case Function::tanh:
      return std::tanh(z);
    case Function::atan:
      return std::atan(z);
    case Function::sigmoid:
      return 1.0 / (1.0 + std::exp(-z));
    case Function::softplus:
      return std::log(1.0 + std::exp(z));
    case Function::norm_pdf:
      return std::exp(-0.5 * z * z) / std::sqrt(2 * M_PI);
    case Function::erf:
    case Function::erfc:
    case Function::norm_cdf: {
      const Complex x = f == Function::norm_cdf ? z / std::sqrt(2.0) : z;
      Complex term = x, sum = x;  // sum of (-1)^k x^(2k+1) / (k! (2k+1))
      for (int k = 1; k < 100; ++k) term *= -x * x / double(k), sum += term / (2.0 * k + 1);
      const Complex erf = sum * 2.0 / std::sqrt(M_PI);
      return f == Function::erf ? erf : f == Function::erfc ? 1.0 - erf : 0.5 * (1.0 + erf);
    }
    default:
      return std::nullopt;
  }
}

bool holds(const Box& box, Complex z) {
  const double slack = 1e-12 * (1 + std::abs(z));  // of `value`
  return box.re.low - slack <= z.real() && z.real() <= box.re.high + slack && box.im.low - slack <= z.imag() &&
         z.imag() <= box.im.high + slack;
}

const Expr x = Expr::variable();

}  // namespace

TEST_CASE("boxes hold every value of analytic functions") {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> place(-2, 2), part(0, 1);
#define NTK_FUNCTION(name, arity) Function::name,
  const Function all[] = {
#include "expr/functions.def"
  };
#undef NTK_FUNCTION
  for (const Function f : all) {
    if (arity(f) != 1 || !value(f, 1)) continue;
    CAPTURE(name(f));
    int seen = 0;
    for (int i = 0; i < 400; ++i) {
      const double low = place(random), bottom = place(random);
      const Box box{{low, low + 0.5 * part(random)}, {bottom, bottom + 0.5 * part(random)}};
      const auto out = image(f, &box);
      if (!out) continue;
      ++seen;
      for (int k = 0; k < 20; ++k) {
        const double u = k < 2 ? k : part(random), v = k < 4 ? k / 2 % 2 : part(random);
        const Complex z(box.re.low + u * (box.re.high - box.re.low), box.im.low + v * (box.im.high - box.im.low));
        CHECK(holds(*out, *value(f, z)));
      }
    }
    CHECK(seen > 100);
  }
}

TEST_CASE("poles and cuts are refused") {
  const auto analytic = [](const Expr& e, Interval re, Interval im) { return Continued(e)({re, im}).has_value(); };
  const Interval near{-0.1, 0.1};
  CHECK(!analytic(tanh(x), near, {1.5, 1.6}));  // i pi / 2
  CHECK(analytic(tanh(x), near, {1.2, 1.4}));
  CHECK(!analytic(sigmoid(x), near, {3.1, 3.2}));
  CHECK(!analytic(softplus(x), {-1, 2}, {3, 4}));
  CHECK(analytic(softplus(x), {1, 2}, {3, 4}));
  CHECK(!analytic(log(x), {-2, -1}, near));
  CHECK(analytic(log(x), {-2, -1}, {0.1, 0.2}));
  CHECK(!analytic(sqrt(x), near, {0, 0.1}));
  CHECK(!analytic(atan(x), near, {0.9, 1.1}));
  CHECK(!analytic(1 / x, near, near));
  CHECK(!analytic(pow(x, -2), near, near));
  CHECK(!analytic(abs(x), {1, 2}, near));
}

TEST_CASE("analytic pieces between kinks and between changes of expression") {
  const auto softsign = analytic_pieces(x / (1 + abs(x)));
  REQUIRE(softsign);
  REQUIRE(softsign->size() == 2);
  CHECK(softsign->front().kink_high);
  CHECK(softsign->back().f == simplify(x / (1 + x)));
  const auto twice = analytic_pieces(select(abs(x) < 1, x * x, abs(x) * abs(x)));
  REQUIRE(twice);
  for (const auto& piece : *twice) CHECK((!piece.kink_low && !piece.kink_high));
  CHECK(!analytic_pieces(step(x)));
  CHECK(!analytic_pieces(Expr::param("a") * tanh(x)));
  const auto third = analytic_pieces(max(x, Expr(1) / 3));  // a place that is no double
  REQUIRE(third);
  CHECK(third->size() == 2);
}

TEST_CASE("rounding errors lie below their bounds") {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> place(-6, 6);
  for (const Expr& e :
       {derivative(x * tanh(softplus(x))), 1 - tanh(x) * tanh(x), x / 3 + exp(-x * x) / 7, atan(x) * norm_cdf(x), 1 / (2 + sin(5 * x))}) {
    const Rounding rounding(e);
    double worst = 0;
    for (int i = 0; i < 300; ++i) {
      const double at = place(random);
      const auto bound = rounding({at, at + 0.01}, 0);
      const ntkc::numeric::Number exact = evaluate_exactly(e, ntkc::numeric::Number(at), {});
      const double error = std::abs(static_cast<double>(ntkc::numeric::value(exact) - evaluate(e, at, {})));
      CHECK(error <= bound.error);
      CHECK(bound.error < 1e-13);  // some dozens of roundings of numbers to 10
      worst = std::max(worst, error / bound.error);
    }
    CHECK(worst > 1e-3);  // the bound is not idle
  }
}
