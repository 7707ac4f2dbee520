// Near-duplicates through a smooth activation into a kinked one: the angle that the kink sees must keep its digits, near rho = -1 as well.
#include <doctest/doctest.h>

#include "tests/road/kernels.hpp"

using namespace ntkc;
using namespace ntkc::tests;

namespace {

// x, x moved by 1e-6, 1e-9 and 1e-12 of its length, the same stretched by 1.1, and the opposites.
Samples neighbours(std::initializer_list<double> signs = {1.0, -1.0}, std::initializer_list<double> stretches = {1.0, 1.1}) {
  Samples s;
  for (const double sign : signs)
    for (const double stretch : stretches)
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

// The largest error of the kernels of a network, relative to sqrt(k(x, x) k(x', x')), of four samples against all.
double worst_error(const std::string& body, const Samples& samples) {
  const driver::Compilation c = compile("ntk 1\nnetwork n {\n  input x: [5]\n" + body + "}\n", true);
  REQUIRE(c.ok());
  const Keep kernels = run(c, samples, false);
  std::vector<Values> own;
  for (const auto& x : samples) own.push_back(judge(c.lowered[0], x, x, true));
  double worst = 0;
  for (std::size_t i = 0; i < samples.size(); i += 4)
    for (std::size_t j = 0; j < samples.size(); ++j) {
      const Values exact = judge(c.lowered[0], samples[i], samples[j]);
      for (std::size_t o = 0; o < c.plans[0].outputs.size(); ++o) {
        const std::string& name = c.plans[0].outputs[o].name;
        worst = std::max(worst, std::abs(kernels.at(o, i, j) - exact.at(name)) / std::sqrt(own[i].at(name) * own[j].at(name)));
      }
    }
  return worst;
}

}  // namespace

TEST_CASE("near-duplicates keep their digits through smooth activations") {
  const Samples samples = neighbours();
  for (const char* smooth : {"erf", "norm_cdf", "sin", "cos", "sin(c = 0.4)", "gaussian", "gabor", "gelu", "rbf", "monomial(n = 3)",
                             "hermite(n = 3)", "polynomial([0.5, -1, 0.25])", "rectified_power(n = 2)", "hard_swish"}) {
    INFO(std::string(smooth));
    // Fifty roundings; the recursion with D from c alone is 1e-7 wrong here.
    CHECK(worst_error("dense\n" + std::string(smooth) + "\ndense(sigma_b = 0.1)\nrelu\ndense\n", samples) <= 1e-14);
  }
}

TEST_CASE("near-duplicates keep their digits where branches depend on each other") {
  const Samples samples = neighbours();
  for (const char* join :
       {"dense; relu; residual { dense(sigma_b = 0.1); relu }", "dense(sigma_b = 0.3); abs; repeat 4 { residual { dense; relu } }",
        "dense(sigma_b = 0.1); residual { relu }", "dense; norm_cdf; residual { dense; erf }", "residual { dense; relu }",
        "dense; relu; sum { branch {} branch { dense; abs } branch { dense; cos } }",
        "let w = dense; sum { branch { w; relu } branch { w } }", "dense; gelu; residual { dense; relu }; scale(0.7)",
        "concat { branch { dense(width = 3); cos } branch { dense(width = 4); relu } }; layer_norm"}) {
    INFO(std::string(join));
    // A hundred roundings; distances from covariances alone are up to 1e-8 wrong here.
    CHECK(worst_error(std::string(join) + "\ndense(sigma_b = 0.1)\nrelu\ndense\n", samples) <= 2e-14);
  }
}

TEST_CASE("near-duplicates keep their digits where two activations of one Gaussian meet") {
  const Samples samples = neighbours({1.0});
  for (const char* two : {"relu } branch { w; abs", "sin } branch { w; exp(a = 0.1)"}) {
    INFO(std::string(two));
    CHECK(worst_error("let w = dense\nsum { branch { w; " + std::string(two) + " } }\ndense(sigma_b = 0.1)\nrelu\ndense\n", samples) <=
          2e-14);
  }
}

TEST_CASE("layer_norm keeps its digits where an activation is nearly constant") {
  Samples samples = neighbours({1.0}, {1.0});
  for (auto& row : samples)
    for (double& x : row) x *= 1e-4;
  for (const char* smooth : {"cos", "norm_cdf", "gaussian", "sin(c = 0.4)", "polynomial([1, 0.5, 0.25])"}) {
    INFO(std::string(smooth));
    // The variance is 1e-8 of the second moment or less: as the difference of both it would have eight digits.
    CHECK(worst_error("dense\n" + std::string(smooth) + "\nlayer_norm(eps = 0)\ndense\nrelu\ndense\n", samples) <= 1e-14);
  }
}
