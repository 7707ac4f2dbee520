#include "driver/tolerance.hpp"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <cmath>
#include <set>

#include "ir/live.hpp"
#include "passes/duals.hpp"

namespace ntkc::driver {
namespace {

using graph::ActivationUse;

// What is known of an expectation whose error may be more than the tolerance. Infinite: nothing, or not up to |rho| = 1.
struct Off {
  double error = std::numeric_limits<double>::infinity();
  std::string range = {};  // of variances
};
struct Pair {
  const ActivationUse *phi, *psi;
  std::optional<Off> off = {};
  double reachable = 0;  // a tolerance that is kept; infinite: none
};

// Each once. Of independent arguments there are means only.
std::vector<Pair> pairs(const ir::Program& program) {
  const std::vector<bool> live = ir::live(program);
  std::set<std::pair<std::uint32_t, std::uint32_t>> seen;
  std::vector<Pair> out;
  for (ir::Value v = 0; v < program.nodes.size(); ++v) {
    const ir::Node& node = program.nodes[v];
    if (!live[v] || node.op != ir::Op::dual) continue;
    const ir::Node& covariance = program.nodes[node.operands[2]];
    if (covariance.op == ir::Op::constant && covariance.number == numeric::Number(0)) continue;
    if (seen.insert(std::minmax(node.phi, node.psi)).second)
      out.push_back({&program.activations[node.phi], &program.activations[node.psi]});
  }
  return out;
}

std::optional<Off> off(const Pair& pair, double tolerance, const expr::ParamValues& params) {
  const ActivationUse &phi = *pair.phi, &psi = *pair.psi;
  if (passes::is_kept(phi, psi, tolerance, params)) return std::nullopt;
  Off out;
  const auto bound = &phi == &psi ? passes::bound_of(phi, tolerance, params) : passes::bound_of(phi, psi, tolerance, params);
  if (bound && bound->largest_correlation == 1) {
    out.error = std::max(passes::kReachable, bound->error);
    if (std::isfinite(bound->largest_variance))
      out.range = fmt::format(", for variances from {:.3g} to {:.3g}", bound->smallest_variance, bound->largest_variance);
  }
  return out.error > tolerance ? std::optional(out) : std::nullopt;
}

// The next number of two digits.
double rounded_up(double x) {
  const double unit = std::pow(10.0, std::floor(std::log10(x)) - 1);
  for (double up = std::ceil(x / unit) * unit;; up += unit)
    if (const double told = std::stod(fmt::format("{:.1e}", up)); told >= x) return told;
}

void judge(Pair& pair, double tolerance, const expr::ParamValues& params) {
  pair.off = off(pair, tolerance, params);
  for (auto next = pair.off; next; next = off(pair, pair.reachable, params)) {
    pair.reachable = next->error;
    if (std::isinf(pair.reachable)) return;
    pair.reachable = rounded_up(pair.reachable);
  }
}

void report(const graph::Network& network, const Pair& pair, double tolerance, double reachable, Diagnostics& diagnostics) {
  const auto span = [&](const ActivationUse& use) {
    for (const graph::Node& node : network.nodes)
      if (node.activation && node.activation->name == use.name && node.activation->phi == use.phi) return node.span;
    return network.span;
  };
  const bool one = pair.phi == pair.psi;
  const std::string names = one ? fmt::format("`{}`", pair.phi->name) : fmt::format("`{}` with `{}`", pair.phi->name, pair.psi->name);
  const bool known = std::isfinite(pair.off->error);
  Diagnostic& refused = known ? diagnostics.report(Code::tolerance_not_kept, span(*pair.phi), names, tolerance,
                                                   fmt::format("{:.1e}", rounded_up(pair.off->error)) + pair.off->range)
                              : diagnostics.report(Code::tolerance_not_known, span(*pair.phi), names);
  refused.suggest(std::isinf(reachable) ? "`--tolerance=none` promises nothing and accepts it"
                                        : fmt::format("`--tolerance={:.1e}` is kept", reachable));
}

}  // namespace

void check_tolerance(Compilation& c) {
  std::vector<std::vector<Pair>> of_networks;
  double reachable = 0;
  for (const ir::Program& program : c.lowered) {
    expr::ParamValues params;
    for (const auto& p : program.params) params[p.name] = p.value;
    std::vector<Pair>& all = of_networks.emplace_back(pairs(program));
    tbb::parallel_for(std::size_t(0), all.size(), [&](std::size_t k) { judge(all[k], program.tolerance, params); });
    for (const Pair& pair : all) reachable = std::max(reachable, pair.reachable);
  }
  for (std::size_t i = 0; i < c.lowered.size(); ++i)
    for (const Pair& pair : of_networks[i])
      if (pair.off) report(c.graphs[i], pair, c.lowered[i].tolerance, reachable, c.diagnostics);
}

}  // namespace ntkc::driver
