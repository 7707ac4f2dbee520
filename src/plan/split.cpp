#include "plan/split.hpp"

#include <stdexcept>

namespace ntkc::plan {
namespace {

using ir::Op;

Home home_of(const ir::Program& program, const ir::Node& node) {
  switch (node.op) {
    case Op::constant:
    case Op::param:
    case Op::prime:
    case Op::same_sample:
    case Op::input:
    case Op::loop:
      return Home::nowhere;
    default:
      break;
  }
  if (is_product(node)) return Home::nowhere;
  auto stage = node.stage;
  if (node.op == Op::result) {
    const auto& loop = program.nodes[node.operands[0]];
    stage = program.nodes[program.blocks[loop.body].arguments[node.index]].stage;
  }
  switch (stage) {
    case ir::Stage::constant:
    case ir::Stage::parameter:
      return Home::parameter;
    case ir::Stage::sample:
      return Home::sample;
    default:
      return Home::pair;
  }
}

class Splitter {
 public:
  explicit Splitter(const ir::Program& program) : program_(program) {
    const auto n = program.nodes.size();
    result_.live.assign(n, false);
    result_.crosses.assign(n, false);
    for (const auto& node : program.nodes) result_.home.push_back(home_of(program, node));
    result_.loop_of.assign(program.blocks.size(), 0);
    for (ir::Value v = 0; v < n; ++v)
      if (program.nodes[v].op == Op::loop) result_.loop_of[program.nodes[v].body] = v;
  }

  Split run() && {
    for (const auto& output : program_.outputs) use(Home::pair, output.value);
    while (!work_.empty()) {
      const auto v = work_.back();
      work_.pop_back();
      visit(v);
    }
    return std::move(result_);
  }

 private:
  // `user` reads v: it is live, and crosses if it comes from an earlier program.
  void use(Home user, ir::Value v) {
    mark(v);
    const auto source = unprimed(program_, v);
    if (source != v) mark(source);
    if (result_.home[source] < user) result_.crosses[source] = true;
  }
  void mark(ir::Value v) {
    if (result_.live[v]) return;
    result_.live[v] = true;
    work_.push_back(v);
  }

  void visit(ir::Value v) {
    const auto& node = program_.nodes[v];
    switch (node.op) {
      case Op::prime:
        return;  // `use` has seen through it
      case Op::argument: {
        const auto loop = result_.loop_of[node.body];
        mark(loop);
        use(result_.home[v], program_.nodes[loop].operands[node.index]);
        use(result_.home[v], program_.blocks[node.body].yields[node.index]);
        return;
      }
      case Op::result: {
        mark(node.operands[0]);
        mark(program_.blocks[program_.nodes[node.operands[0]].body].arguments[node.index]);
        return;
      }
      case Op::loop:
        return;  // its carries speak for themselves
      case Op::mean:
      case Op::dual:
      case Op::dual_distance:
      case Op::dual_gram:
        throw std::logic_error("plan: an expectation has no method yet");
      default:
        break;
    }
    if (node.type == ir::Type::field || node.type == ir::Type::matrix) throw std::logic_error("plan: positions are not planned yet");
    const auto home = is_product(node) ? Home::pair : result_.home[v];
    for (const auto operand : node.operands) use(home, operand);
  }

  const ir::Program& program_;
  Split result_;
  std::vector<ir::Value> work_;
};

}  // namespace

Split split(const ir::Program& program) { return Splitter(program).run(); }

ir::Value unprimed(const ir::Program& program, ir::Value v) { return program.nodes[v].op == Op::prime ? program.nodes[v].operands[0] : v; }

bool is_product(const ir::Node& node) {
  return (node.op == Op::inner || node.op == Op::distance || node.op == Op::gram) && node.stage == ir::Stage::pair;
}

}  // namespace ntkc::plan
