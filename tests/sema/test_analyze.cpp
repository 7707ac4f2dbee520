// What the graph says of names, defaults, params, instances of weights and loops.
#include <doctest/doctest.h>

#include <set>

#include "graph/unroll.hpp"
#include "support.hpp"

namespace {

using namespace ntkc;
using graph::kNone;
using graph::Law;
using graph::Network;

Network one(const std::string& body, const std::vector<std::string>& define = {}, const std::string& items = "") {
  test::Analysis a;
  analyze(a, "ntk 1\n" + items + "\nnetwork n {" + body + "}", define);
  const std::string said = report(a);
  CAPTURE(said);
  REQUIRE(a.graph.networks.size() == 1);
  return a.graph.networks[0];
}

std::size_t instances(const Network& n) {
  std::set<std::uint32_t> used;
  for (const auto& node : n.nodes)
    if (node.instance != kNone) used.insert(node.instance);
  return used.size();
}

double sigma(const Network& n, graph::NodeId node, const char* name = "sigma_w") {
  const auto& value = n.nodes[node].args.find(name)->second;
  return value.real().value().to_double();
}

// Structure that every network must have (graph.hpp).
void check_well_formed(const Network& n) {
  for (graph::NodeId u = 0; u < n.nodes.size(); ++u) {
    for (const auto input : n.nodes[u].inputs) CHECK(input < u);
    if (n.nodes[u].instance != kNone) CHECK(n.nodes[u].instance < n.instances.size());
    if (n.nodes[u].kind == "sum" || n.nodes[u].kind == "concat") CHECK(n.nodes[u].weights.size() == n.nodes[u].inputs.size());
  }
  for (const auto& loop : n.loops) {
    CHECK(loop.carry < loop.body);
    CHECK(loop.body < loop.node);
    CHECK(n.nodes[loop.carry].kind == "carry");
    CHECK(n.nodes[loop.node].kind == "loop");
  }
}

}  // namespace

TEST_CASE("defaults: own argument, innermost body, named before general, blocks inside their user") {
  const Network n =
      one("input x: [4]; default (sigma_w = 2); default dense(sigma_b = 3); dense; dense(sigma_w = 5);"
          "sum { branch { default (sigma_w = 7); dense } branch { b } }",
          {}, "block b { default (sigma_b = 11); dense }");
  CHECK(sigma(n, 1) == 2);
  CHECK(sigma(n, 1, "sigma_b") == 3);
  CHECK(sigma(n, 2) == 5);
  CHECK(sigma(n, 3) == 7);
  CHECK(sigma(n, 4) == 2);
  CHECK(sigma(n, 4, "sigma_b") == 11);
  const Network both = one("input x: [4]; default dense(sigma_w = 2); default (sigma_w = 3); dense");
  CHECK(sigma(both, 1) == 2);
  const Network let = one("input x: [4]; default (sigma_w = 2); let a = dense; default (sigma_w = 3); a");
  CHECK(sigma(let, 1) == 2);
}

TEST_CASE("params: tunable by use, structural by use, overridden, followed") {
  const std::string items = "param a = 2 in [0, 5]\nparam b = 2 * a\nparam depth = 3\nparam act = relu";
  const std::string body = "input x: [4]; repeat depth { dense(sigma_w = a, sigma_b = b); act }";
  const Network n = one(body, {}, items);
  REQUIRE(n.params.size() == 2);
  CHECK(n.params[0].name == "a");
  CHECK(n.params[1].value == 4);
  CHECK(n.loops[0].count == 3);
  const Network o = one(body, {"a=3", "depth=1", "act=leaky_relu(slope = 0.2)"}, items);
  CHECK(o.loops.empty());
  CHECK(o.params[1].value == 6);
  CHECK(o.nodes[2].activation->name == "leaky_relu");
  const Network own = one(body, {"a=3", "n.a=1"}, items);
  CHECK(own.params[0].value == 1);
  const Network chain = one("input x: [4]; repeat k { dense }", {}, "param a = 2\nparam k = a + 1");
  CHECK(chain.params.empty());
  CHECK(chain.loops[0].count == 3);
}

TEST_CASE("instances: statements draw, lets share, blocks are templates, shared rounds share") {
  CHECK(instances(one("input x: [4]; dense; dense")) == 2);
  CHECK(instances(one("input x: [4]; let a = dense; a; a")) == 1);
  CHECK(instances(one("input x: [4]; b; b", {}, "block b { dense; dense }")) == 4);
  CHECK(instances(one("input x: [4]; let a = b; a; a", {}, "block b { dense; relu; dense }")) == 2);
  CHECK(instances(one("input x: [4]; let a = b; a; a", {}, "block b { repeat 3 { dense } }")) == 3);
  CHECK(instances(one("input x: [4]; let d = dense; b(d); b(l = d)", {}, "block b(l = relu) { l }")) == 1);
  const Network outside = one("input x: [4]; let a = dense; repeat 3 { a; relu }");
  CHECK(outside.instances[0].home == kNone);
  const Network inside = one("input x: [4]; repeat 3 { let a = dense; a; a }");
  CHECK(instances(inside) == 1);
  CHECK(inside.instances[0].home == 0);
}

