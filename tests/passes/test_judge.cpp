// The judge judged: an activation of the file with the same expression as a built-in one is integrated by definition, the built-in one has
// a closed form.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "numeric/real.hpp"
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
