// Activations without a closed form (and elu) in a network of one hidden layer, against the judge's integrals, written down once by
// tests/tools/table_of_duals.cpp: activation, order, variance, correlation, value.
#include <doctest/doctest.h>

#include <array>
#include <fstream>
#include <sstream>

#include "passes/duals.hpp"
#include "tests/road/kernels.hpp"

using namespace ntkc;
using namespace ntkc::tests;

namespace {

struct Case {
  double q, rho;
  std::array<double, 2> exact;  // kappa, kappa-dot
};

std::map<std::string, std::vector<Case>> table() {
  std::map<std::string, std::vector<Case>> cases;
  std::ifstream in(NTKC_SOURCE_DIR "/tests/road/duals.txt");
  std::string name;
  std::size_t order = 0;
  double q = 0, rho = 0, value = 0;
  while (in >> name >> order >> q >> rho >> value) {
    if (order == 0) cases[name].push_back({q, rho, {}});
    cases[name].back().exact.at(order) = value;
  }
  return cases;
}

}  // namespace

TEST_CASE("kappa and kappa-dot at every variance and correlation") {
  const auto cases = table();
  REQUIRE(cases.size() >= 3);
  for (const auto& [name, list] : cases) {
    CAPTURE(name);
    const driver::Compilation c = compile("ntk 1\nnetwork n { input x: [2]; dense; " + name + "; dense }\n", true);
    REQUIRE(c.ok());
    const auto certified = passes::bound_of(c.lowered[0].activations.at(0), c.lowered[0].tolerance);
    double worst = 0, within = 0;
    for (const Case& one : list) {
      const auto own = std::find_if(list.begin(), list.end(), [&](const Case& o) { return o.q == one.q && o.rho == 1; });
      const double radius = std::sqrt(2 * one.q);
      const Keep kernels = run(c, {{radius, 0}, {radius * one.rho, radius * std::sqrt((1 - one.rho) * (1 + one.rho))}}, false);
      std::map<std::string, double> value, norm;
      value["nngp"] = one.exact[0], norm["nngp"] = own->exact[0];
      value["ntk"] = one.exact[0] + one.rho * one.q * one.exact[1], norm["ntk"] = own->exact[0] + one.q * own->exact[1];
      for (std::size_t o = 0; o < c.plans[0].outputs.size(); ++o) {
        const std::string& output = c.plans[0].outputs[o].name;
        const double error = std::abs(kernels.at(o, 0, 1) - value[output]) / norm[output];
        worst = std::max(worst, error);
        if (certified && one.q <= certified->largest_variance) within = std::max(within, error);
      }
    }
    CAPTURE(worst);
    CHECK(worst <= 1e-13);  // a tenth of the tolerance
    if (!certified) continue;
    CAPTURE(within);
    CHECK(within <= certified->error);
    CHECK(within >= 1e-6 * certified->error);
  }
}
