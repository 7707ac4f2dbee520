// Even and odd parts: f = e + o has E[f(u) g(v)] = E[e(u) e'(v)] + E[o(u) o'(v)] and a distance that is the sum of two, since (-u, -v) is
// distributed as (u, v). One part of relu(x) + tanh(x) is |x| / 2, in closed form, the other smooth; a series of one parity goes twice as
// far. Errors relative to the roots of the second moments are no larger than those of the parts (Cauchy-Schwarz).
#include "expr/even_odd.hpp"
#include "passes/duals.hpp"

namespace ntkc::passes {
namespace {

using graph::ActivationUse;
using Covariance = ir::Builder::Covariance;
using Answer = std::optional<ir::Value>;

bool vanishes(const expr::Expr& e) { return e == expr::Expr(0); }

// Both parts, in this order; nullopt: it has none.
struct Uses {
  std::optional<ActivationUse> part[2];
};
std::optional<Uses> uses(const ActivationUse& use) {
  const auto parts = expr::even_and_odd(use.phi);
  if (!parts) return std::nullopt;
  Uses out;
  if (!vanishes(parts->even)) out.part[0] = ActivationUse{use.name + "_even", false, {}, parts->even};
  if (!vanishes(parts->odd)) out.part[1] = ActivationUse{use.name + "_odd", false, {}, parts->odd};
  if (!out.part[0] || !out.part[1]) out.part[out.part[0] ? 0 : 1] = use;
  return out;
}

// What is left of two activations. nullopt: as many series as before, or more.
struct Pairs {
  Uses f, g;
  bool has(int which) const { return f.part[which] && g.part[which]; }
};
std::optional<Pairs> pairs(const ActivationUse& phi, const ActivationUse& psi) {
  const auto f = uses(phi), g = phi.phi == psi.phi ? f : uses(psi);
  if (!f || !g) return std::nullopt;
  const Pairs out{*f, *g};
  int series = 0;
  for (const int which : {0, 1}) {
    if (!out.has(which)) continue;
    const ActivationUse &f_part = *out.f.part[which], &g_part = *out.g.part[which];
    if (f_part.phi == phi.phi && g_part.phi == psi.phi) return std::nullopt;  // of one parity both
    series += is_by_series(f_part, g_part);
  }
  return series < 2 ? std::optional(out) : std::nullopt;
}

const ActivationUse& use(ir::Builder& b, std::uint32_t phi) { return b.program().activations[phi]; }

Answer mean(ir::Builder& b, std::uint32_t phi, int order, ir::Value q) {
  const auto split = pairs(use(b, phi), use(b, phi));
  return split ? Answer(choose_mean(b, b.activation(*split->f.part[order % 2]), order, q)) : std::nullopt;
}

// The sum over both parts of of_part(phi's, psi's).
template <class F>
ir::Value sum(ir::Builder& b, const Pairs& split, const F& of_part) {
  Answer out;
  for (const int which : {0, 1}) {
    if (!split.has(which)) continue;
    const ir::Value part = of_part(b.activation(*split.f.part[which]), b.activation(*split.g.part[which]));
    out = out ? b.call(expr::Function::add, {*out, part}) : part;
  }
  return out ? *out : b.constant(0);
}

Answer dual(ir::Builder& b, std::uint32_t phi, std::uint32_t psi, int order_phi, int order_psi, const Covariance& k) {
  if ((order_phi + order_psi) % 2 == 1) return std::nullopt;
  const auto split = pairs(use(b, phi), use(b, psi));
  if (!split) return std::nullopt;
  return sum(b, *split, [&](std::uint32_t f, std::uint32_t g) { return choose_dual(b, f, g, order_phi, order_psi, k); });
}

Answer distance(ir::Builder& b, std::uint32_t phi, const Covariance& k) {
  const auto split = pairs(use(b, phi), use(b, phi));
  if (!split) return std::nullopt;
  return sum(b, *split, [&](std::uint32_t f, std::uint32_t) { return choose_distance(b, f, k); });
}

std::optional<Bound> bound_of_two(const ActivationUse& phi, const ActivationUse& psi, double tolerance) {
  const auto split = pairs(phi, psi);
  if (!split) return std::nullopt;
  std::optional<Bound> out;
  for (const int which : {0, 1}) {
    if (!split->has(which)) continue;
    const ActivationUse &f = *split->f.part[which], &g = *split->g.part[which];
    const auto part = f.phi == g.phi ? bound_of(f, tolerance) : bound_of(f, g, tolerance);
    if (!part) return std::nullopt;
    out = out ? of_both(*out, *part) : *part;
  }
  return out.value_or(Bound{.proved = true});  // an even function and an odd one
}
bool keeps(const ActivationUse& phi, const ActivationUse& psi, double tolerance) {
  const auto split = pairs(phi, psi);
  const auto kept = [&](int which) { return !split->has(which) || is_kept(*split->f.part[which], *split->g.part[which], tolerance); };
  return split && kept(0) && kept(1);
}
std::optional<Bound> bound(const ActivationUse& use, double tolerance) { return bound_of_two(use, use, tolerance); }

}  // namespace

extern const DualMethod split_method;
const DualMethod split_method = {"even and odd part", mean, dual, distance, nullptr, bound, 0, bound_of_two, keeps};

}  // namespace ntkc::passes
