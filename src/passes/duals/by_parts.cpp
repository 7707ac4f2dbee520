// A line with another function: Gaussian integration by parts, E[(a u + b) psi(v)] = a c E[psi'(v)] + b E[psi(v)] (Stein 1981).
#include <algorithm>
#include <cmath>

#include "activations/forms.hpp"
#include "expr/piecewise.hpp"
#include "passes/duals.hpp"
#include "passes/duals/certificate.hpp"
#include "passes/duals/plane_side.hpp"

namespace ntkc::passes {
namespace {

using ir::num;
using Covariance = ir::Builder::Covariance;

// a x + b; nullopt: another function.
struct Line {
  expr::Expr a, b;
};
std::optional<Line> line(const expr::Expr& phi) {
  const auto f = expr::piecewise_linear(phi);
  return f && f->hinges.empty() ? std::optional(Line{f->slope, f->offset}) : std::nullopt;
}

std::optional<ir::Value> dual(ir::Builder& b, std::uint32_t phi, std::uint32_t psi, int order_phi, int order_psi, const Covariance& k) {
  if (phi == psi || order_phi != order_psi || order_phi > 1) return std::nullopt;
  const expr::Expr f = b.program().activations[phi].phi, g = b.program().activations[psi].phi;
  const auto u = line(f);
  if (!u) return line(g) ? dual(b, psi, phi, order_psi, order_phi, {k.q2, k.q1, k.c, k.distance, k.gram}) : std::nullopt;
  if (!expr::is_continuous(expr::breaks(g))) return std::nullopt;
  const ir::Num zero = num(b, b.constant(0));
  const auto times = [&](const expr::Expr& factor, int order) {
    return factor == expr::Expr(0) ? zero : activations::exact(b, factor) * num(b, choose_mean(b, psi, order, k.q2));
  };
  const ir::Num slope = times(u->a, 1);
  return (order_phi == 0 ? num(b, k.c) * slope + times(u->b, 0) : slope).v;
}

// What means by quadrature of psi and psi' are off by, relative to the roots of second moments.
struct MeanErrors {
  double value, slope;
};
std::optional<MeanErrors> errors_of_means(const Coefficients& psi, const SideScale& scale) {
  double error[2];
  for (const std::size_t order : {0, 1}) {
    const auto& f = order == 0 ? psi.f() : psi.slope();
    const auto cuts = ::ntk::quadrature::Panels(f, psi.breaks(), scale.s).cuts;
    std::vector<std::pair<double, double>> panels;
    for (std::size_t i = 0; i + 1 < cuts.size(); ++i) panels.emplace_back(cuts[i], cuts[i + 1]);
    const auto rule = panel_errors(psi.parts(), order == 0 ? &SmoothPart::f : &SmoothPart::slope, scale.s, panels, 0);
    if (!rule) return std::nullopt;
    const double sums = 0x1p-53 * static_cast<double>(panels.size() + ::ntk::quadrature::kNodes);
    const double gaps = Side(psi, order, INFINITY).gaps(scale.s);
    error[order] = (rule->coefficient + gaps) / scale.root[order] + scale.off[order] + scale.tail[order] + sums;
  }
  return MeanErrors{error[0], error[1]};
}

bool by_quadrature(const graph::ActivationUse& use, int order) {
  ir::Program scratch;
  ir::Builder b(scratch);
  return b.node(choose_mean(b, b.activation(use), order, b.param("q"))).op == ir::Op::mean_quadrature;
}

// E[u psi'(v)] has the root of q E[psi'^2] for its scale, which is some times that of E[psi^2].
std::optional<Bound> bound_of_two(const graph::ActivationUse& phi, const graph::ActivationUse& psi, double) {
  constexpr double kBetweenPlaces = 2, kWorthTelling = 1e-8, kClosed = 1e-13;  // the last: what tests hold closed forms to
  const auto first = line(phi.phi);
  const graph::ActivationUse& other = first ? psi : phi;
  const Line u = first ? *first : *line(psi.phi);
  const bool value = !(u.b == expr::Expr(0)) && by_quadrature(other, 0), slope = !(u.a == expr::Expr(0)) && by_quadrature(other, 1);
  if (!value && !slope) return Bound{kClosed};
  auto parts = smooth_parts(other.phi);
  if (!parts) return std::nullopt;
  const Coefficients f(other.phi, std::move(*parts), kHermiteTerms);
  Bound out{.error = kClosed, .largest_variance = 0, .proved = true};
  for (const double q : kVariances) {
    const auto scale = side_scale(f, std::sqrt(q));
    const auto errors = scale ? errors_of_means(f, *scale) : std::nullopt;
    if (!errors) break;
    const double times = std::max(1.0, scale->s * scale->root[1] / scale->root[0]);
    const double both = (value ? errors->value : 0.0) + (slope ? times * errors->slope : 0.0);
    if (!(both <= kWorthTelling)) break;
    out.error = std::max(out.error, kBetweenPlaces * both), out.largest_variance = q;
  }
  return out.largest_variance > 0 ? std::optional(out) : std::nullopt;
}

bool keeps(const graph::ActivationUse& phi, const graph::ActivationUse& psi, double tolerance) {
  const auto bound = bound_of_two(phi, psi, tolerance);
  return bound && bound->error <= tolerance && bound->largest_variance >= kNearVariance;
}

}  // namespace

extern const DualMethod by_parts_method;
const DualMethod by_parts_method = {"integration by parts", nullptr, dual, nullptr, nullptr, nullptr, 0, bound_of_two, keeps};

}  // namespace ntkc::passes
