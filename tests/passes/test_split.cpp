// Even and odd parts, and integration by parts, against integration by definition.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "activations/activation.hpp"
#include "expr/even_odd.hpp"
#include "ir/activation_text.hpp"
#include "ntk/runtime/quadrature.hpp"
#include "numeric/real.hpp"
#include "passes/duals.hpp"
#include "passes/duals/coefficients.hpp"
#include "passes/pass.hpp"
#include "reference/evaluate.hpp"

using namespace ntkc;

namespace {

std::string exact(double x) { return fmt::format("{:.60g}", x); }

// What `ops` defines as v of f and g, at variances 2 and 1.5 and covariance 0.75.
ir::Program program(const std::string& f, const std::string& g, const std::string& ops) {
  return ir::parse(
      fmt::format("program p\n  input x [1]\n  activation f = defined f() = {}\n  activation g = defined g() = {}\n"
                  "  constant d1 = 2 + 1.5\n  constant d = d1 - 1.5\n  constant g1 = 2 * 1.5\n  constant g2 = 0.75 * 0.75\n"
                  "  constant gram = g1 - g2\n  {}\n  output nngp = v\n",
                  f, g, ops));
}

numeric::Float100 value(const ir::Program& p) {
  const double x[] = {1};
  return numeric::value(reference::evaluate(p, x, x).at("nngp"));
}
double gap(const ir::Program& a, const ir::Program& b) { return static_cast<double>(abs(value(a) - value(b))); }

std::size_t count(const ir::Program& p, ir::Op op) { return static_cast<std::size_t>(std::ranges::count(p.nodes, op, &ir::Node::op)); }

constexpr double kJudge = 1e-24;  // 25 digits are what reference/integral.hpp claims

const char *const kRelu = "max(x, 0)", *const kSwish = "mul(x, sigmoid(x))", *const kTanh = "tanh(x)",
                  *const kBoth = "add(max(x, 0), tanh(x))", *const kWave = "add(max(x, 0), mul(0.5, sin(x)))",
                  *const kSquare = "add(mul(x, x), tanh(x))", *const kSigmoid = "sub(sigmoid(mul(3, x)), 0.25)", *const kErf = "erf(x)",
                  *const kGelu = "mul(x, norm_cdf(x))";

}  // namespace

TEST_CASE("a function that is a closed form and a remainder of the other parity is split: one series, or none") {
  const std::pair<const char*, std::size_t> functions[] = {{kBoth, 1}, {kWave, 0}, {kSwish, 1}, {kSquare, 1}, {kSigmoid, 1}};
  for (const auto& [f, series] : functions) {
    CAPTURE(f);
    for (const int order : {0, 1}) {
      CAPTURE(order);
      const ir::Program before = program(f, f, fmt::format("constant v = dual<f, f, {0}, {0}>(2, 1.5, 0.75, d, gram)", order)),
                        after = passes::run_all(before);
      CHECK(count(after, ir::Op::dual_quadrature) == series);
      for (const ir::Node& node : after.nodes)
        if (node.op == ir::Op::hermite) CHECK(expr::parity(after.activations[node.phi].phi) != expr::Parity::none);
      CHECK(gap(before, after) <= kJudge);
      const ir::Program mean = program(f, f, fmt::format("constant v = mean<f, {}>(1.5)", order));
      CHECK(gap(mean, passes::run_all(mean)) <= kJudge);
    }
    const ir::Program far = program(f, f, "constant v = dual_distance<f>(2, 1.5, 0.75, d, gram)");
    CHECK(count(passes::run_all(far), ir::Op::distance_quadrature) == series);
    CHECK(gap(far, passes::run_all(far)) <= kJudge);
  }
}

TEST_CASE("two functions whose parts of one parity are a line and another: no series") {
  const std::pair<const char*, const char*> pairs[] = {{kRelu, kTanh},    {kSwish, kTanh},   {kErf, kGelu},         {kErf, kRelu},
                                                       {kTanh, "cos(x)"}, {kSigmoid, kRelu}, {kSquare, "mul(3, x)"}};
  for (const auto& [f, g] : pairs)
    for (const int order : {0, 1}) {
      CAPTURE(f);
      CAPTURE(g);
      CAPTURE(order);
      const ir::Program before = program(f, g, fmt::format("constant v = dual<f, g, {0}, {0}>(2, 1.5, 0.75, d, gram)", order)),
                        after = passes::run_all(before);
      CHECK(count(after, ir::Op::dual_quadrature) == 0);
      CHECK(count(after, ir::Op::hermite) == 0);
      CHECK(gap(before, after) <= kJudge);
    }
}

TEST_CASE("where nothing is gained nothing is split") {
  for (const char* f : {"add(tanh(x), cos(div(x, add(1, mul(x, x)))))", "add(max(sub(x, 1), 0), tanh(x))", "exp(neg(abs(x)))"}) {
    CAPTURE(f);
    const ir::Program after = passes::run_all(program(f, f, "constant v = dual<f, f, 0, 0>(2, 1.5, 0.75, d, gram)"));
    CHECK(count(after, ir::Op::dual_quadrature) == 1);
    CHECK(std::ranges::any_of(after.activations, [](const graph::ActivationUse& use) { return use.name == "f"; }));
  }
}

// The bound of E[x psi'(x)] is that of the mean of psi' by quadrature.
TEST_CASE("what a mean is off by lies below its bound, not a million times") {
  const graph::ActivationUse line{"line", false, {}, 2 * expr::Expr::variable()};
  for (const char* name : {"tanh", "sigmoid", "softsign"}) {
    CAPTURE(name);
    const graph::ActivationUse psi{name, true, {}, activations::find(name)->phi({})};
    const auto bound = passes::bound_of(line, psi, 1e-12);
    REQUIRE(bound);
    CHECK(bound->proved);
    CHECK(bound->largest_variance == 100);
    const expr::Expr slope = expr::simplify(expr::derivative(psi.phi));
    const passes::Callable f(expr::simplify(expr::derivative(psi.phi)));
    double worst = 0;
    for (const double q : {1e-4, 0.1, 0.7, 3.0, 20.0, 100.0}) {
      const std::vector<double> breaks = expr::break_points(psi.phi, {}, -1e3, 1e3);
      const std::string text = fmt::format("built_in {}() = {}", name, ir::text_of(psi.phi));
      const double x[] = {1};
      const auto known = numeric::value(
          reference::evaluate(
              ir::parse(fmt::format("program p\n  input x [1]\n  activation f = {}\n  constant v = mean<f, 1>({})\n  output nngp = v\n",
                                    text, exact(q))),
              x, x)
              .at("nngp"));
      const double mean = ::ntk::quadrature::in_double::mean(f, breaks, q);
      const double root = std::sqrt(::ntk::quadrature::in_double::mean([&](const auto& at) { return f(at) * f(at); }, breaks, q));
      worst = std::max(worst, std::abs(static_cast<double>(mean - known)) / root);
    }
    CAPTURE(worst);
    CHECK(worst <= bound->error);
    CHECK(worst >= 1e-6 * bound->error);
  }
}
