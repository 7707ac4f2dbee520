// Activations without a closed form: the engine's quadrature against the judge's, at small, large and mixed variances, near rho = 1 as
// well.
#include <doctest/doctest.h>

#include "tests/road/kernels.hpp"

using namespace ntkc;
using namespace ntkc::tests;

TEST_CASE("quadratures keep their digits at every variance and correlation") {
  Samples samples;
  for (const double q : {1e-6, 1e4})
    for (const double theta : {0.0, 3e-5, 2.0}) samples.push_back({std::sqrt(2 * q) * std::cos(theta), std::sqrt(2 * q) * std::sin(theta)});
  for (const char* phi : {"elu", "ramp"}) {
    CAPTURE(phi);
    const driver::Compilation c =
        compile("ntk 1\nactivation ramp(x) = max(x - 0.3, 0) - 0.5 * max(x + 1, 0)\nnetwork n {\n  input x: [2]\n  dense\n  " +
                    std::string(phi) + "\n  dense\n}\n",
                true);
    REQUIRE(c.ok());
    const Keep kernels = run(c, samples, false);
    std::vector<Values> own;
    for (const auto& x : samples) own.push_back(judge(c.lowered[0], x, x, true));
    double worst = 0;
    for (std::size_t i = 0; i < samples.size(); i += 3)
      for (std::size_t j = i; j < samples.size(); ++j) {
        const Values exact = judge(c.lowered[0], samples[i], samples[j]);
        for (std::size_t o = 0; o < c.plans[0].outputs.size(); ++o) {
          const std::string& name = c.plans[0].outputs[o].name;
          const double error = std::abs(kernels.at(o, i, j) - exact.at(name)) / std::sqrt(own[i].at(name) * own[j].at(name));
          worst = std::max(worst, error);
        }
      }
    CAPTURE(worst);
    CHECK(worst <= 1e-14);  // sums of some hundred terms of one sign; met: 6e-16
  }
}
