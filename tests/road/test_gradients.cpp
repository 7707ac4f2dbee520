// Derivatives with respect to run-time params: the derived program against differences of the judge, the engine against the derived program.
#include <doctest/doctest.h>

#include <fmt/format.h>

#include "activations/uses.hpp"
#include "driver/gradient.hpp"
#include "kernels.hpp"
#include "numeric/real.hpp"
#include "passes/differentiate.hpp"

using namespace ntkc;
using namespace ntkc::tests;
using numeric::Float100;

namespace {

using Exact = std::map<std::string, Float100>;

Exact exactly(const ir::Program& program, const std::vector<double>& x, const std::vector<double>& y, const expr::ParamValues& params, bool same) {
  Exact values;
  for (const auto& [name, number] : reference::evaluate(program, x, y, params, same)) values[name] = numeric::value(number);
  return values;
}

// Central differences at halved steps, extrapolated (Richardson 1911): with six of them from 1/16 the error is about 1e-24 of the twelfth
// derivative; the judge's 30 digits leave 1e-27.
Exact differences(const ir::Program& program, const std::string& param, const std::vector<double>& x, const std::vector<double>& y, bool same) {
  constexpr int kSteps = 6;
  std::map<std::string, std::vector<Float100>> rows;
  for (int i = 0; i < kSteps; ++i) {
    const double step = std::ldexp(1.0, -4 - i);
    expr::ParamValues up, down;
    for (const graph::Param& p : program.params) up[p.name] = down[p.name] = p.value;
    up[param] += step, down[param] -= step;
    const Float100 apart = Float100(up[param]) - Float100(down[param]);
    const Exact above = exactly(program, x, y, up, same), below = exactly(program, x, y, down, same);
    for (const auto& [name, value] : above) rows[name].push_back((value - below.at(name)) / apart);
  }
  Exact limit;
  for (auto& [name, row] : rows) {
    Float100 factor = 4;
    for (int level = 1; level < kSteps; ++level, factor *= 4)
      for (int i = kSteps - 1; i >= level; --i) row[i] += (row[i] - row[i - 1]) / (factor - 1);
    limit[name] = row.back();
  }
  return limit;
}

std::string spec(const std::string& body) {
  return "ntk 1\nparam sigma_w = 1.25 in [0, 10]\nparam sigma_b = 0.5 in [0, 10]\nnetwork n {\n  input x: [5]\n  default dense(sigma_w = sigma_w, "
         "sigma_b = sigma_b)\n  " +
         body + "\n}\n";
}

// A sample, a neighbour, another, the opposite of the first, and nothing.
Samples few_samples() {
  const Samples hard = hard_samples(5, 1.5);
  return {hard[0], hard[1], hard[6], hard[3], hard[4]};
}

// The largest error of the derived program, relative to what the derivative and the kernel are on the diagonal.
double worst_of_judge(const driver::Compilation& c, const std::string& param) {
  const ir::Program& program = c.lowered[0];
  const ir::Program derived = passes::differentiate(program, param);
  CHECK_FALSE(ir::verify(derived).has_value());
  const Samples samples = few_samples();
  double worst = 0;
  for (const auto& [i, j] : {std::pair{0, 0}, {0, 1}, {0, 2}, {0, 3}, {2, 4}}) {
    const bool same = i == j;
    const Exact got = exactly(derived, samples[i], samples[j], {}, same), expected = differences(program, param, samples[i], samples[j], same),
                size = exactly(program, samples[i], samples[i], {}, true);
    for (const auto& [name, value] : expected) {
      const double error = static_cast<double>(abs(got.at(name) - value) / (abs(value) + abs(size.at(name))));
      if (!(error <= worst)) worst = error;
    }
  }
  return worst;
}

}  // namespace

TEST_CASE("probe") {
  const char* bodies = std::getenv("PROBE");
  const char* ntk = std::getenv("PROBE_NTK");
  const driver::Compilation c = compile(spec(bodies ? bodies : "dense; relu; dense"), ntk != nullptr);
  REQUIRE(c.ok());
  for (const char* p : {"sigma_w", "sigma_b"}) MESSAGE(p, " ", worst_of_judge(c, p));
}
