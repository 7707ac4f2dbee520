// What all runs of a plan share: constants, params, activations with their tables, and what the parameter program leaves.
#include <algorithm>
#include <functional>

#include "engine/machine.hpp"

namespace ntkc::engine {

using ir::Op;
using plan::Step;

namespace {

// The highest derivative of each activation that a plan wants.
std::vector<int> derivatives(const plan::Plan& plan) {
  std::vector<int> most(plan.activations.size(), 0);
  const std::function<void(const std::vector<Step>&)> visit = [&](const std::vector<Step>& steps) {
    for (const auto& s : steps) {
      if (s.op == Op::mean_quadrature || s.op == Op::hermite || s.op == Op::dual_quadrature) {
        const int next = s.op == Op::hermite || s.slope ? 1 : 0;  // a series is made of the next
        most.at(s.phi) = std::max(most.at(s.phi), s.order_phi + next);
        if (s.op == Op::dual_quadrature) most.at(s.psi) = std::max(most.at(s.psi), s.order_psi + next);
      }
      visit(s.body);
    }
  };
  for (const auto* code : {&plan.parameter, &plan.sample, &plan.pair}) visit(code->steps);
  return most;
}

}  // namespace

Context::Context(const plan::Plan& p, const expr::ParamValues& values) : plan(p) {
  for (const auto& c : plan.constants) constants.push_back(c.to_double());
  expr::ParamValues all = values;
  for (const auto& param : plan.params) {
    all.emplace(param.name, param.value);
    params.push_back(all.at(param.name));
  }
  const auto orders = derivatives(plan);
  for (std::size_t i = 0; i < plan.activations.size(); ++i) activations.emplace_back(plan.activations[i].phi, orders[i], all);
  make_tables();
  parameter = Store(plan.parameter, 1, {});
  Machine(*this, plan.parameter).run({}, &parameter, 0);
}

void Context::make_tables() {
  const std::function<void(const std::vector<Step>&)> visit = [&](const std::vector<Step>& steps) {
    for (const auto& s : steps) {
      if (s.op == Op::hermite && s.kind == Step::Kind::compute) activations[s.phi].make_table(s.order_phi, s.terms, s.beyond);
      visit(s.body);
    }
  };
  for (const auto* code : {&plan.parameter, &plan.sample, &plan.pair}) visit(code->steps);
}

}  // namespace ntkc::engine
