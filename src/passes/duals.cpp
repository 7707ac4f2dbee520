// Every expectation is replaced by the way to evaluate it.
#include "passes/duals.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <tuple>

#include "ir/live.hpp"
#include "passes/pass.hpp"
#include "passes/rewrite.hpp"

namespace ntkc::passes {

#define NTK_DUALS(name) extern const DualMethod name##_method;
#include "passes/duals.def"
#undef NTK_DUALS

std::span<const DualMethod> dual_methods() {
  static const DualMethod rows[] = {
#define NTK_DUALS(name) name##_method,
#include "passes/duals.def"
#undef NTK_DUALS
  };
  return rows;
}

namespace {

using ir::Op;
using ir::Value;

// The first method for which ask(method) has an answer.
template <class Ask>
auto first(Ask ask) {
  for (const DualMethod& method : dual_methods())
    if (const auto answer = ask(method)) return std::pair(&method, *answer);
  throw std::logic_error("duals: no method has an answer");
}

std::optional<Value> hook(Rewriter& r, Value v) {
  const ir::Node& node = r.node(v);
  ir::Builder& b = r.build();
  switch (node.op) {
    case Op::mean:
      return choose_mean(b, r.activation(node.phi), node.order_phi, r.operand(v, 0));
    case Op::dual:
      return choose_dual(b, r.activation(node.phi), r.activation(node.psi), node.order_phi, node.order_psi, r.covariance(v));
    case Op::dual_distance:
      return choose_distance(b, r.activation(node.phi), r.covariance(v));
    case Op::dual_gram:
      return choose_gram(b, r.activation(node.phi), r.covariance(v));
    default:
      return std::nullopt;
  }
}

ir::Program run(const ir::Program& program) { return Rewriter(program).run(hook); }

// Of E[phi(u) psi(v)].
const DualMethod& method_of(const graph::ActivationUse& phi, const graph::ActivationUse& psi) {
  ir::Program scratch;
  ir::Builder b(scratch);
  const std::uint32_t f = b.activation(phi), g = b.activation(psi);
  const ir::Builder::Covariance k{b.param("q1"), b.param("q2"), b.param("c"), b.param("distance"), b.param("gram")};
  return *first([&](const DualMethod& m) { return m.dual(b, f, g, 0, 0, k); }).first;
}

graph::ActivationUse at_values(graph::ActivationUse use, const expr::ParamValues& params) {
  std::map<std::string, expr::Expr> values;
  for (const auto& [name, value] : params) values.emplace(name, expr::Expr(value));
  use.phi = expr::simplify(expr::substitute_params(use.phi, values));
  for (auto& [name, argument] : use.args)
    if (auto* real = std::get_if<expr::Expr>(&argument.value)) *real = expr::simplify(expr::substitute_params(*real, values));
  return use;
}

}  // namespace

Value choose_mean(ir::Builder& b, std::uint32_t phi, int order, Value q) {
  return first([&](const DualMethod& m) { return m.mean ? m.mean(b, phi, order, q) : std::nullopt; }).second;
}

Value choose_dual(ir::Builder& b, std::uint32_t phi, std::uint32_t psi, int order_phi, int order_psi, const ir::Builder::Covariance& k) {
  if (b.is_constant(k.c, 0) && phi != psi)
    return b.call(expr::Function::mul, {choose_mean(b, phi, order_phi, k.q1), choose_mean(b, psi, order_psi, k.q2)});
  return first([&](const DualMethod& m) { return m.dual(b, phi, psi, order_phi, order_psi, k); }).second;
}

Value choose_distance(ir::Builder& b, std::uint32_t phi, const ir::Builder::Covariance& k) {
  return first([&](const DualMethod& m) { return m.distance ? m.distance(b, phi, k) : std::nullopt; }).second;
}

Value choose_gram(ir::Builder& b, std::uint32_t phi, const ir::Builder::Covariance& k) {
  return first([&](const DualMethod& m) { return m.gram ? m.gram(b, phi, k) : std::nullopt; }).second;
}

Bound of_both(const Bound& a, const Bound& b) {
  const auto reach = [](const Bound& x) { return std::max(x.largest_variance, x.far_variance); };
  const auto far = [](const Bound& x) { return x.far_variance > 0 ? x.far_error : x.error; };
  Bound out{.error = std::max(a.error, b.error),
            .largest_variance = std::min(a.largest_variance, b.largest_variance),
            .largest_correlation = std::min(a.largest_correlation, b.largest_correlation),
            .proved = a.proved || b.proved,  // closed forms beside series are measured
            .far_correlation = std::min(a.far_correlation, b.far_correlation),
            .smallest_variance = std::max(a.smallest_variance, b.smallest_variance)};
  if (const double further = std::min(reach(a), reach(b)); further > out.largest_variance)
    out.far_error = std::max(far(a), far(b)), out.far_variance = further;
  return out;
}

bool is_by_series(const graph::ActivationUse& phi, const graph::ActivationUse& psi) { return method_of(phi, psi).terms > 0; }

std::optional<Bound> bound_of(const graph::ActivationUse& use, double tolerance, const expr::ParamValues& params) {
  return method_of(use, use).bound(at_values(use, params), tolerance);
}

std::optional<Bound> bound_of(const graph::ActivationUse& phi, const graph::ActivationUse& psi, double tolerance,
                              const expr::ParamValues& params) {
  const DualMethod& method = method_of(phi, psi);
  const graph::ActivationUse f = at_values(phi, params), g = at_values(psi, params);
  if (method.bound_of_two) return method.bound_of_two(f, g, tolerance);
  const auto a = bound_of(f, tolerance), b = bound_of(g, tolerance);  // a closed form of both is as exact as that of each
  if (!a || !b) return std::nullopt;
  return of_both(*a, *b);
}

bool is_kept(const graph::ActivationUse& phi, const graph::ActivationUse& psi, double tolerance, const expr::ParamValues& params) {
  const DualMethod& method = method_of(phi, psi);
  return !method.keeps || method.keeps(at_values(phi, params), at_values(psi, params), tolerance);
}

std::vector<MethodUse> methods(const ir::Program& program) {
  const std::vector<bool> live = ir::live(program);
  std::map<std::tuple<std::uint32_t, std::uint32_t, int, int, bool>, bool> told;
  std::vector<MethodUse> uses;
  for (Value v = 0; v < program.nodes.size(); ++v) {
    const ir::Node& node = program.nodes[v];
    if (!live[v] || (node.op != Op::mean && node.op != Op::dual)) continue;
    const bool two = node.op == Op::dual;
    if (!told.emplace(std::tuple(node.phi, node.psi, node.order_phi, node.order_psi, two), true).second) continue;
    ir::Program scratch;  // the choice may depend on what is constant, so the operands are kept apart
    scratch.activations = program.activations;
    ir::Builder b(scratch);
    const ir::Builder::Covariance k{b.param("q1"), b.param("q2"), b.param("c"), b.param("distance"), b.param("gram")};
    const DualMethod& method = *first([&](const DualMethod& m) {
                                  if (two) return m.dual(b, node.phi, node.psi, node.order_phi, node.order_psi, k);
                                  return m.mean ? m.mean(b, node.phi, node.order_phi, k.q1) : std::nullopt;
                                }).first;
    const graph::ActivationUse &phi = program.activations[node.phi], &psi = program.activations[node.psi];
    uses.push_back({phi.name, two ? psi.name : "", node.order_phi, node.order_psi, std::string(method.name), two ? method.terms : 0});
  }
  return uses;
}

extern const Pass duals_pass;
const Pass duals_pass = {"duals", "first: everything after it sees plain arithmetic", run};

}  // namespace ntkc::passes
