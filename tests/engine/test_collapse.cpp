// The collapse of fully connected networks against their recursion, pair by pair.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <random>

#include "activations/activation.hpp"
#include "driver/pipeline.hpp"
#include "engine/collapsed.hpp"
#include "engine/engine.hpp"
#include "ntk/runtime/collapse_fit.hpp"
#include "plan/collapse.hpp"

using namespace ntkc;

namespace {

constexpr std::size_t kSamples = 640;  // enough pairs for most fits to pay

struct Data {
  std::size_t columns;
  std::vector<double> values;
  engine::Rows view() const { return {values.data(), values.size() / columns, columns}; }
};

// Norms over a factor of four; all angles if there are few columns. At the end relatives of the first: equal, opposite, parallel, near,
// zero.
Data data(std::size_t columns, bool positive) {
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal;
  Data out{columns, {}};
  for (std::size_t i = 0; i < kSamples; ++i) {
    const double scale = std::pow(4.0, std::generate_canonical<double, 53>(random)) / 3;
    for (std::size_t k = 0; k < columns; ++k) {
      const double value = scale * normal(random);
      out.values.push_back(positive ? std::fabs(value) : value);
    }
  }
  constexpr double kFactors[] = {1, -1, 1.5, 1 + 1e-9, 0};
  for (std::size_t r = 0; r < std::size(kFactors); ++r)
    for (std::size_t k = 0; k < columns; ++k)
      out.values[(kSamples - 1 - r) * columns + k] = kFactors[r] * out.values[r * columns + k] + (r == 3 && k == 0 ? 1e-12 : 0);
  return out;
}

driver::Compilation network(const std::string& body, std::size_t columns, bool ntk) {
  MemoryProvider provider({{"n.ntk", fmt::format("ntk 1\nnetwork n {{\n  input x: [{}]\n{}}}\n", columns, body)}});
  driver::Request request;
  request.spec = "n.ntk";
  request.kernels = {true, ntk};
  return driver::compile(provider, request);
}

template <class T>
struct Matrices {
  Matrices(const plan::Plan& plan, const Data& x, bool collapse) : n(x.view().rows) {
    std::vector<ntk::MatrixView<T>> views;
    for (std::size_t o = 0; o < plan.outputs.size(); ++o) values.emplace_back(n * n);
    for (auto& v : values) views.emplace_back(v.data(), n, n);
    engine::Options options;
    options.collapse = collapse;
    engine::Evaluator(plan, {}, options).gram(x.view(), views, engine::Half::full);
  }
  T at(std::size_t o, std::size_t i, std::size_t j) const { return values[o][i * n + j]; }
  std::size_t n;
  std::vector<std::vector<T>> values;
};

// The largest difference relative to sqrt(k(x, x) k(y, y)), and whether any value differs at all: if not, nothing was collapsed.
struct Difference {
  double most = 0;
  bool any = false, symmetric = true;
};
template <class T>
Difference difference(const plan::Plan& plan, const Data& x) {
  const Matrices<T> fast(plan, x, true);
  const Matrices<double> slow(plan, x, false);
  Difference out;
  for (std::size_t o = 0; o < plan.outputs.size(); ++o)
    for (std::size_t i = 0; i < fast.n; ++i)
      for (std::size_t j = 0; j <= i; ++j) {
        out.symmetric = out.symmetric && fast.at(o, i, j) == fast.at(o, j, i);
        const double scale = std::sqrt(slow.at(o, i, i) * slow.at(o, j, j)), off = std::fabs(fast.at(o, i, j) - slow.at(o, i, j));
        out.any = out.any || fast.at(o, i, j) != static_cast<T>(slow.at(o, i, j));
        if (scale > std::numeric_limits<T>::max()) continue;
        if (!(off <= 0)) out.most = std::max(out.most, scale > 0 ? off / scale : off);
      }
  return out;
}

// What the check of a fit allows, and as much again between the points of the check.
constexpr double kAllowed = 2 * ::ntk::collapse::Digits<double>::kMost;
constexpr double kAllowedSingle = 1e-6;  // what is promised

}  // namespace

