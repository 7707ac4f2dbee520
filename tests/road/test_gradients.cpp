// Derivatives with respect to run-time params: the derived program against differences of the judge, the engine against the derived
// program.
#include "gradients.hpp"

#include <algorithm>
#include <regex>

#include "../activations/uses.hpp"
#include "../sanitizers.hpp"
#include "random_spec.hpp"

using namespace ntkc;
using namespace ntkc::tests;

namespace {

// Itself, a neighbour, another, the opposite; another with nothing.
const Pairs kHard = {{0, 0}, {0, 1}, {0, 6}, {0, 3}, {6, 4}};
constexpr int kSteps = 6;
// 2^-126 of the thirteenth derivative, which of exponentials of exponentials is large.
constexpr double kDifferences = 1e-16;

const std::vector<std::string> kParams = {"sigma_w", "sigma_b"};

// What the judge evaluates in closed forms without integrals.
bool is_fast(const test::Use& use) { return use.row->closed && !test::by_integral(test::dual(use, 0, 0)); }

void check_both(const driver::Compilation& c, const std::string& param) {
  INFO(param);
  CHECK(worst_of_program(c, param, kHard, kSteps) <= kDifferences);
  // A hundred roundings; the largest measured are 1.8e-14, of exponentials of exponentials, and 2e-15 of all others.
  const Worst worst = worst_of_engine(c, param, hard_samples(columns_of(c.lowered[0]), 1.5));
  CHECK(worst.apart <= 3e-14);
  CHECK(worst.near <= 3e-14);
}

}  // namespace

TEST_CASE("derivatives in the params of layers: activations with closed forms") {
  for (const test::Use& use : test::all_uses()) {
    if (!is_fast(use) || !test::has_moments(use, 10)) continue;
    INFO(use.text);
    const driver::Compilation c = compile(with_sigmas("dense; " + use.text + "; dense; " + use.text + "; dense"), !use.row->jump);
    REQUIRE(c.ok());
    for (const std::string& param : kParams) check_both(c, param);
  }
}

TEST_CASE("derivatives in the params of layers: graphs") {
  for (const char* body : {"dense; relu; residual { dense; relu }; dense", "dense; repeat 3 { residual { relu; dense } }",
                           "let w = dense; w; dense; relu; dense; repeat 2 shared { dense; erf }; dense",
                           "dense; relu; layer_norm; dense; relu; dense", "dense; cos; layer_norm; dense; abs; dense",
                           "dense; residual { erf; dense; gabor; dense }; relu; dense", "dense; gelu; dense; relu; dense; sin; dense",
                           "dense; relu; dropout(0.2); dense; relu; dense", "dense(parameterization = standard, width = 10); relu; dense",
                           "concat { branch { dense(width = 3); cos } branch { dense(width = 4); relu } }; layer_norm; dense; relu; dense",
                           "product { branch { dense; relu; dense } branch { dense } }; dense"}) {
    INFO(std::string(body));
    const driver::Compilation c = compile(with_sigmas(body), true);
    REQUIRE(c.ok());
    for (const std::string& param : kParams) check_both(c, param);
  }
}

// Errors are those of the kernels themselves: joins of dependent branches know the angles of aligned samples to 1e-8, and sums that cancel
// lose as many digits.
TEST_CASE("derivatives of random networks with respect to a factor of all their weights and biases") {
  std::size_t seen = 0;
  for (std::uint64_t seed = 1; seed <= tests::cases(40); ++seed) {
    const RandomSpec random = random_spec(seed);
    std::string text = std::regex_replace(random.text, std::regex("(sigma_w|sigma_b) = ([0-9.]+)"), "$1 = factor * $2");
    text.insert(text.find('\n') + 1, "param factor = 1 in [0, 5]\n");
    const driver::Compilation c = compile(text, random.ntk);
    if (!c.ok() || std::ranges::none_of(c.lowered[0].params, [](const graph::Param& p) { return p.name == "factor"; })) continue;
    INFO("seed ", seed, "\n", text);
    try {
      CHECK(worst_of_program(c, "factor", {{0, 0}, {0, 1}, {0, 6}, {4, 5}}, 4) <= kDifferences);
      const Worst worst = worst_of_engine(c, "factor", hard_samples(columns_of(c.lowered[0]), random.growing ? 3 : 1e3));
      CHECK(worst.apart <= (random.growing ? 1e-10 : 1e-12));
      CHECK(worst.near <= (random.ntk ? 1e-8 : 0.1));
      ++seen;
    } catch (const passes::NoDerivative&) {
    }
  }
  CHECK(seen >= tests::cases(40) / 4);
}

