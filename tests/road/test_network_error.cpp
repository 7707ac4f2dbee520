// The error that `ntkc info` tells of a network, against kernels in 100 digits.
#include <doctest/doctest.h>

#include "driver/describe.hpp"
#include "tests/road/kernels.hpp"

using namespace ntkc;
using namespace ntkc::tests;

TEST_CASE("the error of a network lies below what is told of it") {
  const Samples samples = {{1, 0.4}, {0.3, 1.2}, {-1, -0.4001}};
  for (const char* layers :
       {"dense(sigma_b = 0.2); relu; dense; layer_norm; relu; dense", "repeat 2 { dense(sigma_b = 0.3); erf }; dense; hard_tanh; dense",
        "dense; gelu; dense(sigma_w = 1.2); sin; dense", "dense(sigma_b = 0.1); tanh; dense; tanh; dense",
        "dense(sigma_b = 0.1); softsign; dense"}) {
    CAPTURE(layers);
    const driver::Compilation c = compile("ntk 1\nnetwork n { input x: [2]; " + std::string(layers) + " }\n", true);
    REQUIRE(c.ok());
    const driver::NetworkFacts facts = driver::facts(c, 0);
    REQUIRE(facts.error);
    const Keep kernels = run(c, samples, false);
    std::vector<Values> own;
    for (const auto& x : samples) own.push_back(judge(c.lowered[0], x, x, true));
    for (std::size_t i = 0; i < samples.size(); ++i)
      for (std::size_t j = i; j < samples.size(); ++j) {
        const Values exact = judge(c.lowered[0], samples[i], samples[j], i == j);
        for (std::size_t o = 0; o < c.plans[0].outputs.size(); ++o) {
          const std::string& name = c.plans[0].outputs[o].name;
          const double error = std::abs(kernels.at(o, i, j) - exact.at(name)) / std::sqrt(own[i].at(name) * own[j].at(name));
          CHECK(error <= (name == "ntk" ? facts.error->ntk : facts.error->nngp) + 8 * 0x1p-53);  // the inputs' inner products
        }
      }
    CHECK(facts.error->sum > 0);
    CHECK(facts.error->nngp >= facts.error->sum / 8);
  }
}

TEST_CASE("no error is told where none is followed") {
  for (const char* layers : {"dense; step; dense", "dense; exp_normalized; dense"}) {
    CAPTURE(layers);
    const driver::Compilation c = compile("ntk 1\nnetwork n { input x: [2]; " + std::string(layers) + " }\n", false);
    REQUIRE(c.ok());
    CHECK(!driver::facts(c, 0).error);
  }
}
