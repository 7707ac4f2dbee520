#include "ir/live.hpp"

namespace ntkc::ir {

std::vector<bool> live(const Program& program) {
  std::vector<Value> loop_of(program.blocks.size());
  for (Value v = 0; v < program.nodes.size(); ++v)
    if (program.nodes[v].op == Op::loop) loop_of[program.nodes[v].body] = v;
  std::vector<bool> live(program.nodes.size());
  std::vector<Value> work;
  const auto need = [&](Value v) {
    if (live[v]) return;
    live[v] = true;
    work.push_back(v);
  };
  for (const Output& output : program.outputs) need(output.value);
  while (!work.empty()) {
    const Node& node = program.nodes[work.back()];
    work.pop_back();
    if (node.op == Op::loop) continue;  // its carries speak for themselves
    for (const Value v : node.operands) need(v);
    if (node.op == Op::result) need(program.blocks[program.nodes[node.operands[0]].body].arguments[node.index]);
    if (node.op == Op::argument) {
      const Value loop = loop_of[node.body];
      need(loop);
      need(program.nodes[loop].operands[node.index]);
      need(program.blocks[node.body].yields[node.index]);
    }
  }
  return live;
}

}  // namespace ntkc::ir
