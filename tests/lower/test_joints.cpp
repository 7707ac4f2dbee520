// Covariances between nodes that share weights or samples, against formulas worked out by hand.
#include <fmt/format.h>

#include "lower/normalize.hpp"
#include "lower/recursion.hpp"
#include "network.hpp"

using namespace ntkc;
using namespace ntkc::test;

namespace {

constexpr double kAgree = 1e-60;  // two roads of arithmetic in 100 digits

Number inner(const double* a, const double* b) {
  Number sum = 0;
  for (int i = 0; i < 4; ++i) sum = sum + Number(a[i]) * Number(b[i]);
  return sum / Number(4);
}

}  // namespace

TEST_CASE("two uses of one dense add up coherently, two denses do not") {
  const Number c = inner(kX, kY);
  const auto shared = kernels("let w = dense; sum { branch { w } branch { w } }"),
             fresh = kernels("sum { branch { dense } branch { dense } }");
  CHECK(relative(shared.at("nngp"), Number(4) * c) < kAgree);
  CHECK(relative(shared.at("ntk"), Number(4) * c) < kAgree);
  CHECK(relative(fresh.at("nngp"), Number(2) * c) < kAgree);
  CHECK(relative(fresh.at("ntk"), Number(2) * c) < kAgree);
}

TEST_CASE("the square of a Gaussian follows Isserlis, the product of independent ones multiplies") {
  const Number c = inner(kX, kY), q = inner(kX, kX) * inner(kY, kY);
  const auto square = kernels("dense; as g; product { branch {} branch from g {} }; dense");
  CHECK(relative(square.at("nngp"), q + Number(2) * c * c) < kAgree);
  const auto apart = kernels("product { branch { dense } branch { dense } }; dense");
  CHECK(relative(apart.at("nngp"), c * c) < kAgree);
  CHECK(relative(apart.at("ntk"), c * c + Number(2) * c * c) < kAgree);
}

TEST_CASE("a shortcut after an activation sees the mean") {
  // f = relu(g) + relu(h), h = w relu(g): E[f f'] = k1 + k2 + E relu(g) E relu(h)' + the other, E relu(g) = sqrt(q / 2 pi)
  const auto k = kernels("dense; relu; residual { dense; relu }; dense");
  const auto k1 = kernels("dense; relu; dense"), k2 = kernels("dense; relu; dense; relu; dense");
  const auto q1 = kernels("dense; relu; dense", true).at("nngp");
  const Number qx = inner(kX, kX), qy = inner(kY, kY);
  const auto mean = [](const Number& q) { return std::sqrt(q.to_double() / (2 * 3.14159265358979323846)); };
  const double cross = mean(qx) * mean(qy / Number(2)) + mean(qy) * mean(qx / Number(2));
  CHECK(q1.to_double() == doctest::Approx((qx / Number(2)).to_double()));
  CHECK(k.at("nngp").to_double() ==
        doctest::Approx(k1.at("nngp").to_double() + k2.at("nngp").to_double() + cross).epsilon(1e-14));  // doubles in between
}

TEST_CASE("a kernel of no function adds to a Gaussian that does not know its weights") {
  const auto both = kernels("dense; residual { dense; exp_normalized }; dense"), alone = kernels("dense; dense; exp_normalized; dense");
  CHECK(relative(both.at("nngp"), inner(kX, kY) + alone.at("nngp")) < kAgree);
}

TEST_CASE("dropout acts where a sample meets itself") {
  const Number c = inner(kX, kX);
  CHECK(relative(kernels("dense; relu; dropout(0.2); dense", true).at("nngp"), c / Number(2) / (Number(1) - Number::parse("0.2"))) <
        kAgree);
  CHECK(relative(kernels("dense; relu; dropout(0.2); dense").at("nngp"), kernels("dense; relu; dense").at("nngp")) < kAgree);
}

