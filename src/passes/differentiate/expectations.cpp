// Tangents of expectations that are integrated: expectations of other functions. With u = s z and l = d log s,
//   d E[f(u)] = l E[u f'(u)], where f jumps l (E[u^2 f(u)] / q - E[f(u)]),
//   d E[f(u) g(v)] = l1 E[u f'(u) g(v)] + l2 E[f(u) v g'(v)] + E[f'(u) g'(v)] (dc - c (l1 + l2)),
// the last by Price 1958. Nothing in them grows near rho = +-1 or at small variances.
#include <fmt/format.h>

#include <stdexcept>

#include "passes/differentiate.hpp"
#include "passes/differentiate/tangents.hpp"

namespace ntkc::passes {
namespace {

using expr::Expr;
using expr::Function;
using graph::ActivationUse;
using ir::Num;
using ir::Value;

ActivationUse defined(std::string name, const Expr& phi) { return {std::move(name), false, {}, simplify(phi)}; }

// phi differentiated so many times.
ActivationUse slope_of(const ActivationUse& use, int order = 1) {
  if (order == 0) return use;
  std::string name = use.name;
  for (int i = 0; i < order; ++i) name += "_slope";
  return defined(name, derivative(use.phi, order));
}

// x f'(x)
ActivationUse stretched(const ActivationUse& f) { return defined("x_" + f.name + "_slope", Expr::variable() * derivative(f.phi)); }

bool is_continuous(const ActivationUse& f) { return expr::is_continuous(expr::breaks(f.phi)); }
bool is_smooth(const ActivationUse& f) { return is_continuous(f) && expr::breaks(f.phi).kinks.empty(); }

bool is_same(const ir::Builder& b, const ir::Builder::Covariance& k) {
  return k.q1 == k.q2 && k.q1 == k.c && b.is_constant(k.distance, 0) && b.is_constant(k.gram, 0);
}

Num less(Num x, Num y) { return apply(Function::less, x, y); }
Num select(Num condition, Num yes, Num no) { return {yes.b, yes.b->call(Function::select, {condition.v, yes.v, no.v})}; }

}  // namespace

Num Tangents::half_log(Num q) { return select(less(zero(), q), tangent(q.v) / (2.0 * q), zero()); }

// `value` beside q > 0; at q = 0 its limit for smooth f, (f''(0) / 2) dq times the rest.
Num Tangents::from_zero(Num q, Num value, const ActivationUse& f, Num rest) {
  if (!is_smooth(f)) return value;
  const Num limit = 0.5 * num(b_, b_.expression(simplify(substitute(derivative(f.phi, 2), 0)))) * tangent(q.v) * rest;
  return select(less(zero(), q), value, limit);
}

Num Tangents::of_mean(const ActivationUse& f, Num q) {
  if (vanishes(tangent(q.v))) return zero();
  const auto mean = [&](const ActivationUse& g) { return num(b_, b_.mean(b_.activation(g), 0, q.v)); };
  if (is_continuous(f)) return from_zero(q, half_log(q) * mean(stretched(f)), f, num(b_, b_.constant(1)));
  const Expr x = Expr::variable();
  const ActivationUse square = defined("x_x_" + f.name, x * x * f.phi);
  return select(less(zero(), q), half_log(q) * (mean(square) / q - mean(f)), zero());
}

Num Tangents::of_mean(std::uint32_t phi, int order, Num q) {
  const ActivationUse use = b_.program().activations[phi], f = slope_of(use, order);
  Num total = of_mean(f, q);
  if (!expr::params_of(use.phi).contains(param_)) return total;
  if (order > 0 && !is_continuous(f)) throw NoDerivative{fmt::format("the slope of `{}` jumps where the param says", use.name)};
  const std::uint32_t by = b_.activation(defined(fmt::format("{}_by_{}", use.name, param_), derivative_by(use.phi, param_)));
  return total + num(b_, b_.mean(by, order, q.v));
}

// What changes because the activations themselves do.
Num Tangents::of_params(std::uint32_t phi, std::uint32_t psi, int order_phi, int order_psi, const ir::Builder::Covariance& k) {
  const auto by = [&](std::uint32_t which, int order) -> std::optional<std::uint32_t> {
    const ActivationUse use = b_.program().activations[which];
    if (!expr::params_of(use.phi).contains(param_)) return std::nullopt;
    if (order > 0 && !is_continuous(slope_of(use, order)))
      throw NoDerivative{fmt::format("the slope of `{}` jumps where the param says", use.name)};
    return b_.activation(defined(fmt::format("{}_by_{}", use.name, param_), derivative_by(use.phi, param_)));
  };
  Num total = zero();
  if (const auto f = by(phi, order_phi)) total = total + num(b_, b_.dual(*f, psi, order_phi, order_psi, k));
  if (const auto g = by(psi, order_psi)) total = total + num(b_, b_.dual(phi, *g, order_phi, order_psi, k));
  return total;
}

Num Tangents::of_dual(Value v) {
  const ir::Node node = b_.node(v);
  const ir::Builder::Covariance k{node.operands[0], node.operands[1], node.operands[2], node.operands[3], node.operands[4]};
  const ActivationUse f = slope_of(b_.program().activations[node.phi], node.order_phi),
                      g = slope_of(b_.program().activations[node.psi], node.order_psi);
  const Num by_params = of_params(node.phi, node.psi, node.order_phi, node.order_psi, k);
  const Num q1 = num(b_, k.q1), q2 = num(b_, k.q2), c = num(b_, k.c);
  if (is_same(b_, k)) return by_params + of_mean(defined(fmt::format("{}_{}", f.name, g.name), f.phi * g.phi), q1);
  const Num l1 = vanishes(tangent(k.q1)) ? zero() : half_log(q1), l2 = vanishes(tangent(k.q2)) ? zero() : half_log(q2);
  const Num turn = tangent(k.c) - c * (l1 + l2);
  const auto dual = [&](const ActivationUse& a, const ActivationUse& b, int order) {
    return num(b_, b_.dual(b_.activation(a), b_.activation(b), order, order, k));
  };
  const auto mean = [&](std::uint32_t phi, int order, Num q) { return num(b_, b_.mean(phi, order, q.v)); };
  Num total = by_params;
  if (!vanishes(l1)) total = total + from_zero(q1, l1 * dual(stretched(f), g, 0), f, mean(node.psi, node.order_psi, q2));
  if (!vanishes(l2)) total = total + from_zero(q2, l2 * dual(f, stretched(g), 0), g, mean(node.phi, node.order_phi, q1));
  if (vanishes(turn)) return total;
  for (const ActivationUse* side : {&f, &g})
    if (!is_continuous(*side))
      throw NoDerivative{fmt::format("`{}` jumps, and its expectation over a pair has no closed form", side->name)};
  return total + dual(f, g, 1) * turn;
}

// s1 s2 d rho = dc - c (l1 + l2); for c > 0 from the distance and the determinant, which are carried: what vanishes near rho = 1 keeps its
// digits there.
Num Tangents::turn(const ir::Builder::Covariance& k, Num l1, Num l2) {
  const Num q1 = num(b_, k.q1), q2 = num(b_, k.q2), c = num(b_, k.c), s1 = sqrt(q1), s2 = sqrt(q2);
  const Num near = num(b_, k.gram) / (s1 * s2 + c) * (l1 + l2) + (s1 - s2) * (s1 * l1 - s2 * l2) - 0.5 * tangent(k.distance);
  return select(less(zero(), c), near, tangent(k.c) - c * (l1 + l2));
}

// E[(phi(u) - phi(v))^2]. With g(x) = x phi'(x), l and m half the sum and the difference of l1 and l2:
//   2 l E[(phi(u) - phi(v)) (g(u) - g(v))] + 2 m E[(phi(u) - phi(v)) (g(u) + g(v))] - 2 E[phi'(u) phi'(v)] s1 s2 d rho,
// the first from the distances of phi + g, phi and g, the second a product of two small numbers. Functions that jump, and determinants of
// theirs, by the three covariances.
Num Tangents::of_distance(Value v) {
  const ir::Node node = b_.node(v);
  const ir::Builder::Covariance k{node.operands[0], node.operands[1], node.operands[2], node.operands[3], node.operands[4]};
  const ActivationUse f = b_.program().activations[node.phi];
  const Value none = b_.constant(0);
  const ir::Builder::Covariance first{k.q1, k.q1, k.q1, none, none}, second{k.q2, k.q2, k.q2, none, none};
  Num total = zero();
  if (node.op == ir::Op::dual_distance && is_continuous(f) && !expr::params_of(f.phi).contains(param_)) {
    const ActivationUse g = stretched(f);
    const std::uint32_t phi = node.phi, chi = b_.activation(g), both = b_.activation(defined(f.name + "_and_" + g.name, f.phi + g.phi));
    const auto distance = [&](std::uint32_t of) { return num(b_, b_.dual_distance(of, k)); };
    const auto dual = [&](std::uint32_t x, std::uint32_t y, const ir::Builder::Covariance& at) { return num(b_, b_.dual(x, y, 0, 0, at)); };
    const Num l1 = half_log(num(b_, k.q1)), l2 = half_log(num(b_, k.q2));
    const Num along = 0.5 * (l1 + l2) * (distance(both) - distance(phi) - distance(chi));
    const Num across = (l1 - l2) * (dual(phi, chi, first) - dual(phi, chi, second) + dual(phi, chi, k) - dual(chi, phi, k));
    total = along + across - 2.0 * num(b_, b_.dual(phi, phi, 1, 1, k)) * turn(k, l1, l2);
  } else {
    const auto moment = [&](const ir::Builder::Covariance& at) { return num(b_, known_dual(b_, node.phi, node.phi, 0, 0, at)); };
    const Num uu = moment(first), vv = moment(second), uv = moment(k), d_uu = tangent(uu.v), d_vv = tangent(vv.v), d_uv = tangent(uv.v);
    total = node.op == ir::Op::dual_gram ? d_uu * vv + uu * d_vv - 2.0 * uv * d_uv : d_uu + d_vv - 2.0 * d_uv;
  }
  return select(less(zero(), num(b_, k.distance)), total, zero());
}

}  // namespace ntkc::passes
