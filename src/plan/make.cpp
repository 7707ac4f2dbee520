#include <map>
#include <stdexcept>
#include <tuple>

#include "ntk/runtime/series.hpp"
#include "plan/collapse.hpp"
#include "plan/names.hpp"
#include "plan/plan.hpp"
#include "plan/slopes.hpp"
#include "plan/split.hpp"

namespace ntkc::plan {
namespace {

using ir::Op;
using Where = Ref::Where;

// Octaves beyond the terms serve functions that are smooth, or but for one place that is or may be 0.
std::uint32_t numbers_beyond(const expr::Expr& phi, int order, std::uint32_t terms) {
  const expr::Breaks breaks = expr::breaks(phi);
  if (!breaks.complete) return 0;
  const std::size_t places = breaks.kinks.size() + breaks.jumps.size();
  const expr::Expr* const place = places != 1 ? nullptr : breaks.kinks.empty() ? &breaks.jumps[0] : &breaks.kinks[0];
  const auto parity = static_cast<::ntk::quadrature::Parity>(expr::parity(expr::derivative(phi, order)));
  const auto beyond = ::ntk::quadrature::beyond(parity, terms);
  return static_cast<std::uint32_t>(
      beyond.numbers(beyond.octaves(places == 0, place && (!place->is_constant() || *place == expr::Expr(0)))));
}

class Maker {
 public:
  explicit Maker(const ir::Program& program) : program_(program), split_(split(program)) {
    plan_.name = program.name;
    plan_.by = program.by;
    plan_.tolerance = program.tolerance;
    plan_.params = program.params;
    plan_.inputs = program.inputs;
    plan_.input_shapes = program.input_shapes;
    slot_.assign(program.nodes.size(), 0);
    local_.assign(program.nodes.size(), 0);
    constant_.assign(program.nodes.size(), kNoConstant);
    for (ir::Value v = 0; v < program.nodes.size(); ++v)
      if (split_.live[v]) items_[program.nodes[v].block].push_back(v);
  }

  Plan run() && {
    make(Home::parameter, plan_.parameter);
    make(Home::sample, plan_.sample);
    make(Home::pair, plan_.pair);
    for (const auto& output : program_.outputs) plan_.outputs.push_back({output.name, ref(Home::pair, output.value)});
    plan_.of_features = of_features(plan_);
    return std::move(plan_);
  }

 private:
  static constexpr std::uint32_t kNoConstant = 0xFFFFFFFF;

  void make(Home home, Code& code) {
    names_ = {};
    slot_names_ = {};
    for (ir::Value v = 0; v < program_.nodes.size(); ++v)
      if (split_.live[v] && split_.crosses[v] && split_.home[v] == home) add_slot(code, v);
    code.steps = block(home, code, 0);
    code.locals = static_cast<std::uint32_t>(code.local_names.size());
  }

  std::vector<Step> block(Home home, Code& code, ir::BlockId id) {
    std::vector<Step> steps;
    for (const auto v : items_[id]) {
      const auto& node = program_.nodes[v];
      if (node.op == Op::loop) {
        loop(home, code, v, steps);
      } else if (split_.home[v] == home) {
        if (node.op == Op::result)
          local_[v] = local_[argument(v)];
        else if (node.op != Op::argument)
          steps.push_back(compute(home, code, v));
        store(home, v, steps);
      }
    }
    join_slopes(steps);
    return steps;
  }

  // The part of a loop that runs at `home`: its carries of that time and what they need.
  void loop(Home home, Code& code, ir::Value v, std::vector<Step>& steps) {
    const auto& node = program_.nodes[v];
    const auto& body = program_.blocks[node.body];
    Step step;
    step.kind = Step::Kind::loop;
    step.count = body.count;
    std::vector<std::uint32_t> carried;
    for (std::uint32_t i = 0; i < body.arguments.size(); ++i) {
      const auto a = body.arguments[i];
      if (!split_.live[a] || split_.home[a] != home) continue;
      if (program_.nodes[a].type == ir::Type::features) throw std::logic_error("plan: features carried by a loop");
      local_[a] = new_local(code, program_.nodes[a].hint);
      step.carries.push_back({ref(home, node.operands[i]), local_[a], {}});
      carried.push_back(i);
    }
    if (carried.empty()) return;
    step.body = block(home, code, node.body);
    for (std::size_t k = 0; k < carried.size(); ++k) step.carries[k].next = ref(home, body.yields[carried[k]]);
    steps.push_back(std::move(step));
  }

  Step compute(Home home, Code& code, ir::Value v) {
    const auto& node = program_.nodes[v];
    Step step;
    step.op = node.op;
    step.type = node.type;
    step.function = node.function;
    step.order_phi = node.order_phi;
    step.order_psi = node.order_psi;
    const bool two = node.op == Op::dual_quadrature || node.op == Op::distance_quadrature;
    if (two || node.op == Op::map || node.op == Op::mean_quadrature || node.op == Op::hermite) step.phi = activation(node.phi);
    if (two) step.psi = activation(node.psi);
    if (node.op == Op::hermite) step.terms = node.index, step.beyond = beyond_of(v);
    for (const auto operand : node.operands) step.operands.push_back(ref(home, operand));
    step.result = local_[v] = new_local(code, node.hint);
    step.name = code.local_names.back();
    return step;
  }

