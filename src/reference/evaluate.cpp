#include "reference/evaluate.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "ir/live.hpp"
#include "reference/call.hpp"
#include "reference/data.hpp"
#include "reference/expectations.hpp"

namespace ntkc::reference {
namespace {

using ir::Node;
using ir::Op;

// A value at x and at x'; a value of the pair, or one that is the same for all samples, is kept at x.
struct Pair {
  std::array<Float100, 2> number;
  std::array<Features, 2> features;
};

class Machine {
 public:
  Machine(const ir::Program& program, std::span<const double> x, std::span<const double> y, const expr::ParamValues& params, bool same)
      : program_(program),
        same_(same),
        params_(with_defaults(program, params)),
        expectations_(program, params_),
        live_(ir::live(program)),
        items_(program.blocks.size()),
        values_(program.nodes.size()) {
    inputs_[0] = split_inputs(program, x);
    inputs_[1] = same ? inputs_[0] : split_inputs(program, y);
    for (ir::Value v = 0; v < program.nodes.size(); ++v)
      if (live_[v]) items_[program.nodes[v].block].push_back(v);
  }

  std::map<std::string, numeric::Number> run() {
    block(0);
    std::map<std::string, numeric::Number> out;
    for (const ir::Output& output : program_.outputs) out.emplace(output.name, numeric::make(number(output.value, 0)));
    return out;
  }

 private:
  static expr::ParamValues with_defaults(const ir::Program& program, const expr::ParamValues& given) {
    expr::ParamValues params = given;
    for (const graph::Param& p : program.params)
      params.emplace(p.name, p.fallback.is_constant() ? p.value : expr::evaluate(p.fallback, 0, params));
    return params;
  }

  void block(ir::BlockId id) {
    for (const ir::Value v : items_[id]) {
      const Node& node = program_.nodes[v];
      if (node.op == Op::loop)
        loop(node);
      else if (node.op != Op::argument)
        for (int side = 0; side < (node.stage == ir::Stage::sample ? 2 : 1); ++side) compute(v, node, side);
    }
  }

  void loop(const Node& node) {
    const ir::Block& body = program_.blocks[node.body];
    std::vector<std::size_t> carries;
    for (std::size_t i = 0; i < body.arguments.size(); ++i)
      if (live_[body.arguments[i]]) carries.push_back(i);
    const auto move = [&](const std::vector<ir::Value>& from) {
      std::vector<Pair> next;
      for (const std::size_t i : carries) {
        Pair& pair = next.emplace_back();
        for (int side : {0, 1}) {
          if (type(body.arguments[i]) == ir::Type::number) pair.number[side] = number(from[i], side);
          if (type(body.arguments[i]) == ir::Type::features) pair.features[side] = features(from[i], side);
        }
      }
      for (std::size_t k = 0; k < carries.size(); ++k) values_[body.arguments[carries[k]]] = std::move(next[k]);
    };
    move(node.operands);
    for (std::uint64_t round = 0; round < body.count; ++round) {
      block(node.body);
      move(body.yields);
    }
  }

  ir::Type type(ir::Value v) const { return program_.nodes[v].type; }

  // Where a value is kept as side `side` asks for it.
  std::pair<ir::Value, int> place(ir::Value v, int side) const {
    const Node& node = program_.nodes[v];
    if (node.op == Op::prime) return {node.operands[0], 1};
    return {v, node.stage == ir::Stage::sample ? side : 0};
  }
  const Float100& number(ir::Value v, int side) const {
    const auto [at, s] = place(v, side);
    return values_[at].number[s];
  }
  const Features& features(ir::Value v, int side) const {
    const auto [at, s] = place(v, side);
    return values_[at].features[s];
  }

  void compute(ir::Value v, const Node& node, int side) {
    if (node.op == Op::prime) return;  // `place` looks through it
    if (node.type == ir::Type::features)
      values_[v].features[side] = channels(node, side);
    else if (node.type == ir::Type::number)
      values_[v].number[side] = scalar(node, side);
    else if (node.op != Op::hermite)
      throw std::logic_error("reference: positions are not evaluated");
  }