TEST_CASE("derivatives in the params of activations, statistics, data and learning rates") {
  for (const char* body :
       {"dense; erf(a = a, b = w, c = 0.3); dense; relu; dense", "dense; ab_relu(a = a, b = w); dense; gaussian(b = -a); dense",
        "dense; sin(a = a, b = w, c = a); dense; rbf(gamma = a); dense", "dense; exp_normalized(gamma = a, shift = w); dense; relu; dense",
        "scale(a); dense; relu; layer_norm(eps = a); dense; abs; dense", "swish(beta = a); dense; relu; dense",
        "layer_norm(eps = a); leaky_relu(slope = a); dense; relu; dense", "dense; relu; dropout(a / 10); dense; abs; dense",
        "product { branch { leaky_relu(slope = a) } branch { scale(w) } }; dense; relu; dense", "dense(lr = a); relu; dense(lr = w)"}) {
    INFO(std::string(body));
    const std::string text =
        "ntk 1\nparam a = 0.7 in [0.1, 5]\nparam w = 1.3\nnetwork n { input x: [5]; default dense(sigma_w = w, sigma_b = 0.3)\n";
    const driver::Compilation c = compile(text + body + " }", true);
    REQUIRE(c.ok());
    REQUIRE(c.lowered[0].params.size() == 2);
    for (const graph::Param& p : c.lowered[0].params) check_both(c, p.name);
  }
}

// Integrals take the judge a second: three steps, 2^-54 of the seventh derivative, and two pairs.
TEST_CASE("derivatives of expectations that are integrated") {
  for (const char* text : {"dense; tanh; dense", "dense; elu; dense", "dense; hard_swish; dense", "dense; hard_tanh; dense",
                           "dense; swish(beta = sigma_b); dense"}) {
    INFO(std::string(text));
    const driver::Compilation c = compile(with_sigmas(text), false);
    REQUIRE(c.ok());
    const std::string param = std::string(text).find("beta") == std::string::npos ? "sigma_w" : "sigma_b";
    CHECK(worst_of_program(c, param, {{0, 0}, {0, 6}}, 3) <= 1e-14);
    const Samples hard = hard_samples(5, 1.5);
    const Worst worst = worst_of_engine(c, param, {hard[0], hard[1], hard[6]});
    CHECK(std::max(worst.apart, worst.near) <= 1e-14);
  }
}

TEST_CASE("the derivative of a smooth NTK without closed forms") {
  const driver::Compilation c = compile(with_sigmas("dense; tanh; dense"), true);
  CHECK(worst_of_program(c, "sigma_w", {{0, 6}}, 3) <= 1e-14);
}

TEST_CASE("the derivative of an angle behind a smooth activation without closed forms keeps its digits") {
  const driver::Compilation c = compile(with_sigmas("dense; tanh; dense; relu; dense"), true);
  const Samples hard = hard_samples(5, 1.5);
  const Worst worst = worst_of_engine(c, "sigma_w", {hard[0], hard[1]});  // 1e-9 apart: by covariances alone the angle has seven digits
  CHECK(std::max(worst.apart, worst.near) <= 1e-14);
}

TEST_CASE("what has no derivative that is known is an error, and the NNGP kernel is still had") {
  const driver::Compilation c = compile(with_sigmas("dense; selu; dense"), true);
  Diagnostics diagnostics;
  CHECK_FALSE(driver::gradient(c, 0, "sigma_w", {true, true}, diagnostics));
  REQUIRE(diagnostics.all().size() == 1);
  CHECK(diagnostics.all()[0].code == Code::no_derivative);
  const auto plan = driver::gradient(c, 0, "sigma_w", {true, false}, diagnostics);
  REQUIRE(plan);
  CHECK(plan->outputs.size() == 1);
  CHECK(plan->by == "sigma_w");
  const driver::Compilation jump =
      compile("ntk 1\nactivation jump(x) = if x < 0 then exp(x) - 2 else x\n" + with_sigmas("dense; jump; dense").substr(6), false, false);
  REQUIRE(jump.ok());
  CHECK_THROWS_AS(passes::differentiate(jump.lowered[0], "sigma_w"), passes::NoDerivative);
  for (const char* name : {"depth", "sigma"}) {
    Diagnostics unknown;
    CHECK_FALSE(driver::gradient(c, 0, name, {true, true}, unknown));
    CHECK(unknown.all().at(0).code == Code::no_run_time_param);
  }
}

TEST_CASE("a kernel that does not depend on a param has the derivative 0") {
  const driver::Compilation c = compile(with_sigmas("dense; step; dense(sigma_w = 1, sigma_b = 0)"), false);
  REQUIRE(c.ok());
  const ir::Program derived = passes::differentiate(c.lowered[0], "sigma_b");
  const Samples hard = hard_samples(5, 1.5);
  CHECK(exactly(derived, hard[0], hard[0], {}, true).at("nngp") == 0);  // sign of itself
  CHECK(exactly(derived, hard[0], hard[6], {}, false).at("nngp") != 0);
}
