// Near-duplicates through a smooth activation into a kinked one: the angle that the kink sees must keep its digits, near rho = -1 as well.
#include <doctest/doctest.h>

#include "tests/road/kernels.hpp"

using namespace ntkc;
using namespace ntkc::tests;

namespace {

// x, x moved by 1e-6, 1e-9 and 1e-12 of its length, the same stretched by 1.1, and the opposites.
Samples neighbours() {
  Samples s;
  for (const double sign : {1.0, -1.0})
    for (const double stretch : {1.0, 1.1})
      for (const double step : {0.0, 1e-6, 1e-9, 1e-12}) {
        std::vector<double> row(5);
        for (std::size_t k = 0; k < row.size(); ++k) {
          const double a = std::sin(1.7 * static_cast<double>(k) + 0.3), b = std::cos(2.3 * static_cast<double>(k * k) + 1.1);
          row[k] = sign * stretch * (a + step * b);
        }
        s.push_back(std::move(row));
      }
  return s;
}

}  // namespace

TEST_CASE("near-duplicates keep their digits through smooth activations") {
  const Samples samples = neighbours();
  for (const char* smooth : {"erf", "norm_cdf", "sin", "cos", "sin(c = 0.4)", "gaussian", "gabor", "gelu", "rbf", "monomial(n = 3)",
                             "hermite(n = 3)", "polynomial([0.5, -1, 0.25])", "rectified_power(n = 2)"}) {
    CAPTURE(smooth);
    const driver::Compilation c = compile(
        "ntk 1\nnetwork n {\n  input x: [5]\n  dense\n  " + std::string(smooth) + "\n  dense(sigma_b = 0.1)\n  relu\n  dense\n}\n", true);
    REQUIRE(c.ok());
    const Keep kernels = run(c, samples, false);
    double worst = 0;
    for (std::size_t i = 0; i < samples.size(); i += 4)
      for (std::size_t j = 0; j < samples.size(); ++j) {
        const Values exact = judge(c.lowered[0], samples[i], samples[j]), left = judge(c.lowered[0], samples[i], samples[i], true),
                     right = judge(c.lowered[0], samples[j], samples[j], true);
        for (std::size_t o = 0; o < c.plans[0].outputs.size(); ++o) {
          const std::string& name = c.plans[0].outputs[o].name;
          worst = std::max(worst, std::abs(kernels.at(o, i, j) - exact.at(name)) / std::sqrt(left.at(name) * right.at(name)));
        }
      }
    CAPTURE(worst);
    CHECK(worst <= 1e-14);  // fifty roundings; the recursion with D from c alone is 1e-7 wrong here
  }
}
