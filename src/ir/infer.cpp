#include "ir/infer.hpp"

namespace ntkc::ir {
namespace {

int depth(const Program& program, BlockId block) {
  int depth = 0;
  for (; block != 0; block = program.blocks[block].parent) ++depth;
  return depth;
}

bool uses_params(const graph::ArgValue& value) {
  if (std::holds_alternative<expr::Expr>(value.value)) return !expr::params_of(value.real()).empty();
  if (!std::holds_alternative<graph::ArgList>(value.value)) return false;
  for (const graph::ArgValue& item : value.list())
    if (uses_params(item)) return true;
  return false;
}

bool uses_params(const graph::ActivationUse& use) {
  for (const auto& [name, value] : use.args)
    if (uses_params(value)) return true;
  return !expr::params_of(use.phi).empty();
}

}  // namespace

bool is_expectation(Op op) {
  return op == Op::mean || op == Op::dual || op == Op::dual_distance || op == Op::dual_gram || op == Op::mean_quadrature ||
         op == Op::hermite || op == Op::dual_quadrature || op == Op::distance_quadrature;
}

bool within(const Program& program, BlockId inner, BlockId outer) {
  while (inner != outer && inner != 0) inner = program.blocks[inner].parent;
  return inner == outer;
}

Type type_of(const Program& program, const Node& node) {
  switch (node.op) {
    case Op::input:
    case Op::map:
    case Op::standardize:
    case Op::feature_sum:
    case Op::feature_product:
      return Type::features;
    case Op::hermite:
      return Type::series;
    case Op::prime:
      return program.nodes[node.operands[0]].type;
    case Op::argument:
      return node.type;
    case Op::result: {
      const Block& body = program.blocks[program.nodes[node.operands[0]].body];
      return program.nodes[body.arguments[node.index]].type;
    }
    default:
      return Type::number;
  }
}

Stage stage_of(const Program& program, const Node& node) {
  Stage stage = Stage::constant;
  switch (node.op) {
    case Op::constant:
      return Stage::constant;
    case Op::param:
      return Stage::parameter;
    case Op::input:
      return Stage::sample;
    case Op::same_sample:
      return Stage::pair;
    case Op::argument:
      return node.stage;
    case Op::prime:
      return program.nodes[node.operands[0]].stage == Stage::sample ? Stage::primed : Stage::pair;
    case Op::loop:
      for (const Value v : program.blocks[node.body].arguments) stage = join(stage, program.nodes[v].stage);
      return stage;
    case Op::result: {
      const Block& body = program.blocks[program.nodes[node.operands[0]].body];
      return program.nodes[body.arguments[node.index]].stage;
    }
    default:
      if (is_expectation(node.op) && (uses_params(program.activations[node.phi]) || uses_params(program.activations[node.psi])))
        stage = Stage::parameter;
      for (const Value v : node.operands) stage = join(stage, program.nodes[v].stage);
      return stage;
  }
}

BlockId block_of(const Program& program, const Node& node) {
  if (node.op == Op::argument) return node.body;
  if (node.op == Op::loop) return program.blocks[node.body].parent;
  BlockId block = 0;
  for (const Value v : node.operands)
    if (depth(program, program.nodes[v].block) > depth(program, block)) block = program.nodes[v].block;
  return block;
}

}  // namespace ntkc::ir
