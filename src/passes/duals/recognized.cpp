// Sums of functions whose expectations with one another are known; two different activations of such parts, too.
#include "activations/parts.hpp"
#include "passes/duals.hpp"

namespace ntkc::passes {
namespace {

using Covariance = ir::Builder::Covariance;
using Form = std::optional<ir::Value>;

std::optional<activations::Parts> parts(ir::Builder& b, std::uint32_t phi) { return activations::recognized(b.program().activations[phi]); }

Form mean(ir::Builder& b, std::uint32_t phi, int order, ir::Value q) {
  const auto f = parts(b, phi);
  const auto value = f ? activations::expectation(b, *f, order, q) : std::nullopt;
  return value ? Form(value->v) : std::nullopt;
}

Form dual(ir::Builder& b, std::uint32_t phi, std::uint32_t psi, int order_phi, int order_psi, const Covariance& k) {
  const auto f = parts(b, phi), g = phi == psi ? f : parts(b, psi);
  const auto value = f && g ? activations::expectation(b, *f, order_phi, *g, order_psi, k) : std::nullopt;
  return value ? Form(value->v) : std::nullopt;
}

Form distance(ir::Builder& b, std::uint32_t phi, const Covariance& k) {
  const auto f = parts(b, phi);
  const auto value = f ? activations::sum_distance(b, *f, k) : std::nullopt;
  return value ? Form(value->v) : std::nullopt;
}

Form gram(ir::Builder& b, std::uint32_t phi, const Covariance& k) {
  const auto f = parts(b, phi);
  const auto value = f ? activations::sum_gram(b, *f, k) : std::nullopt;
  return value ? Form(value->v) : std::nullopt;
}

// What cancels times the rounding of a part.
std::optional<Bound> bound(const graph::ActivationUse& use, double) {
  const auto f = activations::recognized(use);
  return f ? std::optional(Bound{2e-15 * activations::cancellation(*f)}) : std::nullopt;
}

}  // namespace

extern const DualMethod recognized_method;
const DualMethod recognized_method = {"closed form of its parts", mean, dual, distance, gram, bound, 0};

}  // namespace ntkc::passes