  void store(Home home, ir::Value v, std::vector<Step>& steps) {
    if (!split_.crosses[v]) return;
    Step step;
    step.kind = Step::Kind::store;
    step.type = program_.nodes[v].type;
    step.operands = {ref(home, v)};
    step.slot = slot_[v];
    steps.push_back(std::move(step));
  }

  std::uint32_t beyond_of(ir::Value v) {
    const auto& node = program_.nodes[v];
    const auto key = std::tuple(node.phi, node.order_phi, node.index);
    const auto known = beyond_.find(key);
    if (known != beyond_.end()) return known->second;
    return beyond_[key] = numbers_beyond(program_.activations[node.phi].phi, node.order_phi, node.index);
  }

  void add_slot(Code& code, ir::Value v) {
    const auto& node = program_.nodes[v];
    Slot slot;
    slot.name = slot_names_.unique(hint(v));
    slot.type = node.type;
    for (auto b = node.block; b != 0; b = program_.blocks[b].parent) slot.extents.insert(slot.extents.begin(), program_.blocks[b].count);
    if (node.type == ir::Type::series) slot.terms = node.index, slot.beyond = beyond_of(v);
    if (node.type == ir::Type::features) {
      if (node.block != 0) throw std::logic_error("plan: features inside a loop");
      slot.input = input_of(v);
    }
    slot_[v] = static_cast<std::uint32_t>(code.slots.size());
    code.slots.push_back(std::move(slot));
  }

  Ref ref(Home home, ir::Value v) {
    const auto& node = program_.nodes[v];
    if (is_product(node)) return {Where::data, product(node)};
    switch (node.op) {
      case Op::constant:
        return {Where::constant, constant(v)};
      case Op::param:
        return {Where::param, param(node.text)};
      case Op::input:
        return {Where::input, node.index};
      case Op::same_sample:
        return {Where::same, 0};
      case Op::prime:
        return {Where::primed, slot_[node.operands[0]]};
      default:
        break;
    }
    if (split_.home[v] == home) return {Where::local, local_[v]};
    return {split_.home[v] == Home::parameter ? Where::parameter : Where::sample, slot_[v]};
  }

  std::uint32_t product(const ir::Node& node) {
    const auto side = [&](ir::Value v) {
      const auto f = unprimed(program_, v);
      return program_.nodes[f].op == Op::input ? Ref{Where::input, program_.nodes[f].index} : Ref{Where::sample, slot_[f]};
    };
    const bool swapped = program_.nodes[node.operands[0]].op == Op::prime;  // all three are symmetric
    const Product made{node.op, side(node.operands[swapped ? 1 : 0]), side(node.operands[swapped ? 0 : 1])};
    for (std::uint32_t i = 0; i < plan_.products.size(); ++i) {
      const auto& p = plan_.products[i];
      if (p.op == made.op && p.left == made.left && p.right == made.right) return i;
    }
    plan_.products.push_back(made);
    return static_cast<std::uint32_t>(plan_.products.size() - 1);
  }

  std::uint32_t constant(ir::Value v) {
    if (constant_[v] == kNoConstant) {
      constant_[v] = static_cast<std::uint32_t>(plan_.constants.size());
      plan_.constants.push_back(program_.nodes[v].number);
    }
    return constant_[v];
  }

  std::uint32_t param(const std::string& name) const {
    for (std::uint32_t i = 0; i < plan_.params.size(); ++i)
      if (plan_.params[i].name == name) return i;
    throw std::logic_error("plan: the program has no param " + name);
  }

  std::uint32_t activation(std::uint32_t index) {
    const auto [it, fresh] = activation_.try_emplace(index, static_cast<std::uint32_t>(plan_.activations.size()));
    if (fresh) plan_.activations.push_back(program_.activations.at(index));
    return it->second;
  }

  std::uint32_t input_of(ir::Value v) const {
    while (program_.nodes[v].op != Op::input) v = program_.nodes[v].operands.at(0);
    return program_.nodes[v].index;
  }

  ir::Value argument(ir::Value result) const {
    const auto& node = program_.nodes[result];
    return program_.blocks[program_.nodes[node.operands[0]].body].arguments[node.index];
  }

  const std::string& hint(ir::Value v) const {
    const auto& own = program_.nodes[v].hint;
    return own.empty() && program_.nodes[v].op == Op::result ? program_.nodes[argument(v)].hint : own;
  }

  std::uint32_t new_local(Code& code, const std::string& wish) {
    code.local_names.push_back(names_.unique(wish));
    return static_cast<std::uint32_t>(code.local_names.size() - 1);
  }

  const ir::Program& program_;
  Split split_;
  Plan plan_;
  std::map<ir::BlockId, std::vector<ir::Value>> items_;                                     // live values of each block, in order
  std::vector<std::uint32_t> slot_, local_, constant_;                                      // of values
  std::map<std::tuple<std::uint32_t, std::uint8_t, std::uint32_t>, std::uint32_t> beyond_;  // by activation, order and terms
  std::map<std::uint32_t, std::uint32_t> activation_;
  Names names_, slot_names_;
};

}  // namespace

Plan make(const ir::Program& program) { return Maker(program).run(); }

}  // namespace ntkc::plan
