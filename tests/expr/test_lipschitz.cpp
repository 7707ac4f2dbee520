// Bounds hold what they bound, and Lipschitz constants are the known ones.
#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "expr/bounds.hpp"
#include "expr/lipschitz.hpp"

using namespace ntkc::expr;
using Kind = Lipschitz::Kind;

namespace {

const Expr x = Expr::variable();
Expr of(Function f, Expr a) { return Expr::call(f, {std::move(a)}); }

// Every function of the language at least once; defined for all reals.
std::vector<Expr> functions() {
  return {x * norm_cdf(x),
          x * sigmoid(1.7 * x),
          x * tanh(softplus(x)),
          select(x < 0, exp(x) - 1, x),
          erf(x) * x,
          of(Function::erfc, x) + norm_pdf(x),
          log(of(Function::cosh, x)),
          x / (1 + abs(x)),
          max(-1, min(x, 1)),
          of(Function::cbrt, 1 + x * x),
          sqrt(1 + x * x),
          log1p(x * x) * of(Function::sinh, 0.1 * x),
          exp(-(x * x)) * sin(3 * x),
          cos(x) / (2 + sin(x)),
          pow(x, 3) - pow(x, 4),
          of(Function::expm1, -abs(x)),
          atan(x) * of(Function::step, x),
          sign(x - 1) * x,
          of(Function::asin, sin(x) / 2),
          of(Function::acos, sin(x) / 2),
          of(Function::tan, atan(x) / 2),
          pow(1 + x * x, 0.3),
          Expr(3) / (2 + x * x),
          log(1 + exp(x)),
          x / (1 + exp(-1.5 * x))};
}

}  // namespace

TEST_CASE("bounds hold every value, on finite intervals and on tails") {
  const unsigned seed = 99;
  CAPTURE(seed);
  std::mt19937 rng(seed);
  const auto uniform = [&](double low, double high) { return low + (high - low) * (rng() / 4294967296.0); };
  for (const Expr& f : functions()) {
    CAPTURE(to_text(f));
    const Bounds bounds({f, derivative(f)});
    const Expr slope = derivative(f);
    for (int i = 0; i < 60; ++i) {
      const double low = i < 40 ? uniform(-6, 6) : uniform(1, 40), width = i % 3 ? uniform(0, 2) : uniform(0, 1e-3);
      const Interval t{low, i >= 50 ? kInfinity : low + width};
      CAPTURE(low);
      const auto range = bounds(t);
      for (int j = 0; j < 20; ++j) {
        const double at = i >= 50 ? low + uniform(0, 30) : low + width * uniform(0, 1);
        // exact values, so that no slack is needed but for their own rounding to double
        const double value = evaluate_exactly(f, at, {}).to_double(), rise = evaluate_exactly(slope, at, {}).to_double();
        CHECK(range[0].value.low <= value);
        CHECK(value <= range[0].value.high);
        CHECK(range[1].value.low <= rise);
        CHECK(rise <= range[1].value.high);
      }
    }
  }
}

TEST_CASE("at a point, what has no finite value is not called defined") {
  const std::vector<Expr> partial = {sqrt(x),
                                     log(x - 1),
                                     sqrt(sin(x)),
                                     of(Function::asin, x),
                                     of(Function::acos, 2 * x),
                                     1 / step(x),
                                     log1p(x),
                                     log(cos(x)),
                                     pow(x, 0.3),
                                     pow(x, x),
                                     sqrt(1 - x * x),
                                     exp(exp(x * x)),
                                     log(tanh(x) - 1),
                                     1 / (tanh(x) - tanh(x)),
                                     select(x < 0, log(x), x)};
  std::mt19937 rng(7);
  for (const Expr& f : partial) {
    CAPTURE(to_text(f));
    const Bounds bounds({f}, false);
    int without = 0;
    for (int i = 0; i < 100; ++i) {
      const double at = (rng() / 4294967296.0 - 0.5) * 60;
      CAPTURE(at);
      if (evaluate_exactly(f, at, {}).is_finite()) continue;
      const Range range = bounds({at, at})[0];
      CHECK(!(range.seams.defined && std::isfinite(range.value.low) && std::isfinite(range.value.high)));
      ++without;
    }
    CHECK(without > 0);
  }
}

