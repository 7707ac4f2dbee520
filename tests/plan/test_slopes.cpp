#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "ir/program.hpp"
#include "plan/plan.hpp"

using namespace ntkc;

namespace {

constexpr const char* kValue = "  pair value = dual_quadrature<tanh, tanh, 0, 0>(q, q', c, gram, series, series')\n";
constexpr const char* kSlope = "  pair slope = dual_quadrature<tanh, tanh, 1, 1>(q, q', {}, gram, series, series')\n";

plan::Plan of(const std::string& expectations) {
  return plan::make(ir::parse(fmt::format(R"(program p
  input x [5]
  activation tanh = built_in tanh() = tanh(x)
  sample x = input(0)
  sample q = inner(x, x)
  sample series = hermite<tanh, 0, 128>(q)
  pair c = inner(x, x')
  pair other = c / 2
  pair gram = gram(x, x')
{}  output nngp = value
  output ntk = slope
)",
                                          expectations)));
}

}  // namespace

TEST_CASE("a value and a slope of one covariance are one step, whichever comes first") {
  const std::string slope = fmt::format(kSlope, "c");
  for (const auto& both : {kValue + slope, slope + kValue}) {
    const auto plan = of(both);
    const auto& steps = plan.pair.steps;
    CHECK(std::count_if(steps.begin(), steps.end(), [](const auto& s) { return s.op == ir::Op::dual_quadrature; }) == 1);
    const auto joined = std::find_if(steps.begin(), steps.end(), [](const auto& s) { return s.op == ir::Op::dual_quadrature; });
    REQUIRE(joined->slope);
    CHECK(joined->order_phi == 0);
    CHECK(plan.pair.local_names[joined->result] == "value");
    CHECK(plan.pair.local_names[*joined->slope] == "slope");
    CHECK(plan.outputs[0].value == plan::Ref{plan::Ref::Where::local, joined->result});
    CHECK(plan.outputs[1].value == plan::Ref{plan::Ref::Where::local, *joined->slope});
  }
}

TEST_CASE("of different covariances they are two") {
  const auto plan = of(kValue + fmt::format(kSlope, "other"));
  for (const auto& s : plan.pair.steps) CHECK(!s.slope);
  CHECK(std::count_if(plan.pair.steps.begin(), plan.pair.steps.end(), [](const auto& s) { return s.op == ir::Op::dual_quadrature; }) == 2);
}
