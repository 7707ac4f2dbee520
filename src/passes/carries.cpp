#include "passes/carries.hpp"

#include <map>
#include <numeric>
#include <tuple>

namespace ntkc::passes {
namespace {

using ir::Op;
using ir::Value;

// All carries that start alike are taken for equal; the body is numbered on that assumption; who yields something else is set apart, until
// nobody is.
class Classes {
 public:
  Classes(const ir::Program& program, Value loop, const std::vector<Value>& items, std::vector<Value>& same_as)
      : program_(program), loop_(program.nodes[loop]), body_(program.blocks[loop_.body]), items_(items), same_as_(same_as) {}

  void run() {
    std::vector<Value> key(loop_.operands);
    while (set_apart(key)) key = numbered_yields();
  }

 private:
  // Splits the classes by the key; true if any class became smaller.
  bool set_apart(const std::vector<Value>& key) {
    std::map<std::tuple<Value, Value, ir::Stage, ir::Type>, Value> first;
    std::vector<Value> next;
    for (std::size_t i = 0; i < key.size(); ++i) {
      const Value v = body_.arguments[i];
      const ir::Node& node = program_.nodes[v];
      next.push_back(first.try_emplace({started_ ? same_as_[v] : 0, key[i], node.stage, node.type}, v).first->second);
    }
    bool changed = !started_;
    for (std::size_t i = 0; i < key.size(); ++i) {
      changed |= same_as_[body_.arguments[i]] != next[i];
      same_as_[body_.arguments[i]] = next[i];
    }
    started_ = true;
    return changed;
  }

  std::vector<Value> numbered_yields() const {
    std::map<Value, Value> number;  // of values in the body; others are their own number
    const auto of = [&](Value v) {
      if (program_.nodes[v].op == Op::argument) return same_as_[v];
      const auto known = number.find(v);
      return known == number.end() ? v : known->second;
    };
    std::map<std::tuple<Op, expr::Function, std::uint32_t, std::uint32_t, int, int, std::uint32_t, std::vector<Value>>, Value> table;
    for (const Value v : items_) {
      const ir::Node& node = program_.nodes[v];
      if (node.op == Op::argument || node.op == Op::loop || node.op == Op::result) continue;
      std::vector<Value> operands;
      for (const Value o : node.operands) operands.push_back(of(o));
      number[v] = table.try_emplace({node.op, node.function, node.phi, node.psi, node.order_phi, node.order_psi, node.index, operands}, v)
                      .first->second;
    }
    std::vector<Value> yields;
    for (const Value v : body_.yields) yields.push_back(of(v));
    return yields;
  }

  const ir::Program& program_;
  const ir::Node& loop_;
  const ir::Block& body_;
  const std::vector<Value>& items_;
  std::vector<Value>& same_as_;
  bool started_ = false;
};

}  // namespace

std::vector<Value> equal_carries(const ir::Program& program) {
  std::vector<Value> same_as(program.nodes.size());
  std::iota(same_as.begin(), same_as.end(), 0);
  std::vector<std::vector<Value>> items(program.blocks.size());
  for (Value v = 0; v < program.nodes.size(); ++v) items[program.nodes[v].block].push_back(v);
  for (Value v = 0; v < program.nodes.size(); ++v)
    if (program.nodes[v].op == Op::loop) Classes(program, v, items[program.nodes[v].body], same_as).run();
  return same_as;
}

}  // namespace ntkc::passes
