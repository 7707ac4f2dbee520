// Values that no output needs; carries that never change, that equal another, or of loops with no or one round.
#include "passes/carries.hpp"
#include "passes/pass.hpp"
#include "passes/rewrite.hpp"

namespace ntkc::passes {
namespace {

using ir::Op;
using ir::Value;

ir::Program once(const ir::Program& program) {
  const std::vector<Value> same_as = equal_carries(program);
  const auto hook = [&](Rewriter& r, Value v) -> std::optional<Value> {
    const ir::Node& node = r.node(v);
    const auto initial = [&](Value argument) { return r.node(r.loop_of(r.node(argument).body)).operands[r.node(argument).index]; };
    const auto yield = [&](Value argument) { return r.old().blocks[r.node(argument).body].yields[r.node(argument).index]; };
    const auto count = [&](Value argument) { return r.old().blocks[r.node(argument).body].count; };
    const auto constant = [&](Value argument) {
      return (yield(argument) == argument || count(argument) <= 1) && r.known(initial(argument));
    };
    const auto representative = [&](Value argument) { return r.known(same_as[argument]) ? same_as[argument] : argument; };
    if (node.op == Op::argument) {
      if (representative(v) != v) return r.now(representative(v));
      if (constant(v)) return r.now(initial(v));
    }
    if (node.op == Op::result) {
      const Value argument = representative(r.old().blocks[r.node(node.operands[0]).body].arguments[node.index]);
      if (count(argument) == 0 || (yield(argument) == argument && constant(argument))) return r.now(initial(argument));
      if (count(argument) == 1 && constant(argument)) return r.now(yield(argument));
      return r.result(argument);
    }
    return std::nullopt;
  };
  return Rewriter(program).run(hook);
}

ir::Program run(const ir::Program& program) {
  ir::Program now = once(program);
  for (std::size_t before = program.nodes.size() + 1; now.nodes.size() < before;) {
    before = now.nodes.size();
    now = once(now);
  }
  return now;
}

}  // namespace

extern const Pass dead_pass;
const Pass dead_pass = {"dead", "last: the others leave values behind that nobody needs any more", run};

}  // namespace ntkc::passes
