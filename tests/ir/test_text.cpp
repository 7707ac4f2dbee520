#include <doctest/doctest.h>

#include "random_program.hpp"

using namespace ntkc;

TEST_CASE("a program read back is the same program, and its text is the same text") {
  for (std::uint32_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    const tests::RandomProgram random(seed);
    REQUIRE(ir::verify(random.program()).value_or("") == "");
    const std::string text = ir::to_text(random.program());
    const ir::Program again = ir::parse(text);
    CHECK(ir::verify(again).value_or("") == "");
    CHECK(ir::to_text(again) == text);
    CHECK(again.blocks.size() == random.program().blocks.size());
    CHECK(again.activations.size() == 2);
    CHECK(again.by == random.program().by);
    CHECK(again.params[1].fallback == random.program().params[1].fallback);
  }
}

TEST_CASE("the text of an MLP") {
  const std::string text = R"(program mlp
  param $sigma_w = 1.5 in [0, 10]
  input x [784]
  activation relu = built_in relu() = max(x, 0)
  parameter w = $sigma_w * $sigma_w
  sample    x = input(0)
  sample    q0 = inner(x, x)
  pair      c0 = inner(x, x')
  loop round = 3 (sample q = q0, pair c = c0)
    sample    p = w * q
    pair      k = w * c
    sample    q_2 = dual<relu, relu, 0, 0>(p, p, p, 0, 0)
    pair      c_2 = dual<relu, relu, 0, 0>(p, p', k, 0.5, 0.25)
    next q_2, c_2
  pair      v1 = w * round.c
  output nngp = v1
)";
  CHECK(ir::to_text(ir::parse(text)) == text);
}

TEST_CASE("numbers of 100 digits survive") {
  ir::Program p;
  ir::Builder b(p);
  p.outputs = {{"nngp", pi(b).v}};
  const ir::Program again = ir::parse(ir::to_text(p));
  CHECK(again.nodes[again.outputs[0].value].number == p.nodes[p.outputs[0].value].number);
}

TEST_CASE("faults in texts are told with their line") {
  const char* const faults[] = {"sample a = b + 1",
                                "sample a = 1 + ",
                                "constant a = 1 + 1\n constant a = 1 + 1",
                                "pair a = 1 + 1",
                                "constant a = nothing(1)",
                                "what a = 1",
                                "loop r = 3 (sample q = 1)",
                                "next",
                                "loop r = 3 (sample q = 1)\n next",
                                "output k = round.q",
                                "constant a = 1 + 1 1",
                                "pair d = mean<relu, 0>(1)",
                                "loop r = 1e3 ()"};
  for (const char* fault : faults) {
    CAPTURE(fault);
    CHECK_THROWS_AS(ir::parse(fault), std::invalid_argument);
  }
}
