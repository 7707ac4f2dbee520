// The Lipschitz constant of every activation of the registry.
#include <doctest/doctest.h>

#include <cmath>

#include "expr/lipschitz.hpp"
#include "uses.hpp"

using namespace ntkc;
using namespace ntkc::test;

namespace {

const std::map<std::string, double> kKnown = {{"relu", 1},
                                              {"abs", 1},
                                              {"leaky_relu(slope = 0.2)", 1},
                                              {"ab_relu(a = -0.3, b = 1.2)", 1.2},
                                              {"erf", 2 / std::sqrt(M_PI)},
                                              {"erf(a = 1.5, b = 0.7, c = 0.2)", 2.1 / std::sqrt(M_PI)},
                                              {"norm_cdf", 1 / std::sqrt(2 * M_PI)},
                                              {"gelu", 1.128904145262},
                                              {"sin", 1},
                                              {"cos", 1},
                                              {"gaussian", std::sqrt(2 / std::exp(1.0))},
                                              {"hard_tanh", 1},
                                              {"relu6", 1},
                                              {"elu", 1},
                                              {"selu", 1.0507009873554805 * 1.6732632423543772},
                                              {"celu", 1},
                                              {"hard_swish", 1.5},
                                              {"hard_sigmoid", 1.0 / 6},
                                              {"tanh", 1},
                                              {"sigmoid", 0.25},
                                              {"softplus", 1},
                                              {"swish", 1.099839320130},
                                              {"mish", 1.088498161258},
                                              {"atan", 1},
                                              {"softsign", 1},
                                              {"log_cosh", 1}};

}  // namespace

TEST_CASE("Lipschitz constants of the registry: tight, above a dense sample, and the known values") {
  std::size_t known = 0;
  for (const Use& u : all_uses()) {
    if (u.row->kernel_only) continue;
    CAPTURE(u.text);
    const expr::Lipschitz l = expr::lipschitz(u.phi());
    CHECK((l.kind == expr::Lipschitz::Kind::jump) == u.row->jump);
    if (l.kind != expr::Lipschitz::Kind::bounded) continue;
    CHECK(l.tight());
    const expr::Expr slope = expr::derivative(u.phi());
    double steepest = 0;
    for (int i = -20000; i < 20000; ++i) steepest = std::max(steepest, std::abs(expr::evaluate(slope, (i + 0.5) / 1000, {})));
    CHECK(steepest <= l.most * (1 + 1e-13));  // rounding of the sample
    CHECK(steepest >= l.least * (1 - 2e-3));  // half its step times the second derivative beside a kink: 2 for softsign
    if (const auto row = kKnown.find(u.text); row != kKnown.end()) {
      ++known;
      CHECK(l.most == doctest::Approx(row->second).epsilon(1e-8));
    }
  }
  CHECK(known >= 20);
}