TEST_CASE("every activation: a collapsed network is its recursion") {
  std::size_t collapsed = 0, collapsed_single = 0;
  for (const auto& row : activations::all()) {
    const std::string use = row.examples.empty() ? std::string(row.name) : std::string(row.examples[0]);
    INFO(use);
    const std::string body = "  default dense(sigma_w = 0.9, sigma_b = 0.2)\n  repeat 2 { dense; " + use + " }\n  dense\n";
    auto c = network(body, 6, true);
    if (!c.ok()) c = network(body, 6, false);
    if (!c.ok()) continue;  // kernels of no function of one Gaussian
    REQUIRE(plan::is_of_norms(c.plans.at(0)));
    const Data x = data(6, row.name != "sign");
    const Difference d = difference<double>(c.plans[0], x), single = difference<float>(c.plans[0], x);
    CHECK(d.most <= kAllowed);
    CHECK(d.symmetric);
    CHECK(single.most <= kAllowedSingle);
    CHECK(single.symmetric);
    if (single.any) ++collapsed_single;
    if (d.any) ++collapsed;
  }
  MESSAGE(collapsed, " of ", activations::all().size());
  CHECK(collapsed >= activations::all().size() / 2);
  CHECK(collapsed_single >= activations::all().size() / 2);
}

TEST_CASE("any fully connected graph, any depth, all angles") {
  const char* const bodies[] = {
      "  repeat 100 { dense(sigma_w = sqrt(2)); relu }\n  dense\n",
      "  repeat 10 { dense(sigma_w = 1.4, sigma_b = 0.1); relu }\n  dense\n",
      "  dense\n  repeat 3 { residual { relu; dense(sigma_b = 0.3) } }\n  dense\n",
      "  dense\n  repeat 3 { layer_norm; gelu; dense }\n",
      "  repeat 2 { dense(sigma_w = 3); erf }\n  dense\n",
      "  layer_norm\n  repeat 2 { dense(sigma_w = 1.4, sigma_b = 0.3); relu }\n  dense\n",
      "  tanh\n  repeat 2 { dense(sigma_w = 1.4, sigma_b = 0.3); tanh }\n  dense\n",
  };
  for (const std::string body : bodies)
    for (const std::size_t columns : {2, 40}) {
      INFO(body, columns);
      const auto c = network(body, columns, true);
      REQUIRE(c.ok());
      const Difference d = difference<double>(c.plans.at(0), data(columns, false)),
                       single = difference<float>(c.plans.at(0), data(columns, false));
      CHECK(d.most <= kAllowed);
      CHECK(d.symmetric);
      CHECK(single.most <= kAllowedSingle);
      CHECK(single.symmetric);
      if (columns == 40) CHECK(single.any);
      if (columns == 40) CHECK(d.any);  // of all angles and few pairs some are cheaper by the recursion
    }
}

