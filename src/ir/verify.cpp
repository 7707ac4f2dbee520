#include <fmt/format.h>

#include "ir/infer.hpp"
#include "ir/program.hpp"

namespace ntkc::ir {
namespace {

// Types of the operands, one letter each: n number, f features, s series.
const char* signature(Op op) {
  switch (op) {
    case Op::standardize:
      return "fnn";
    case Op::feature_sum:
    case Op::feature_product:
    case Op::inner:
    case Op::distance:
    case Op::gram:
      return "ff";
    case Op::channel_mean:
    case Op::size:
      return "f";
    case Op::mean:
    case Op::mean_quadrature:
    case Op::hermite:
      return "n";
    case Op::dual:
    case Op::dual_distance:
    case Op::dual_gram:
      return "nnnnn";
    case Op::dual_quadrature:
    case Op::distance_quadrature:
      return "nnnnss";
    default:
      return "";
  }
}
constexpr char kLetters[] = {'n', 'f', 's', 'd', 'm'};

class Verifier {
 public:
  explicit Verifier(const Program& program) : program_(program), loop_of_(program.blocks.size(), kNoLoop) {}

  std::optional<std::string> run() {
    if (program_.blocks.empty()) return "there is no block";
    if (program_.inputs.size() != program_.input_shapes.size()) return "inputs and shapes differ in number";
    for (BlockId b = 1; b < program_.blocks.size(); ++b)
      if (program_.blocks[b].parent >= b) return fmt::format("block {} lies in a later one", b);
    for (at_ = 0; at_ < program_.nodes.size(); ++at_)
      if (const char* broken = check(program_.nodes[at_])) return fmt::format("value {} ({}): {}", at_, program_.nodes[at_].hint, broken);
    for (const Output& output : program_.outputs) {
      if (output.value >= program_.nodes.size()) return "output " + output.name + " does not exist";
      const Node& node = program_.nodes[output.value];
      if (node.type != Type::number || node.block != 0) return "output " + output.name + " is no number at the top level";
    }
    return std::nullopt;
  }

 private:
  static constexpr Value kNoLoop = 0xFFFFFFFF;

  const char* check(const Node& node) {
    for (const Value v : node.operands)
      if (v >= at_) return "an operand does not come first";
    if (const char* broken = attributes(node)) return broken;
    if (const char* broken = operands(node)) return broken;
    if (node.type != type_of(program_, node)) return "wrong type";
    if (node.stage != stage_of(program_, node)) return "wrong stage";
    if (node.block != block_of(program_, node)) return "wrong block";
    for (const Value v : node.operands)
      if (node.op != Op::result && !within(program_, node.block, program_.nodes[v].block)) return "an operand belongs to another loop";
    return nullptr;
  }

  const char* attributes(const Node& node) const {
    const std::size_t activations = program_.activations.size();
    if ((is_expectation(node.op) || node.op == Op::map) && (node.phi >= activations || node.psi >= activations))
      return "unknown activation";
    if (node.op == Op::input && node.index >= program_.inputs.size()) return "unknown input";
    if (node.op == Op::param) {
      for (const graph::Param& p : program_.params)
        if (p.name == node.text) return nullptr;
      return "unknown param";
    }
    if (node.op == Op::argument || node.op == Op::loop) {
      if (node.body == 0 || node.body >= program_.blocks.size()) return "unknown block";
    }
    return nullptr;
  }

  const char* operands(const Node& node) {
    switch (node.op) {
      case Op::call:
        if (node.operands.size() != static_cast<std::size_t>(expr::arity(node.function))) return "wrong number of operands";
        for (const Value v : node.operands)
          if (program_.nodes[v].type != Type::number) return "operand of the wrong type";
        return nullptr;
      case Op::prime:
        if (node.operands.size() != 1) return "wrong number of operands";
        return program_.nodes[node.operands[0]].stage == Stage::sample ? nullptr : "prime of what is no value of one sample";
      case Op::map:
        if (node.operands.empty() || program_.nodes[node.operands[0]].type != Type::features) return "operand of the wrong type";
        return nullptr;
      case Op::argument:
        return argument(node);
      case Op::loop:
        return loop(node);
      case Op::result: {
        if (node.operands.size() != 1 || program_.nodes[node.operands[0]].op != Op::loop) return "result of what is no loop";
        return node.index < program_.blocks[program_.nodes[node.operands[0]].body].arguments.size() ? nullptr : "no such carry";
      }
      default:
        break;
    }
    const std::string_view types = signature(node.op);
    if (node.operands.size() != types.size()) return "wrong number of operands";
    for (std::size_t i = 0; i < types.size(); ++i)
      if (kLetters[int(program_.nodes[node.operands[i]].type)] != types[i]) return "operand of the wrong type";
    if (node.op == Op::distance || node.op == Op::gram)
      if (stage_of(program_, node) != Stage::pair) return "distance of what is no pair";
    return nullptr;
  }

  const char* argument(const Node& node) const {
    const Block& block = program_.blocks[node.body];
    if (!node.operands.empty()) return "wrong number of operands";
    if (node.index >= block.arguments.size() || block.arguments[node.index] != at_) return "not the argument of its block";
    return node.stage == Stage::primed ? "a carry of x' alone" : nullptr;
  }

  const char* loop(const Node& node) {
    const Block& body = program_.blocks[node.body];
    if (loop_of_[node.body] != kNoLoop) return "two loops with one body";
    loop_of_[node.body] = at_;
    const std::size_t n = body.arguments.size();
    if (node.operands.size() != n || body.yields.size() != n) return "unmatched carries";
    for (std::size_t i = 0; i < n; ++i) {
      if (body.arguments[i] >= at_ || body.yields[i] >= at_) return "a loop before its body";
      const Node &argument = program_.nodes[body.arguments[i]], &initial = program_.nodes[node.operands[i]],
                 &yield = program_.nodes[body.yields[i]];
      if (argument.type != initial.type || argument.type != yield.type) return "a carry of changing type";
      if (join(argument.stage, initial.stage) != argument.stage || join(argument.stage, yield.stage) != argument.stage)
        return "a carry that is known later than it says";
      if (!within(program_, node.body, yield.block)) return "a yield of another loop";
    }
    return nullptr;
  }

  const Program& program_;
  std::vector<Value> loop_of_;
  Value at_ = 0;
};

}  // namespace

std::optional<std::string> verify(const Program& program) { return Verifier(program).run(); }

}  // namespace ntkc::ir
