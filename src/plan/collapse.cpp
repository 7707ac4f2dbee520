#include "plan/collapse.hpp"

#include <algorithm>

namespace ntkc::plan {
namespace {

bool reads_norms_only(const std::vector<Step>& steps) {
  return std::all_of(steps.begin(), steps.end(), [](const Step& step) {
    if (step.kind == Step::Kind::loop) return reads_norms_only(step.body);
    if (step.kind == Step::Kind::store || step.op == ir::Op::inner || step.op == ir::Op::size) return true;
    return step.type != ir::Type::features &&
           std::none_of(step.operands.begin(), step.operands.end(), [](const Ref& r) { return r.where == Ref::Where::input; });
  });
}

double cost(const std::vector<Step>& steps) {
  constexpr double kOperation = 16, kSeries = 64 * kOperation;
  double sum = 0;
  for (const auto& step : steps)
    sum += step.kind == Step::Kind::loop        ? static_cast<double>(step.count) * cost(step.body)
           : step.op == ir::Op::dual_quadrature ? kSeries
                                                : kOperation;
  return sum;
}

}  // namespace

bool is_of_norms(const Plan& plan) {
  const Ref row{Ref::Where::input, 0};
  if (!plan.by.empty()) return false;  // fits are relative to the roots of k(x, x)
  return plan.inputs.size() == 1 && !plan.products.empty() && reads_norms_only(plan.sample.steps) &&
         std::all_of(plan.products.begin(), plan.products.end(),
                     [&](const Product& product) { return product.left == row && product.right == row; });
}

double pair_cost(const Plan& plan) { return cost(plan.pair.steps); }

}  // namespace ntkc::plan
