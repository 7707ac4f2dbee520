#include <doctest/doctest.h>

#include <functional>

#include "ir/builder.hpp"

using namespace ntkc;

namespace {

const char* const kSound = R"(program p
  param $w = 1
  input x [3]
  activation relu = built_in relu() = max(x, 0)
  sample    x = input(0)
  sample    q0 = inner(x, x)
  pair      c0 = inner(x, x')
  loop round = 3 (sample q = q0, pair c = c0)
    sample    p = $w * q
    pair      k = q * q'
    next p, k
  output nngp = round.c
)";

ir::Value find(const ir::Program& p, const std::string& hint) {
  for (ir::Value v = 0; v < p.nodes.size(); ++v)
    if (p.nodes[v].hint == hint) return v;
  FAIL("no value ", hint);
  return 0;
}

}  // namespace

TEST_CASE("the verifier finds each broken rule") {
  using Break = std::function<void(ir::Program&)>;
  const std::pair<const char*, Break> cases[] = {
      {"does not come first", [](ir::Program& p) { p.nodes[find(p, "p")].operands[0] = 99; }},
      {"wrong stage", [](ir::Program& p) { p.nodes[find(p, "p")].stage = ir::Stage::pair; }},
      {"wrong type", [](ir::Program& p) { p.nodes[find(p, "p")].type = ir::Type::features; }},
      {"wrong block", [](ir::Program& p) { p.nodes[find(p, "p")].block = 0; }},
      {"operand of the wrong type", [](ir::Program& p) { p.nodes[find(p, "p")].operands[0] = find(p, "x"); }},
      {"wrong number of operands", [](ir::Program& p) { p.nodes[find(p, "p")].operands.pop_back(); }},
      {"unknown input", [](ir::Program& p) { p.nodes[find(p, "x")].index = 4; }},
      {"unknown param", [](ir::Program& p) { p.params.clear(); }},
      {"unmatched carries", [](ir::Program& p) { p.blocks[1].yields.pop_back(); }},
      {"known later", [](ir::Program& p) { p.blocks[1].yields[0] = p.blocks[1].yields[1]; }},
      {"not the argument", [](ir::Program& p) { p.blocks[1].arguments[0] = 0; }},
      {"no such carry", [](ir::Program& p) { p.nodes[p.outputs[0].value].index = 7; }},
      {"no number at the top", [](ir::Program& p) { p.outputs[0].value = find(p, "p"); }},
      {"does not exist", [](ir::Program& p) { p.outputs[0].value = 1000; }},
      {"lies in a later", [](ir::Program& p) { p.blocks[1].parent = 1; }},
      {"there is no block", [](ir::Program& p) { p.blocks.clear(); }},
  };
  const ir::Program sound = ir::parse(kSound);
  REQUIRE(ir::verify(sound).value_or("") == "");
  for (const auto& [what, broken] : cases) {
    CAPTURE(what);
    ir::Program p = sound;
    broken(p);
    CHECK(ir::verify(p).value_or("nothing").find(what) != std::string::npos);
  }
}

TEST_CASE("a prime of what is no value of one sample") {
  ir::Program p = ir::parse(kSound);
  ir::Builder b(p);
  b.prime(find(p, "c0"));
  CHECK(ir::verify(p).value_or("").find("prime of") != std::string::npos);
}
