#include "passes/rewrite.hpp"

#include <stdexcept>

#include "ir/live.hpp"

namespace ntkc::passes {

using ir::Node;
using ir::Op;
using ir::Value;

ir::Program Rewriter::run(const Hook& hook) {
  made_.name = old_.name;
  made_.by = old_.by;
  made_.tolerance = old_.tolerance;
  made_.params = old_.params;
  made_.inputs = old_.inputs;
  made_.input_shapes = old_.input_shapes;
  now_.assign(old_.nodes.size(), kNothing);
  index_.assign(old_.nodes.size(), kNothing);
  loop_of_.assign(old_.blocks.size(), kNothing);
  block_.assign(old_.blocks.size(), 0);
  kept_.resize(old_.blocks.size());
  activation_.assign(old_.activations.size(), kNothing);
  for (Value v = 0; v < old_.nodes.size(); ++v)
    if (old_.nodes[v].op == Op::loop) loop_of_[old_.nodes[v].body] = v;
  const std::vector<bool> live = ir::live(old_);
  for (Value v = 0; v < old_.nodes.size(); ++v) {
    if (!live[v]) continue;
    const std::optional<Value> changed = hook(*this, v);
    now_[v] = changed ? *changed : copy(v);
    if (old_.nodes[v].op != Op::loop && now_[v] != kNothing && !old_.nodes[v].hint.empty()) build_.hinted(now_[v], old_.nodes[v].hint);
  }
  for (const ir::Output& output : old_.outputs) made_.outputs.push_back({output.name, now_[output.value]});
  return std::move(made_);
}

std::uint32_t Rewriter::activation(std::uint32_t old) {
  if (activation_[old] == kNothing) activation_[old] = build_.activation(old_.activations[old]);
  return activation_[old];
}

ir::Builder::Covariance Rewriter::covariance(Value v) const {
  return {operand(v, 0), operand(v, 1), operand(v, 2), operand(v, 3), operand(v, 4)};
}

Value Rewriter::argument(Value v) {
  const Node& node = old_.nodes[v];
  ir::BlockId& block = block_[node.body];
  if (block == 0) {
    ir::BlockId parent = old_.blocks[node.body].parent;  // a loop around that has lost all its carries is gone
    while (parent != 0 && block_[parent] == 0) parent = old_.blocks[parent].parent;
    block = build_.open(old_.blocks[node.body].count, block_[parent]);
  }
  index_[v] = static_cast<std::uint32_t>(kept_[node.body].size());
  kept_[node.body].push_back(v);
  return build_.argument(block, node.type, node.stage, node.hint);
}

Value Rewriter::loop(Value v) {
  const Node& node = old_.nodes[v];
  std::vector<Value> initial, yields;
  for (const Value argument : kept_[node.body]) {
    initial.push_back(now_[node.operands[old_.nodes[argument].index]]);
    yields.push_back(now_[old_.blocks[node.body].yields[old_.nodes[argument].index]]);
  }
  return initial.empty() ? kNothing : build_.hinted(build_.close(block_[node.body], initial, yields), node.hint);
}

Value Rewriter::result(Value argument) {
  if (index_[argument] == kNothing) throw std::logic_error("rewrite: the result of a carry that is gone");
  return build_.result(now_[loop_of_[old_.nodes[argument].body]], index_[argument]);
}

Value Rewriter::copy(Value v) {
  const Node& node = old_.nodes[v];
  const auto x = [&](std::size_t i) { return operand(v, i); };
  std::vector<Value> operands;
  if (node.op == Op::call)
    for (std::size_t i = 0; i < node.operands.size(); ++i) operands.push_back(x(i));
  switch (node.op) {
    case Op::constant:
      return build_.constant(node.number);
    case Op::param:
      return build_.param(node.text);
    case Op::call:
      return build_.call(node.function, operands);
    case Op::prime:
      return build_.prime(x(0));
    case Op::same_sample:
      return build_.same_sample();
    case Op::input:
      return build_.input(node.index);
    case Op::map:
      return build_.map(x(0), activation(node.phi));
    case Op::standardize:
      return build_.standardize(x(0), x(1), x(2));
    case Op::feature_sum:
      return build_.feature_sum(x(0), x(1));
    case Op::feature_product:
      return build_.feature_product(x(0), x(1));
    case Op::channel_mean:
      return build_.channel_mean(x(0));
    case Op::size:
      return build_.size(x(0));
    case Op::inner:
      return build_.inner(x(0), x(1));
    case Op::distance:
      return build_.distance(x(0), x(1));
    case Op::gram:
      return build_.gram(x(0), x(1));
    case Op::mean:
      return build_.mean(activation(node.phi), node.order_phi, x(0));
    case Op::dual:
      return build_.dual(activation(node.phi), activation(node.psi), node.order_phi, node.order_psi, covariance(v));
    case Op::dual_distance:
      return build_.dual_distance(activation(node.phi), covariance(v));
    case Op::dual_gram:
      return build_.dual_gram(activation(node.phi), covariance(v));
    case Op::mean_quadrature:
      return build_.mean_quadrature(activation(node.phi), node.order_phi, x(0));
    case Op::hermite:
      return build_.hermite(activation(node.phi), node.order_phi, node.index, x(0));
    case Op::distance_quadrature:
      return build_.distance_quadrature(activation(node.phi), {x(0), x(1), x(2), 0, x(3)}, x(4), x(5));
    case Op::dual_quadrature:
      return build_.dual_quadrature(activation(node.phi), activation(node.psi), node.order_phi, node.order_psi, {x(0), x(1), x(2), 0, x(3)},
                                    x(4), x(5));
    case Op::loop:
      return loop(v);
    case Op::argument:
      return argument(v);
    case Op::result:
      return result(old_.blocks[old_.nodes[node.operands[0]].body].arguments[node.index]);
  }
  throw std::logic_error("rewrite: unknown operation");
}

}  // namespace ntkc::passes
