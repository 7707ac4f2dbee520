// A plan, run naively in double: what the tests of plans and of generated code are compared with.
#pragma once
#include <cmath>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "plan/plan.hpp"

namespace ntkc::tests {

using Row = std::vector<double>;

class Interpreter {
 public:
  Interpreter(const plan::Plan& plan, const expr::ParamValues& params) : plan_(plan) {
    for (const auto& p : plan.params) params_.push_back(params.contains(p.name) ? params.at(p.name) : p.value);
    parameter_ = Memory(plan.parameter);
    execute(plan.parameter, plan.parameter.steps, parameter_);
  }

  std::map<std::string, double> operator()(const Row& x, const Row& y, bool same = false) {
    sample_ = run_sample(x);
    primed_ = run_sample(y);
    rows_ = {x, y};
    same_ = same;
    products_.clear();
    for (const auto& p : plan_.products) products_.push_back(product(p));
    pair_ = Memory(plan_.pair);
    execute(plan_.pair, plan_.pair.steps, pair_);
    std::map<std::string, double> out;
    for (const auto& o : plan_.outputs) out[o.name] = number(pair_, o.value);
    return out;
  }

 private:
  struct Memory {
    Memory() = default;
    explicit Memory(const plan::Code& code) : locals(code.locals), slots(code.slots.size()) {
      for (std::size_t i = 0; i < slots.size(); ++i) slots[i].resize(code.slots[i].elements());
    }
    std::vector<Row> locals;
    std::vector<std::vector<Row>> slots;
  };

  std::size_t element(const plan::Slot& slot) const {
    std::size_t at = 0;
    for (std::size_t k = 0; k < slot.extents.size(); ++k) at = at * slot.extents[k] + counters_.at(k);
    return at;
  }

  Row fetch(const Memory& own, const plan::Ref& r) const {
    using Where = plan::Ref::Where;
    switch (r.where) {
      case Where::constant:
        return {plan_.constants[r.index].to_double()};
      case Where::param:
        return {params_[r.index]};
      case Where::parameter:
        return parameter_.slots[r.index][element(plan_.parameter.slots[r.index])];
      case Where::sample:
        return sample_.slots[r.index][element(plan_.sample.slots[r.index])];
      case Where::primed:
        return primed_.slots[r.index][element(plan_.sample.slots[r.index])];
      case Where::input:
        return slice(row_, r.index);
      case Where::data:
        return {products_[r.index]};
      case Where::same:
        return {same_ ? 1.0 : 0.0};
      case Where::local:
        return own.locals[r.index];
    }
    throw std::logic_error("fetch");
  }
  double number(const Memory& own, const plan::Ref& r) const { return fetch(own, r).at(0); }

  Row slice(const Row& row, std::uint32_t input) const {
    if (plan_.inputs.size() == 1) return row;
    std::size_t begin = 0, size = 0;
    for (std::uint32_t i = 0; i <= input; ++i) begin += size, size = *plan_.input_shapes[i].channels.size;
    return Row(row.begin() + static_cast<std::ptrdiff_t>(begin), row.begin() + static_cast<std::ptrdiff_t>(begin + size));
  }

  static double mean_product(const Row& a, const Row& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum / static_cast<double>(a.size());
  }
  static double apply(ir::Op op, const Row& a, const Row& b) {
    if (op == ir::Op::inner) return mean_product(a, b);
    if (op == ir::Op::gram) return std::max(0.0, mean_product(a, a) * mean_product(b, b) - std::pow(mean_product(a, b), 2));
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum / static_cast<double>(a.size());
  }
  double product(const plan::Product& p) {
    const auto side = [&](const plan::Ref& r, const Memory& memory, const Row& row) {
      return r.where == plan::Ref::Where::input ? slice(row, r.index) : memory.slots[r.index][0];
    };
    return apply(p.op, side(p.left, sample_, rows_[0]), side(p.right, primed_, rows_[1]));
  }

  Memory run_sample(const Row& row) {
    row_ = row;
    Memory own(plan_.sample);
    execute(plan_.sample, plan_.sample.steps, own);
    return own;
  }

  void execute(const plan::Code& code, const std::vector<plan::Step>& steps, Memory& own) {
    for (const auto& s : steps) {
      if (s.kind == plan::Step::Kind::store) {
        own.slots[s.slot][element(code.slots[s.slot])] = fetch(own, s.operands[0]);
      } else if (s.kind == plan::Step::Kind::compute) {
        std::vector<Row> args;
        for (const auto& r : s.operands) args.push_back(fetch(own, r));
        own.locals[s.result] = compute(s, args);
      } else {
        for (const auto& c : s.carries) own.locals[c.local] = fetch(own, c.initial);
        for (std::uint64_t i = 0; i < s.count; ++i) {
          counters_.push_back(i);
          execute(code, s.body, own);
          std::vector<Row> next;
          for (const auto& c : s.carries) next.push_back(fetch(own, c.next));
          for (std::size_t k = 0; k < next.size(); ++k) own.locals[s.carries[k].local] = next[k];
          counters_.pop_back();
        }
      }
    }
  }

  Row compute(const plan::Step& s, const std::vector<Row>& args) const {
    using ir::Op;
    switch (s.op) {
      case Op::call: {
        std::vector<expr::Expr> values;
        for (const auto& a : args) values.push_back(expr::Expr(a.at(0)));
        return {expr::evaluate(expr::Expr::call(s.function, std::move(values)), 0, {})};
      }
      case Op::inner:
      case Op::distance:
      case Op::gram:
        return {apply(s.op, args[0], args[1])};
      case Op::channel_mean:
        return {mean_product(args[0], Row(args[0].size(), 1))};
      case Op::size:
        return {static_cast<double>(args[0].size())};
      case Op::standardize: {
        Row out = args[0];
        for (auto& v : out) v = (v - args[1][0]) * args[2][0];
        return out;
      }
      case Op::feature_sum:
      case Op::feature_product: {
        Row out = args[0];
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = s.op == Op::feature_sum ? out[i] + args[1][i] : out[i] * args[1][i];
        return out;
      }
      case Op::map: {
        expr::ParamValues values;
        for (std::size_t i = 0; i < plan_.params.size(); ++i) values[plan_.params[i].name] = params_[i];
        Row out = args[0];
        for (auto& v : out) v = expr::evaluate(plan_.activations[s.phi].phi, v, values);
        return out;
      }
      default:
        throw std::logic_error("the interpreter of the tests has no quadrature");
    }
  }

  const plan::Plan& plan_;
  Row params_, row_, products_;
  std::vector<Row> rows_;
  Memory parameter_, sample_, primed_, pair_;
  std::vector<std::size_t> counters_;
  bool same_ = false;
};

}  // namespace ntkc::tests