TEST_CASE("loops stay loops; rounds that differ stand before them; 0 rounds and empty bodies are the identity") {
  CHECK(one("input x: [4]; repeat 0 { dense }").nodes.size() == 1);
  CHECK(one("input x: [4]; repeat 5 { }; dense").nodes.size() == 2);
  const Network mlp = one("input x: [4]; repeat 1000000 { dense; relu }; dense");
  CHECK(mlp.loops.size() == 1);
  CHECK(mlp.nodes.size() == 6);
  CHECK(mlp.nodes[1].law == Law::mixed);
  CHECK(mlp.nodes[4].law == Law::other);
  check_well_formed(mlp);
  const Network first = one("input x: [4]; repeat 5 { layer_norm; dense; relu }; dense");
  check_well_formed(first);
  CHECK(first.loops.size() == 1);
  CHECK(first.nodes.size() == 7);
  const Network parts = one("input x: [4]; dense; repeat 3 { relu; concat { branch { dense } branch { dense } } }; relu; dense");
  CHECK(parts.loops.empty());  // an activation acts on each part, which the start of a round does not show
  const Network peeled = one("input x: [4]; repeat 5 { relu; dense }");  // of data in the first round, of a Gaussian later
  CHECK(peeled.loops[0].count == 4);
  const Network shared = one("input x: [4]; repeat 5 shared { relu; dense }");
  CHECK(shared.loops[0].count == 4);
  CHECK(instances(shared) == 1);
  const Network shapes = one("input x: [32, 3]; repeat 4 { avg_pool(2) }; flatten; dense");
  CHECK(shapes.loops.empty());
}

TEST_CASE("a let outside a loop meets the channels of every round") {
  test::Analysis a;
  analyze(a, "ntk 1\nnetwork n { input x: [4]; let w = dense; repeat 3 { w; relu; dense(width = 5) } }");
  CHECK(a.count(Code::let_channels) > 0);
}

TEST_CASE("sizes of the data are read where they may be late, and refused where not") {
  const Network n = one("input x: [d]; const c = 2 / d; scale(c); dense(sigma_w = sqrt(c), sigma_b = 1 / d)");
  CHECK(n.params.empty());
  CHECK(expr::params_of(n.nodes[2].args.find("sigma_w")->second.real()) == std::set<std::string>{"d"});
  for (const std::string late : {"dense(width = d)", "repeat d { dense }", "param act = if d > 3 then relu else erf; act",
                                 "dense; erf(b = 1 / d)", "param p = d; dense", "dense; bump(1 / d)",
                                 "sum(weights = [d, 1]) { branch { dense } branch { dense } }", "const c = d in [0, 9]; dense"}) {
    CAPTURE(late);
    test::Analysis a;
    analyze(a, "ntk 1\nactivation bump(x, s = 1) = exp(-s * x^2)\nnetwork n { input x: [d]; " + late + " }");
    CHECK(a.count(Code::unknown_size) == 1);
  }
}

TEST_CASE("unrolling a loop: fresh instances a round unless it is shared, nested loops copied") {
  const Network fresh = one("input x: [4]; dense; repeat 3 { relu; dense }; relu; dense");
  const Network flat = graph::unroll(fresh, 0);
  check_well_formed(flat);
  CHECK(flat.loops.empty());
  CHECK(instances(flat) == 5);
  const Network shared = one("input x: [4]; dense; repeat 3 shared { relu; dense }; relu; dense");
  CHECK(instances(graph::unroll(shared, 0)) == 3);
  const Network nested = one("input x: [4]; dense; repeat 3 { repeat 4 { relu; dense } }");
  const Network outer = graph::unroll(nested, 0);
  check_well_formed(outer);
  CHECK(outer.loops.size() == 3);
  CHECK(instances(outer) == 4);
  const Network tied = one("input x: [4]; dense; repeat 3 shared { repeat 4 { relu; dense } }");
  const Network all = graph::unroll(tied, 0);
  check_well_formed(all);
  CHECK(all.loops.empty());
  CHECK(instances(all) == 5);
}

TEST_CASE("the same text gives the same graph") {
  const std::string body =
      "input x: [4]; repeat 3 { dense; gelu }; concat { branch { dense(width = 2) } branch { dense(width = 3) } }; relu; dense";
  Sources sources;
  sources.add("a.ntk", std::string(1000, ' '));
  sources.add("b.ntk", std::string(1000, ' '));
  CHECK(to_text(one(body), sources) == to_text(one(body), sources));
}
