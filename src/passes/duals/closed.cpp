// The closed form of the activation's own file.
#include "activations/activation.hpp"
#include "passes/duals.hpp"

namespace ntkc::passes {
namespace {

using Covariance = ir::Builder::Covariance;

const activations::Closed* form(const graph::ActivationUse& use) {
  const activations::Activation* row = use.built_in ? activations::find(use.name) : nullptr;
  return row && row->closed ? &*row->closed : nullptr;
}

std::optional<ir::Value> mean(ir::Builder& b, std::uint32_t phi, int order, ir::Value q) {
  const graph::ActivationUse use = b.program().activations[phi];
  const activations::Closed* closed = form(use);
  return closed && closed->mean ? closed->mean(b, use.args, q, order) : std::nullopt;
}

std::optional<ir::Value> dual(ir::Builder& b, std::uint32_t phi, std::uint32_t psi, int order_phi, int order_psi, const Covariance& k) {
  if (phi != psi) return std::nullopt;
  const graph::ActivationUse use = b.program().activations[phi];
  const activations::Closed* closed = form(use);
  return closed && closed->dual ? closed->dual(b, use.args, k, order_phi, order_psi) : std::nullopt;
}

std::optional<ir::Value> distance(ir::Builder& b, std::uint32_t phi, const Covariance& k) {
  const graph::ActivationUse use = b.program().activations[phi];
  const activations::Closed* closed = form(use);
  return closed && closed->distance ? closed->distance(b, use.args, k) : std::nullopt;
}

std::optional<ir::Value> gram(ir::Builder& b, std::uint32_t phi, const Covariance& k) {
  const graph::ActivationUse use = b.program().activations[phi];
  const activations::Closed* closed = form(use);
  return closed && closed->gram ? closed->gram(b, use.args, k) : std::nullopt;
}

std::optional<Bound> bound(const graph::ActivationUse& use, double) {
  const activations::Closed* closed = form(use);
  return closed ? std::optional(Bound{closed->error}) : std::nullopt;
}

}  // namespace

extern const DualMethod closed_method;
const DualMethod closed_method = {"closed form", mean, dual, distance, gram, bound, 0};

}  // namespace ntkc::passes
