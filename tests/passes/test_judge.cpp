// The judge judged: an activation of the file with the same expression as a built-in one is integrated by definition, the built-in one has
// a closed form.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "numeric/real.hpp"
#include "passes/pass.hpp"
#include "reference/evaluate.hpp"

using namespace ntkc;
using numeric::Float100;

namespace {

std::string exact(double x) { return fmt::format("{:.60g}", x); }

Float100 dual(const char* activation, int order, double q1, double q2, double c) {
  const std::string text = fmt::format(R"(program p
  input x [1]
  activation f = {0}
  constant d1 = {1} + {2}
  constant d2 = 2 * {3}
  constant d = d1 - d2
  constant g1 = {1} * {2}
  constant g2 = {3} * {3}
  constant g = g1 - g2
  constant v = dual<f, f, {4}, {4}>({1}, {2}, {3}, d, g)
  output nngp = v
)",
                                       activation, exact(q1), exact(q2), exact(c), order);
  const double x[] = {1};
  return numeric::value(reference::evaluate(ir::parse(text), x, x).at("nngp"));
}

}  // namespace

TEST_CASE("integration by definition against closed forms") {
  // Arguments are exact in binary, so both sides see the same covariance. 25 digits are what integral.hpp claims where there are kinks.
  const double covariances[][3] = {{1, 2, 0.5}, {1, 1, -0.875}, {4, 1, 1.9990234375}, {1, 1, 1 - 0x1p-30}};
  for (const auto& [q1, q2, c] : covariances)
    for (const int order : {0, 1}) {
      CAPTURE(q1);
      CAPTURE(c);
      CAPTURE(order);
      const Float100 closed = dual("built_in relu() = max(x, 0)", order, q1, q2, c),
                     integrated = dual("defined f() = max(x, 0)", order, q1, q2, c);
      CHECK(static_cast<double>(abs(closed - integrated)) <= 1e-25 * (q1 + q2));
    }
}

TEST_CASE("recognised activations have a closed form, and it is the integral") {
  const char *const waves = "add(sin(x), mul(0.5, sin(mul(2, x))))", *const leaky = "max(x, mul(0.1, x))",
                    *const snake = "add(x, pow(sin(x), 2))", *const gelu = "mul(mul(0.5, x), add(1, erf(div(x, sqrt(2)))))";
  const char* const pairs[][2] = {{waves, waves},
                                  {leaky, leaky},
                                  {gelu, gelu},
                                  {snake, snake},
                                  {"3", "3"},
                                  {"erf(mul(2, x))", "erf(x)"},
                                  {"sub(pow(x, 2), x)", "exp(mul(0.5, x))"}};
  for (const auto& [phi, psi] : pairs)
    for (const int order : {0, 1}) {
      CAPTURE(phi);
      CAPTURE(order);
      const ir::Program program = ir::parse(fmt::format(R"(program p
  input x [1]
  activation f = defined f() = {0}
  activation g = defined g() = {1}
  constant d1 = 2 + 1.5
  constant d = d1 - 1.5
  constant g1 = 2 * 1.5
  constant g2 = 0.75 * 0.75
  constant gram = g1 - g2
  constant v = dual<f, g, {2}, {2}>(2, 1.5, 0.75, d, gram)
  output nngp = v
)",
                                                        phi, psi, order));
      const ir::Program after = passes::run_all(program);
      for (const ir::Node& node : after.nodes) {
        CHECK(node.op != ir::Op::dual_quadrature);
        CHECK(node.op != ir::Op::hermite);
      }
      const double x[] = {1};
      const auto value = [&](const ir::Program& p) { return numeric::value(reference::evaluate(p, x, x).at("nngp")); };
      CHECK(static_cast<double>(abs(value(program) - value(after))) <= 1e-24);  // 25 digits are what integral.hpp claims
    }
}