// Samples of many features meet at few angles, their relatives at all others.
TEST_CASE("pairs beyond the angles of the others: strays of smooth kernels") {
  constexpr std::size_t kMany = 3000, kColumns = 300;
  Data x{kColumns, {}};
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal;
  for (std::size_t i = 0; i < kMany * kColumns; ++i) x.values.push_back(normal(random) * (i / kColumns % 2 == 0 ? 1 : 1.6));
  constexpr double kFactors[] = {1, -1, 1.5, 0.3, 1 + 1e-9};
  for (std::size_t r = 0; r < std::size(kFactors); ++r)
    for (std::size_t k = 0; k < kColumns; ++k)
      x.values[(kMany - 1 - r) * kColumns + k] = kFactors[r] * x.values[k] + (r == 3 ? normal(random) : 0);
  const auto c = network("  repeat 6 { dense(sigma_w = 1.3, sigma_b = 0.2); tanh }\n  dense\n", kColumns, true);
  REQUIRE(c.ok());
  const auto check = [&]<class T>(T, double allowed) {
    const engine::Context context(c.plans.at(0), {});
    const engine::Samples samples(context, x.view());
    const auto collapsed = engine::collapse<T>(context, samples, samples);
    bool strays = false;
    collapsed.visit([&](const auto& some) { strays = some.shape().strays; });
    CHECK(strays);
    const Matrices<T> all(c.plans[0], x, true);
    Data few{kColumns, {}};  // some, and all relatives
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < kMany; ++i)
      if (i % 200 == 0 || i + std::size(kFactors) >= kMany) {
        places.push_back(i);
        few.values.insert(few.values.end(), x.values.begin() + std::ptrdiff_t(i * kColumns),
                          x.values.begin() + std::ptrdiff_t((i + 1) * kColumns));
      }
    const Matrices<double> slow(c.plans[0], few, false);
    for (std::size_t o = 0; o < 2; ++o)
      for (std::size_t i = 0; i < slow.n; ++i)
        for (std::size_t j = 0; j < i; ++j) {
          const double scale = std::sqrt(slow.at(o, i, i) * slow.at(o, j, j));
          CHECK(std::fabs(all.at(o, places[i], places[j]) - slow.at(o, i, j)) <= allowed * scale);
        }
  };
  check(0.0, kAllowed), check(0.0f, kAllowedSingle);
}

// Samples near one of them meet where deep kernels change much faster than rho.
TEST_CASE("floats serve kernels that are not steep, doubles the others") {
  constexpr std::size_t kMany = 600, kColumns = 50;
  Data x{kColumns, {}};
  std::mt19937_64 random(6);
  std::normal_distribution<double> normal;
  for (std::size_t i = 0; i < kMany * kColumns; ++i)
    x.values.push_back(i < kColumns ? normal(random) : x.values[i % kColumns] + 0.3 * normal(random));
  for (const bool steep : {false, true}) {
    CAPTURE(steep);
    const auto c = network(steep ? "  repeat 10 { dense(sigma_w = 2); tanh }\n  dense\n" : "  dense\n  relu\n  dense\n", kColumns, true);
    REQUIRE(c.ok());
    const engine::Context context(c.plans.at(0), {});
    const engine::Samples samples(context, x.view());
    const auto collapsed = engine::collapse<float>(context, samples, samples);
    CHECK((collapsed.own != nullptr) == !steep);
    CHECK((collapsed.wide != nullptr) == steep);
    CHECK(difference<float>(c.plans.at(0), x).most <= kAllowedSingle);
  }
}

TEST_CASE("how many expectations are integrals near rho = 1 is told by pairs of the data") {
  const auto kinked = network("  dense; hard_swish; dense\n", 4, true), smooth = network("  dense; tanh; dense\n", 4, true);
  CHECK(plan::near_cost(smooth.plans.at(0)) == 0);
  CHECK(plan::near_cost(kinked.plans.at(0)) > 0);
  const engine::Context context(kinked.plans.at(0), {});
  const engine::Nodes nodes(context, 4);
  CHECK(nodes.near(1.0, {0.001}) == 1);
  CHECK(nodes.near(1.0, {1.0}) == 0);
  CHECK(nodes.near(1.0, {0.001, 1.0}) == 0.5);
}

TEST_CASE("what does not depend on norms alone does not collapse") {
  struct Case {
    const char* body;
    bool of_norms, of_rows;
  };
  constexpr Case kCases[] = {{"  dense\n  relu\n  dense\n", true, true},
                             {"  layer_norm\n  dense\n  relu\n  dense\n", true, false},
                             {"  relu\n  dense\n", true, false},
                             {"  sum { branch { dense } branch { layer_norm; dense } }\n  relu\n  dense\n", false, true}};
  for (const Case& of : kCases) {
    INFO(of.body);
    const auto c = network(of.body, 4, true);
    REQUIRE(c.ok());
    CHECK(plan::is_of_norms(c.plans.at(0)) == of.of_norms);
    CHECK(plan::reads_rows(c.plans.at(0)) == of.of_rows);
  }
}
