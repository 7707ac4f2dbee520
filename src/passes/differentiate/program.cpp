// The walk over a program: loops carry beside each value that depends on the param its tangent.
#include <algorithm>
#include <stdexcept>

#include "ir/infer.hpp"
#include "passes/differentiate.hpp"
#include "passes/differentiate/tangents.hpp"
#include "passes/rewrite.hpp"

namespace ntkc::passes {
namespace {

using ir::Op;
using ir::Value;

// Which values depend on the param. Carries do if what they start with does, or what a round makes of them.
std::vector<bool> dependents(const ir::Program& program, const std::string& param) {
  const auto uses = [&](std::uint32_t phi) {
    const graph::ActivationUse& use = program.activations[phi];
    return ir::params_of(use).contains(param);
  };
  std::vector<Value> loop_of(program.blocks.size());
  for (Value v = 0; v < program.nodes.size(); ++v)
    if (program.nodes[v].op == Op::loop) loop_of[program.nodes[v].body] = v;
  std::vector<bool> depends(program.nodes.size());
  for (bool changed = true; changed;) {
    changed = false;
    for (Value v = 0; v < program.nodes.size(); ++v) {
      const ir::Node& node = program.nodes[v];
      bool is = std::ranges::any_of(node.operands, [&](Value o) { return depends[o]; });
      if (node.op == Op::param) is = node.text == param;
      if (ir::is_expectation(node.op)) is = is || uses(node.phi) || uses(node.psi);
      if (node.op == Op::argument)
        is = depends[program.nodes[loop_of[node.body]].operands[node.index]] || depends[program.blocks[node.body].yields[node.index]];
      if (node.op == Op::result) is = depends[program.blocks[program.nodes[node.operands[0]].body].arguments[node.index]];
      changed = changed || is != depends[v];
      depends[v] = is;
    }
  }
  return depends;
}

class Differentiator {
 public:
  Differentiator(const ir::Program& program, const std::string& param)
      : program_(program),
        rewriter_(program),
        b_(rewriter_.build()),
        tangents_(b_, param),
        depends_(dependents(program, param)),
        block_(program.blocks.size()),
        carries_(program.blocks.size()),
        place_(program.nodes.size()) {}

  ir::Program run(const std::string& param) {
    ir::Program made = rewriter_.run([this](Rewriter&, Value v) {
      const Value value = visit(v);
      if (b_.node(value).type == ir::Type::number && program_.nodes[v].op != Op::loop) tangents_.of(value);
      return std::optional(value);
    });
    for (std::size_t i = 0; i < made.outputs.size(); ++i) made.outputs[i].value = tangents_.of(rewriter_.now(program_.outputs[i].value));
    made.by = param;
    return made;
  }

 private:
  Value visit(Value v) {
    const ir::Node& node = program_.nodes[v];
    const auto phi = [&] { return rewriter_.activation(node.phi); };
    switch (node.op) {
      case Op::argument:
        return argument(v);
      case Op::loop:
        return loop(v);
      case Op::result:
        return result(v);
      case Op::mean:
        return known_mean(b_, phi(), node.order_phi, rewriter_.operand(v, 0));
      case Op::dual:
        return known_dual(b_, phi(), rewriter_.activation(node.psi), node.order_phi, node.order_psi, rewriter_.covariance(v));
      case Op::dual_distance:
        return known_distance(b_, phi(), rewriter_.covariance(v));
      case Op::dual_gram:
        return known_gram(b_, phi(), rewriter_.covariance(v));
      default:
        return rewriter_.copy(v);
    }
  }

  bool has_tangent(Value argument) const { return depends_[argument] && program_.nodes[argument].type == ir::Type::number; }

  Value argument(Value v) {
    const ir::Node& node = program_.nodes[v];
    ir::BlockId& block = block_[node.body];
    if (block == 0) {
      ir::BlockId parent = program_.blocks[node.body].parent;  // a loop around of which nothing is needed is gone
      while (parent != 0 && block_[parent] == 0) parent = program_.blocks[parent].parent;
      block = b_.open(program_.blocks[node.body].count, block_[parent]);
    }
    carries_[node.body].push_back(v);
    const Value value = b_.argument(block, node.type, node.stage, node.hint);
    place_[v] = b_.node(value).index;
    if (has_tangent(v)) tangents_.set(value, b_.argument(block, node.type, node.stage, "d" + node.hint));
    return value;
  }

  Value loop(Value v) {
    const ir::Node& node = program_.nodes[v];
    std::vector<Value> initial, yields;
    for (const Value argument : carries_[node.body]) {
      const Value from = rewriter_.now(node.operands[program_.nodes[argument].index]),
                  to = rewriter_.now(program_.blocks[node.body].yields[program_.nodes[argument].index]);
      initial.push_back(from), yields.push_back(to);
      if (has_tangent(argument)) initial.push_back(tangents_.of(from)), yields.push_back(tangents_.of(to));
    }
    return b_.hinted(b_.close(block_[node.body], initial, yields), node.hint);
  }

  Value result(Value v) {
    const ir::Node& node = program_.nodes[v];
    const Value argument = program_.blocks[program_.nodes[node.operands[0]].body].arguments[node.index],
                loop = rewriter_.now(node.operands[0]), value = b_.result(loop, place_[argument]);
    if (has_tangent(argument)) tangents_.set(value, b_.result(loop, place_[argument] + 1));
    return value;
  }

  const ir::Program& program_;
  Rewriter rewriter_;
  ir::Builder& b_;
  Tangents tangents_;
  std::vector<bool> depends_;
  std::vector<ir::BlockId> block_;           // old body -> new body
  std::vector<std::vector<Value>> carries_;  // of an old body: its arguments that are needed, in order
  std::vector<std::uint32_t> place_;         // of an old argument among the carries of the new body; its tangent comes next
};

}  // namespace

Value Tangents::of(Value v) {
  if (const auto found = known_.find(v); found != known_.end()) return found->second;
  const Value t = made(v).v;
  known_.emplace(v, t);
  return t;
}

ir::Num Tangents::made(Value v) {
  switch (b_.node(v).op) {
    case Op::param:
      return num(b_, b_.constant(b_.node(v).text == param_ ? 1 : 0));
    case Op::prime:
      return num(b_, b_.prime(of(b_.node(v).operands[0])));
    case Op::call:
      return of_call(v);
    case Op::channel_mean:
    case Op::inner:
    case Op::distance:
    case Op::gram:
      return of_product(v);
    case Op::mean: {
      const ir::Node node = b_.node(v);
      return of_mean(node.phi, node.order_phi, num(b_, node.operands[0]));
    }
    case Op::dual:
      return of_dual(v);
    case Op::dual_distance:
    case Op::dual_gram:
      return of_distance(v);
    case Op::constant:
    case Op::same_sample:
    case Op::size:
    case Op::argument:  // those that depend on the param are set
    case Op::result:
      return zero();
    default:
      throw std::logic_error("differentiate: an operation that `lower` does not make");
  }
}

ir::Program differentiate(const ir::Program& program, const std::string& param) { return Differentiator(program, param).run(param); }

}  // namespace ntkc::passes