  Features channels(const Node& node, int side) const {
    switch (node.op) {
      case Op::input:
        return inputs_[side].at(node.index);
      case Op::result:
        return features(carry(node), side);
      default:
        break;
    }
    Features out = features(node.operands.at(0), side);
    for (std::size_t i = 0; i < out.size(); ++i) {
      switch (node.op) {
        case Op::map:
          out[i] = numeric::value(expr::evaluate_exactly(program_.activations[node.phi].phi, numeric::make(out[i]), params_));
          break;
        case Op::standardize:
          out[i] = (out[i] - number(node.operands[1], side)) * number(node.operands[2], side);
          break;
        case Op::feature_sum:
          out[i] += features(node.operands[1], side).at(i);
          break;
        case Op::feature_product:
          out[i] *= features(node.operands[1], side).at(i);
          break;
        default:
          throw std::logic_error("reference: unknown features");
      }
    }
    return out;
  }

  ir::Value carry(const Node& result) const { return program_.blocks[program_.nodes[result.operands[0]].body].arguments[result.index]; }

  Float100 scalar(const Node& node, int side) {
    const auto arg = [&](std::size_t i) -> const Float100& { return number(node.operands[i], side); };
    const auto data = [&](std::size_t i) -> const Features& { return features(node.operands[i], side); };
    const auto moments = [&]() -> Expectations::Moments { return {arg(0), arg(1), arg(2), arg(3), arg(4)}; };
    switch (node.op) {
      case Op::constant:
        return numeric::value(node.number);
      case Op::param:
        return Float100(params_.at(node.text));
      case Op::same_sample:
        return same_ ? 1 : 0;
      case Op::result:
        return number(carry(node), side);
      case Op::channel_mean:
        return mean_of(data(0));
      case Op::size:
        return Float100(data(0).size());
      case Op::inner:
        return mean_product(data(0), data(1));
      case Op::distance:
        return mean_square_difference(data(0), data(1));
      case Op::gram: {
        const Float100 c = mean_product(data(0), data(1));
        return std::max<Float100>(mean_product(data(0), data(0)) * mean_product(data(1), data(1)) - c * c, 0);
      }
      case Op::call: {
        std::vector<Float100> args;
        for (std::size_t i = 0; i < node.operands.size(); ++i) args.push_back(arg(i));
        return call(node.function, args);
      }
      case Op::mean:
      case Op::mean_quadrature:
        return expectations_.mean(node.phi, node.order_phi, arg(0));
      case Op::dual:
        return expectations_.dual(node.phi, node.psi, node.order_phi, node.order_psi, moments());
      case Op::dual_quadrature:
        return expectations_.dual(node.phi, node.psi, node.order_phi, node.order_psi,
                                  {arg(0), arg(1), arg(2), arg(0) + arg(1) - 2 * arg(2), arg(3)});
      case Op::distance_quadrature:
        return expectations_.dual_distance(node.phi, {arg(0), arg(1), arg(2), arg(0) + arg(1) - 2 * arg(2), arg(3)});
      case Op::dual_distance:
        return expectations_.dual_distance(node.phi, moments());
      case Op::dual_gram:
        return expectations_.dual_gram(node.phi, moments());
      default:
        throw std::logic_error("reference: unknown operation");
    }
  }

  const ir::Program& program_;
  bool same_;
  expr::ParamValues params_;
  Expectations expectations_;
  std::vector<bool> live_;
  std::vector<std::vector<ir::Value>> items_;
  std::vector<Pair> values_;
  std::vector<Features> inputs_[2];
};

}  // namespace

std::map<std::string, numeric::Number> evaluate(const ir::Program& program, std::span<const double> x, std::span<const double> y,
                                                const expr::ParamValues& params, bool same) {
  return Machine(program, x, y, params, same).run();
}

}  // namespace ntkc::reference
