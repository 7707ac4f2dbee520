// Values, data and loops. Scalar calls are in algebra.cpp, expectations in expectations.cpp.
#include "ir/builder.hpp"

#include <fmt/format.h>

#include <map>
#include <stdexcept>

#include "ir/infer.hpp"
#include "ir/outward.hpp"

namespace ntkc::ir {
namespace {

std::string key_of(const Node& n) {
  std::string key = fmt::format("{}:{}:{}:{}:{}:{}:{}:{}:{}:", int(n.op), int(n.function), n.phi, n.psi, n.order_phi, n.order_psi, n.index,
                                n.body, n.text);
  if (n.op == Op::constant) key += n.number.text();
  for (const Value v : n.operands) key += fmt::format(",{}", v);
  return key;
}

Node made(Op op, std::initializer_list<Value> operands = {}) {
  Node node;
  node.op = op;
  node.operands = operands;
  return node;
}

}  // namespace

Builder::Builder(Program& program) : program_(program) {
  if (program_.blocks.empty()) program_.blocks.emplace_back();
  for (Value v = 0; v < program_.nodes.size(); ++v) table_[key_of(program_.nodes[v])].push_back(v);
}

Value Builder::intern(Node node) {
  std::vector<Value>& known = table_[key_of(node)];
  if (!known.empty()) return known.front();
  node.type = type_of(program_, node);
  node.stage = stage_of(program_, node);
  node.block = block_of(program_, node);
  const Value v = static_cast<Value>(program_.nodes.size());
  known.push_back(v);
  program_.nodes.push_back(std::move(node));
  return v;
}

Value Builder::hinted(Value v, std::string hint) {
  if (program_.nodes[v].hint.empty()) program_.nodes[v].hint = std::move(hint);
  return v;
}

bool Builder::is_constant(Value v, double number) const { return node(v).op == Op::constant && node(v).number == numeric::Number(number); }

Value Builder::constant(numeric::Number number) {
  Node node = made(Op::constant);
  node.number = number == numeric::Number(0) ? numeric::Number(0) : std::move(number);  // no negative zero
  return intern(std::move(node));
}

Value Builder::param(const std::string& name) {
  Node node = made(Op::param);
  node.text = name;
  return intern(std::move(node));
}

// A size that only the data knows, or else a run-time param.
Value Builder::named(const std::string& name) {
  for (std::uint32_t i = 0; i < program_.input_shapes.size(); ++i)
    if (program_.input_shapes[i].channels.name == name) return size(input(i));
  return param(name);
}

Value Builder::expression(const expr::Expr& e) {
  if (expr::depends_on_variable(e)) throw std::logic_error("ir: an expression with a free variable");
  return expression(e, 0);
}

Value Builder::expression(const expr::Expr& e, Value variable) {
  std::map<const void*, Value> memo;  // looked up, never iterated
  const auto go = [&](const expr::Expr& e, auto&& self) -> Value {
    if (const auto known = memo.find(e.identity()); known != memo.end()) return known->second;
    Value v = variable;
    switch (e.kind()) {
      case expr::Expr::Kind::constant:
        v = constant(e.value());
        break;
      case expr::Expr::Kind::variable:
        break;
      case expr::Expr::Kind::param:
        v = named(e.param_name());
        break;
      case expr::Expr::Kind::call: {
        std::vector<Value> args;
        for (const expr::Expr& arg : e.args()) args.push_back(self(arg, self));
        v = call(e.function(), args);
      }
    }
    memo.emplace(e.identity(), v);
    return v;
  };
  return go(e, go);
}

Value Builder::call(expr::Function f, std::span<const Value> args) {
  if (args.size() != static_cast<std::size_t>(expr::arity(f))) throw std::logic_error("ir: wrong number of arguments");
  const Value v = outward(*this, args, [&](std::span<const Value> plain) { return simplified_call(f, plain); });
  return f == expr::Function::angle && node(v).op == Op::call ? hinted(v, "theta") : v;
}

Value Builder::prime(Value v) {
  if (node(v).op == Op::prime) return node(v).operands[0];
  if (node(v).stage <= Stage::parameter || node(v).op == Op::same_sample) return v;
  return intern(made(Op::prime, {v}));
}

Value Builder::same_sample() { return intern(made(Op::same_sample)); }

Value Builder::input(std::uint32_t index) {
  Node node = made(Op::input);
  node.index = index;
  const Value v = intern(std::move(node));
  return index < program_.inputs.size() ? hinted(v, program_.inputs[index].name) : v;
}

Value Builder::map(Value features, std::uint32_t phi) {
  return outward(*this, {features}, [&](std::span<const Value> plain) {
    Node node = made(Op::map, {plain[0]});
    for (const std::string& name : expr::params_of(program_.activations[phi].phi)) node.operands.push_back(param(name));
    node.phi = phi;
    return intern(std::move(node));
  });
}

Value Builder::standardize(Value features, Value shift, Value factor) {
  if (is_constant(shift, 0) && is_constant(factor, 1)) return features;
  return outward(*this, {features, shift, factor}, [&](std::span<const Value> p) {
    return intern(made(Op::standardize, {p[0], p[1], p[2]}));
  });
}

Value Builder::feature_sum(Value a, Value b) {
  return outward(*this, {a, b}, [&](std::span<const Value> p) {
    return intern(made(Op::feature_sum, {std::min(p[0], p[1]), std::max(p[0], p[1])}));
  });
}

Value Builder::feature_product(Value a, Value b) {
  return outward(*this, {a, b}, [&](std::span<const Value> p) {
    return intern(made(Op::feature_product, {std::min(p[0], p[1]), std::max(p[0], p[1])}));
  });
}

Value Builder::channel_mean(Value features) {
  return outward(*this, {features}, [&](std::span<const Value> p) { return intern(made(Op::channel_mean, {p[0]})); });
}

Value Builder::size(Value features) {
  return outward(*this, {features}, [&](std::span<const Value> p) { return intern(made(Op::size, {p[0]})); });
}

Value Builder::inner(Value a, Value b) {
  return outward(*this, {a, b}, [&](std::span<const Value> p) {
    const auto [first, second] = ordered(*this, p[0], p[1]);
    return intern(made(Op::inner, {first, second}));
  });
}

Value Builder::distance(Value a, Value b) {
  if (a == b) return constant(0);
  const auto [first, second] = ordered(*this, a, b);
  return intern(made(Op::distance, {first, second}));
}

Value Builder::gram(Value a, Value b) {
  if (a == b) return constant(0);
  const auto [first, second] = ordered(*this, a, b);
  return intern(made(Op::gram, {first, second}));
}

BlockId Builder::open(std::uint64_t count, BlockId parent) {
  Block block;
  block.parent = parent;
  block.count = count;
  program_.blocks.push_back(std::move(block));
  return static_cast<BlockId>(program_.blocks.size() - 1);
}

Value Builder::argument(BlockId block, Type type, Stage stage, std::string hint) {
  Node node = made(Op::argument);
  node.body = block;
  node.index = static_cast<std::uint32_t>(program_.blocks[block].arguments.size());
  node.type = type;
  node.stage = stage;
  const Value v = intern(std::move(node));
  program_.blocks[block].arguments.push_back(v);
  return hinted(v, std::move(hint));
}

Value Builder::close(BlockId block, std::span<const Value> initial, std::span<const Value> yields) {
  Block& body = program_.blocks[block];
  if (initial.size() != body.arguments.size() || yields.size() != body.arguments.size())
    throw std::logic_error("ir: a loop with unmatched carries");
  body.yields.assign(yields.begin(), yields.end());
  Node node = made(Op::loop);
  node.operands.assign(initial.begin(), initial.end());
  node.body = block;
  return intern(std::move(node));
}

Value Builder::result(Value loop, std::uint32_t index) {
  Node node = made(Op::result, {loop});
  node.index = index;
  return intern(std::move(node));
}

}  // namespace ntkc::ir
