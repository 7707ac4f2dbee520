#include "reference/expectations.hpp"

#include <algorithm>

#include "activations/activation.hpp"
#include "reference/call.hpp"

namespace ntkc::reference {
namespace {

using activations::Covariance;
constexpr const char* kMoments[] = {"#q1", "#q2", "#c", "#distance", "#gram"};  // no param of the language has such a name

const activations::Activation* with_closed(const graph::ActivationUse& use) {
  const activations::Activation* row = use.built_in ? activations::find(use.name) : nullptr;
  return row && row->closed ? row : nullptr;
}

template <class Make>
std::optional<ir::Program> scratch(Make make) {
  ir::Program program;
  ir::Builder b(program);
  const Covariance k{b.param(kMoments[0]), b.param(kMoments[1]), b.param(kMoments[2]), b.param(kMoments[3]), b.param(kMoments[4])};
  const std::optional<ir::Value> value = make(b, k);
  if (!value) return std::nullopt;
  program.outputs = {{"value", *value}};
  return program;
}

}  // namespace

const std::optional<ir::Program>& Expectations::closed_mean(std::uint32_t phi, int order) {
  const Which which{0, phi, std::uint32_t(order), 0};
  if (const auto known = closed_.find(which); known != closed_.end()) return known->second;
  const auto& use = program_.activations[phi];
  const auto* row = with_closed(use);
  std::optional<ir::Program> made;
  if (row && row->closed->mean)
    made = scratch([&](ir::Builder& b, const Covariance& k) { return row->closed->mean(b, use.args, k.q1, order); });
  return closed_.emplace(which, std::move(made)).first->second;
}

const std::optional<ir::Program>& Expectations::closed_dual(std::uint32_t phi, int order_phi, int order_psi) {
  const Which which{1, phi, std::uint32_t(order_phi), std::uint32_t(order_psi)};
  if (const auto known = closed_.find(which); known != closed_.end()) return known->second;
  const auto& use = program_.activations[phi];
  const auto* row = with_closed(use);
  std::optional<ir::Program> made;
  if (row && row->closed->dual)
    made = scratch([&](ir::Builder& b, const Covariance& k) { return row->closed->dual(b, use.args, k, order_phi, order_psi); });
  return closed_.emplace(which, std::move(made)).first->second;
}

// A closed form is a straight line of calls.
Float100 Expectations::run(const ir::Program& closed, const Moments& k) {
  std::vector<Float100> values;
  for (const ir::Node& node : closed.nodes) {
    switch (node.op) {
      case ir::Op::constant:
        values.push_back(numeric::value(node.number));
        break;
      case ir::Op::param: {
        const auto moment = std::find(std::begin(kMoments), std::end(kMoments), node.text);
        values.push_back(moment != std::end(kMoments) ? k[std::size_t(moment - kMoments)] : Float100(params_.at(node.text)));
        break;
      }
      case ir::Op::call: {
        std::vector<Float100> args;
        for (const ir::Value v : node.operands) args.push_back(values[v]);
        values.push_back(call(node.function, args));
        break;
      }
      default:
        throw std::logic_error("reference: a closed form is made of calls");
    }
  }
  return values[closed.outputs[0].value];
}

Side Expectations::side(std::uint32_t phi, int order, const Float100& q) {
  const auto [known, fresh] = sides_.try_emplace({phi, std::uint32_t(order)});
  Side& side = known->second;
  if (fresh) side = make_side(program_.activations[phi].phi, order, q, params_);
  side.q = q;
  return side;
}

Float100 Expectations::mean(std::uint32_t phi, int order, const Float100& q) {
  if (const auto& closed = closed_mean(phi, order)) return run(*closed, {q, q, q, 0, 0});
  const std::pair<Which, std::array<Float100, 3>> key{{0, phi, std::uint32_t(order), 0}, {q, 0, 0}};
  if (const auto known = known_.find(key); known != known_.end()) return known->second;
  return known_[key] = integral(side(phi, order, q), params_);
}

Float100 Expectations::dual(std::uint32_t phi, std::uint32_t psi, int order_phi, int order_psi, const Moments& k) {
  if (phi == psi)
    if (const auto& closed = closed_dual(phi, order_phi, order_psi)) return run(*closed, k);
  if (k[2] == 0) return mean(phi, order_phi, k[0]) * mean(psi, order_psi, k[1]);
  const Float100 most = sqrt(k[0] * k[1]), c = std::max<Float100>(-most, std::min<Float100>(most, k[2]));
  const std::pair<Which, std::array<Float100, 3>> key{{phi, psi, std::uint32_t(order_phi), std::uint32_t(order_psi) + 1}, {k[0], k[1], c}};
  if (const auto known = known_.find(key); known != known_.end()) return known->second;
  return known_[key] = integral(side(phi, order_phi, k[0]), side(psi, order_psi, k[1]), c, params_);
}

Expectations::Second Expectations::second(std::uint32_t phi, const Moments& k) {
  return {dual(phi, phi, 0, 0, {k[0], k[0], k[0], 0, 0}), dual(phi, phi, 0, 0, {k[1], k[1], k[1], 0, 0}), dual(phi, phi, 0, 0, k)};
}

Float100 Expectations::dual_distance(std::uint32_t phi, const Moments& k) {
  const Second m = second(phi, k);
  return std::max<Float100>(m.uu + m.vv - 2 * m.uv, 0);
}

Float100 Expectations::dual_gram(std::uint32_t phi, const Moments& k) {
  const Second m = second(phi, k);
  return std::max<Float100>(m.uu * m.vv - m.uv * m.uv, 0);
}

}  // namespace ntkc::reference