TEST_CASE("bounds shrink with the interval") {
  for (const Expr& f : functions()) {
    CAPTURE(to_text(f));
    const auto range = Bounds({f})({0.7, 0.7 + 1e-9});
    CHECK(range[0].value.high - range[0].value.low < 1e-6);
    CHECK(range[0].seams.smooth);
    CHECK(range[0].seams.defined);
  }
}

TEST_CASE("what vanishes at infinity is known to vanish") {
  for (const Expr& f : {x * norm_pdf(x), x * x * sigmoid(-x), pow(x, 5) * exp(-x), x * (1 / of(Function::cosh, x)), x * softplus(-x),
                        x / (1 + exp(x)), x * exp(-(x * x)) * sin(x), x * norm_cdf(-x), x * of(Function::erfc, x)}) {
    CAPTURE(to_text(f));
    CHECK(Bounds({f})({0x1p20, kInfinity})[0].value.most() < 1e-3);
  }
}

TEST_CASE("known Lipschitz constants") {
  struct Row {
    Expr f;
    double constant, place;
  };
  const double pi = M_PI;
  // gelu: at sqrt(2), Phi(sqrt 2) + sqrt 2 phi(sqrt 2); silu, mish: zeros of the second derivative, found with 30 digits
  const Row rows[] = {{tanh(x), 1, 0},
                      {sigmoid(x), 0.25, 0},
                      {x * norm_cdf(x), 1.128904145262, std::sqrt(2)},
                      {x * sigmoid(x), 1.099839320130, 2.39935728052},
                      {x / (1 + exp(-1.5 * x)), 1.099839320130, 2.39935728052 / 1.5},
                      {x * tanh(softplus(x)), 1.088498161258, 1.490566},
                      {select(x < 0, 2 * (exp(x) - 1), x), 2, 0},
                      {select(x < 0, 0.5 * (exp(x) - 1), x), 1, 0},
                      {erf(x), 2 / std::sqrt(pi), 0},
                      {softplus(x), 1, kInfinity},
                      {log(of(Function::cosh, x)), 1, kInfinity},
                      {sqrt(1 + x * x), 1, kInfinity},
                      {x + sin(x) * sin(x), 2, pi / 4},
                      {exp(-(x * x)), std::sqrt(2 / std::exp(1.0)), std::sqrt(0.5)},
                      {abs(sin(x)), 1, 0},
                      {x * min(max(x + 3, 0), 6) / 6, 1.5, 3},
                      {sqrt(x * x), 1, 0},
                      {Expr(3), 0, 0}};
  for (const Row& row : rows) {
    CAPTURE(to_text(row.f));
    const Lipschitz l = lipschitz(row.f);
    CHECK(l.kind == Kind::bounded);
    CHECK(l.tight());
    CHECK(l.most >= row.constant * (1 - 1e-11));  // digits of the table
    CHECK(l.least <= row.constant * (1 + 1e-11));
    const bool waves = row.f == abs(sin(x)) || row.f == x + sin(x) * sin(x);  // attained again and again
    if (std::isinf(row.place)) {
      CHECK(std::isinf(l.place));
    } else if (!waves) {
      CHECK(std::abs(l.place) == doctest::Approx(row.place).epsilon(1e-4));  // the root of the width of the bounds
    }
  }
}

TEST_CASE("what is not Lipschitz, and what is not known") {
  const auto kind = [](const Expr& f) { return lipschitz(f).kind; };
  CHECK(kind(x * x) == Kind::unbounded);
  CHECK(kind(exp(x)) == Kind::unbounded);
  CHECK(kind(x * sin(x)) == Kind::unbounded);
  CHECK(kind(x * log(1 + x * x)) == Kind::unbounded);
  CHECK(kind(sqrt(abs(x - 2))) == Kind::unbounded);
  CHECK(lipschitz(sqrt(abs(x - 2))).place == doctest::Approx(2));
  CHECK(lipschitz(x * x).place == kInfinity);
  CHECK(kind(of(Function::step, x - 0.5)) == Kind::jump);
  CHECK(lipschitz(of(Function::step, x - 0.5)).place == doctest::Approx(0.5));
  CHECK(kind(of(Function::step, sin(x) - 0.5 * x * x)) == Kind::jump);  // no closed form of the place
  CHECK(kind(select(sin(x) < 0.5, sin(x), 0.5)) == Kind::bounded);
  CHECK(kind(sin(x) / x) == Kind::unknown);
}
