#include "plan/collapse.hpp"

#include <algorithm>
#include <set>

#include "expr/expr.hpp"

namespace ntkc::plan {
namespace {

using Where = Ref::Where;

const Ref kInput{Where::input, 0};

// Keeps those steps of the sample code that read nothing of a sample but norms and sizes of its features.
class Filter {
 public:
  Filter(const Code& code, const Ref& features) : code_(code), features_(features) {
    if (features.where != Where::sample) return;
    for (const auto& step : code.steps)
      if (is_store_of_features(step)) made_ = step.operands[0];
  }
  // Nothing if a later program reads more.
  std::optional<Code> run() {
    Code out = code_;
    out.steps.clear();
    for (const auto& step : code_.steps) {
      if (is_store_of_features(step)) continue;
      if (auto kept = keep(step))
        out.steps.push_back(std::move(*kept));
      else if (stores(step))
        return std::nullopt;
    }
    return out;
  }

 private:
  bool is_store_of_features(const Step& step) const {
    return step.kind == Step::Kind::store && features_.where == Where::sample && step.slot == features_.index;
  }
  bool is_features(const Ref& r) const { return r == (features_.where == Where::sample ? made_ : features_); }
  bool is_known(const Ref& r) const {
    return r.where == Where::constant || r.where == Where::param || r.where == Where::parameter ||
           (r.where == Where::local && known_.contains(r.index));
  }
  static bool stores(const Step& step) { return step.kind == Step::Kind::store || std::any_of(step.body.begin(), step.body.end(), stores); }

  std::optional<Step> keep(const Step& step) {
    Step out = step;
    if (step.op == ir::Op::inner || step.op == ir::Op::size) {
      for (auto& r : out.operands) {
        if (!is_features(r)) return std::nullopt;
        r = kInput;
      }
    } else if (step.type == ir::Type::features ||
               !std::all_of(step.operands.begin(), step.operands.end(), [&](const Ref& r) { return is_known(r); })) {
      return std::nullopt;
    }
    for (const auto& carry : step.carries) {
      if (!is_known(carry.initial)) return std::nullopt;
      known_.insert(carry.local);
    }
    out.body.clear();
    for (const auto& inner : step.body) {
      auto kept = keep(inner);
      if (!kept) return std::nullopt;
      out.body.push_back(std::move(*kept));
    }
    if (!std::all_of(step.carries.begin(), step.carries.end(), [&](const Carry& c) { return is_known(c.next); })) return std::nullopt;
    if (step.kind == Step::Kind::compute) known_.insert(step.result);
    if (step.slope) known_.insert(*step.slope);
    return out;
  }

  const Code& code_;
  Ref features_, made_{Where::same, 0};  // the local that becomes the slot of features
  std::set<std::uint32_t> known_;        // locals
};

double cost(const std::vector<Step>& steps) {
  constexpr double kOperation = 14, kSeries = 500;  // measured: a layer of ReLU takes 400, one of tanh 1,200, with a slope
  double sum = 0;
  for (const auto& step : steps)
    sum += step.kind == Step::Kind::loop        ? static_cast<double>(step.count) * cost(step.body)
           : step.op == ir::Op::dual_quadrature ? (step.slope ? 2 : 1) * kSeries
                                                : kOperation;
  return sum;
}

// Measured: some 30 us for functions with one kink, 3 ms for 60.
double cost_near(const Plan& plan, const std::vector<Step>& steps) {
  constexpr double kPlane = 1.5e6, kCell = 3e4, kMany = 60;
  const auto places = [&](std::uint32_t phi) {
    const auto breaks = expr::breaks(plan.activations[phi].phi);
    return breaks.complete ? std::min(kMany, static_cast<double>(breaks.kinks.size() + breaks.jumps.size())) : kMany;
  };
  const auto has_octaves = [&](const Ref& series) {
    return (series.where == Where::parameter ? plan.parameter : plan.sample).slots[series.index].beyond > 0;
  };
  double sum = 0;
  for (const auto& step : steps) {
    if (step.kind == Step::Kind::loop) sum += static_cast<double>(step.count) * cost_near(plan, step.body);
    if (step.kind != Step::Kind::compute || (step.op != ir::Op::dual_quadrature && step.op != ir::Op::distance_quadrature)) continue;
    const double left = places(step.phi), right = places(step.psi);
    if (left + right > 0 && !has_octaves(step.operands[4])) sum += (step.slope ? 2 : 1) * (kPlane + kCell * left * right);
  }
  return sum;
}

}  // namespace

std::optional<Code> of_features(const Plan& plan) {
  if (!plan.by.empty()) return std::nullopt;  // fits are relative to the roots of k(x, x)
  if (plan.inputs.size() != 1 || plan.products.empty()) return std::nullopt;
  const Ref features = plan.products[0].left;
  if (!std::all_of(plan.products.begin(), plan.products.end(),
                   [&](const Product& product) { return product.left == features && product.right == features; }))
    return std::nullopt;
  return Filter(plan.sample, features).run();
}

bool is_of_norms(const Plan& plan) { return plan.of_features.has_value(); }

bool reads_rows(const Plan& plan) { return plan.products.empty() || plan.products[0].left == kInput; }

double near_cost(const Plan& plan) { return cost_near(plan, plan.pair.steps); }

double pair_cost(const Plan& plan) { return cost(plan.pair.steps); }

}  // namespace ntkc::plan
