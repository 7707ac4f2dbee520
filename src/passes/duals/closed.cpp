// The closed form of the activation's own file.
#include "activations/parts.hpp"
#include "passes/duals.hpp"

namespace ntkc::passes {
namespace {

using Covariance = ir::Builder::Covariance;

// The activation's row with a closed form, and its arguments; of a defined activation those of the built-in one that it equals.
struct Form {
  const activations::Closed* closed = nullptr;
  graph::Args args;
  std::optional<expr::Expr> (*largest_variance)(const graph::Args&) = nullptr;
};

Form form(graph::ActivationUse use) {
  if (!use.built_in) {
    const auto parts = activations::recognized(use);
    auto same = parts ? activations::as_built_in(*parts) : std::nullopt;
    if (!same) return {};
    use = std::move(*same);
  }
  const activations::Activation* row = activations::find(use.name);
  return row && row->closed ? Form{&*row->closed, use.args, row->largest_variance} : Form{};
}

Form form(ir::Builder& b, std::uint32_t phi) { return form(b.program().activations[phi]); }

std::optional<ir::Value> mean(ir::Builder& b, std::uint32_t phi, int order, ir::Value q) {
  const Form f = form(b, phi);
  return f.closed && f.closed->mean ? f.closed->mean(b, f.args, q, order) : std::nullopt;
}

std::optional<ir::Value> dual(ir::Builder& b, std::uint32_t phi, std::uint32_t psi, int order_phi, int order_psi, const Covariance& k) {
  if (phi != psi) return std::nullopt;
  const Form f = form(b, phi);
  return f.closed && f.closed->dual ? f.closed->dual(b, f.args, k, order_phi, order_psi) : std::nullopt;
}

std::optional<ir::Value> distance(ir::Builder& b, std::uint32_t phi, const Covariance& k) {
  const Form f = form(b, phi);
  return f.closed && f.closed->distance ? f.closed->distance(b, f.args, k) : std::nullopt;
}

std::optional<ir::Value> gram(ir::Builder& b, std::uint32_t phi, const Covariance& k) {
  const Form f = form(b, phi);
  return f.closed && f.closed->gram ? f.closed->gram(b, f.args, k) : std::nullopt;
}

std::optional<Bound> bound(const graph::ActivationUse& use, double) {
  const Form f = form(use);
  if (!f.closed) return std::nullopt;
  Bound made{f.closed->error};
  if (const auto most = f.largest_variance ? f.largest_variance(f.args) : std::nullopt) {
    if (!most->is_constant()) return std::nullopt;
    made.largest_variance = most->value().to_double() / 2;  // beyond it moments lose digits on their way to infinity
  }
  return made;
}

}  // namespace

extern const DualMethod closed_method;
const DualMethod closed_method = {"closed form", mean, dual, distance, gram, bound, 0};

}  // namespace ntkc::passes
