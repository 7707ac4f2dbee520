#include "ir/infer.hpp"

namespace ntkc::ir {
namespace {

int depth(const Program& program, BlockId block) {
  int depth = 0;
  for (; block != 0; block = program.blocks[block].parent) ++depth;
  return depth;
}

void add_params(const graph::ArgValue& value, std::set<std::string>& names) {
  if (std::holds_alternative<expr::Expr>(value.value)) names.merge(expr::params_of(value.real()));
  if (!std::holds_alternative<graph::ArgList>(value.value)) return;
  for (const graph::ArgValue& item : value.list()) add_params(item, names);
}

}  // namespace

std::set<std::string> params_of(const graph::ActivationUse& use) {
  std::set<std::string> names = expr::params_of(use.phi);
  for (const auto& [name, value] : use.args) add_params(value, names);
  return names;
}

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
      if (is_expectation(node.op) &&
          !(params_of(program.activations[node.phi]).empty() && params_of(program.activations[node.psi]).empty()))
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