TEST_CASE("data is data: numbers are normalised, mapped, multiplied") {
  Number mean = 0, square = 0;
  for (double v : kX) mean = mean + Number(v) / Number(4), square = square + Number(v) * Number(v) / Number(4);
  const auto k = kernels("layer_norm(eps = 0.25); dense", true);
  const Number variance = square - mean * mean;
  CHECK(relative(k.at("nngp"), variance / (variance + Number(0.25))) < kAgree);
  Number squares = 0;
  for (int i = 0; i < 4; ++i) squares = squares + Number(kX[i]) * Number(kX[i]) * Number(kY[i]) * Number(kY[i]) / Number(4);
  CHECK(relative(kernels("monomial(2); dense").at("nngp"), squares) < kAgree);
  CHECK(relative(kernels("product { branch {} branch from x {} }; dense").at("nngp"), squares) < kAgree);
}

TEST_CASE("a size that only the data knows stands in numbers") {
  const std::string body =
      "scale(sqrt(d)); dense(sigma_b = 1 / d); relu; dropout(1 / (1 + d)); residual(scale = d) { dense(sigma_w = 2 / sqrt(d)) }";
  const auto of = [&](const std::string& size) {
    const driver::Compilation c =
        compile("ntk 1\n" + std::string(size == "d" ? "" : "const d = " + size) + "\nnetwork n { input x: [" + size + "]; " + body + " }");
    for (const Diagnostic& d : c.diagnostics.all()) MESSAGE(d.message);
    REQUIRE(c.lowered.size() == 1);
    return reference::evaluate(c.lowered[0], kX, kY, {});
  };
  const auto named = of("d"), number = of("4");
  for (const char* kernel : {"nngp", "ntk"}) CHECK(relative(named.at(kernel), number.at(kernel)) < kAgree);
}

TEST_CASE("distance and Gram determinant of every node are what they say") {
  for (const std::string body :
       {"dense(sigma_w = 1.3, sigma_b = 0.4); relu; dense(sigma_b = 0.1)", "dense(sigma_b = 0.4); erf; scale(0.3)",
        "dense(sigma_b = 0.2); sum { branch { relu; dense } branch { dense(sigma_b = 1) } branch { erf; dense } }",
        "dense; relu; residual { dense(sigma_b = 0.1); relu }",
        "concat { branch { dense(width = 3); relu } branch { dense(width = 5) } branch { } }", "dense(sigma_b = 0.2); layer_norm",
        "dense(sigma_b = 0.2); gelu; layer_norm", "layer_norm", "dense(sigma_b = 0.2); abs; dropout(0.25)",
        "concat(weights = [1, 2]) { branch { dense(sigma_b = 0.3) } branch { dense } }; layer_norm; leaky_relu",
        "sum { branch { gelu } branch { layer_norm } }", "sum { branch { gelu } branch {} branch { dense; relu } }",
        "dense; as g; product { branch {} branch from g {} }", "repeat 3 { dense(sigma_b = 0.1); relu }"}) {
    CAPTURE(body);
    const driver::Compilation c = compile(network(body + "; dense"), driver::Stage::analyze);
    for (const Diagnostic& d : c.diagnostics.all()) MESSAGE(d.message);
    REQUIRE(c.graphs.size() == 1);
    const graph::Network net = lower::normalize(c.graphs[0]);
    lower::Slots slots(net.loops.size());
    for (bool complete = false; !complete;) {
      ir::Program p;
      p.params = net.params, p.inputs = net.inputs;
      for (const auto& input : net.inputs) p.input_shapes.push_back(net.nodes[input.node].shape);
      lower::Recursion r(net, p, slots);
      const graph::NodeId u = net.nodes[net.output].inputs[0];
      const layers::Place x{u, layers::Side::x}, y{u, layers::Side::primed};
      p.outputs = {{"q", r.covariance(x, x)}, {"r", r.covariance(y, y)}, {"c", r.covariance(x, y)}, {"d", r.distance(u)}, {"g", r.gram(u)}};
      complete = r.complete();
      if (!complete) continue;
      const auto v = reference::evaluate(p, kX, kY, {});
      CHECK(relative(v.at("d"), v.at("q") + v.at("r") - Number(2) * v.at("c")) < kAgree);
      CHECK(relative(v.at("g"), v.at("q") * v.at("r") - v.at("c") * v.at("c")) < kAgree);
    }
  }
}
