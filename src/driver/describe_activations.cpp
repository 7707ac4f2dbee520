// Facts about activations and the phase of a network, by quadrature in double: they are for reading, no kernel depends on them.
#include <tbb/parallel_for.h>

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>
#include <map>

#include "activations/activation.hpp"
#include "driver/describe.hpp"
#include "expr/even_odd.hpp"
#include "ir/live.hpp"

namespace ntkc::driver {
expr::ParamValues values(const graph::Network& network) {
  expr::ParamValues v;
  for (const auto& param : network.params) v[param.name] = param.value;
  return v;
}

std::vector<double> break_places(const expr::Expr& phi, const expr::ParamValues& params) {
  const expr::Breaks breaks = expr::breaks(phi);
  std::vector<double> at;
  for (const auto* list : {&breaks.kinks, &breaks.jumps})
    for (const auto& e : *list) at.push_back(expr::evaluate(e, 0, params));
  return at;
}

// Gauss-Legendre on panels of one standard deviation, cut at the breaks; beyond ten of them nothing is left.
double second_moment(const expr::Expr& f, const std::vector<double>& breaks, double q, const expr::ParamValues& params) {
  std::vector<double> cuts;
  for (int i = -10; i <= 10; ++i) cuts.push_back(i);
  for (const double b : breaks)
    if (const double z = b / std::sqrt(q); std::abs(z) < 10) cuts.push_back(z);
  std::sort(cuts.begin(), cuts.end());
  const auto integrand = [&](double z) {
    const double y = expr::evaluate(f, std::sqrt(q) * z, params);
    return y * y * std::exp(-z * z / 2) / std::sqrt(2 * M_PI);
  };
  double sum = 0;
  for (std::size_t i = 1; i < cuts.size(); ++i)
    if (cuts[i] > cuts[i - 1]) sum += boost::math::quadrature::gauss<double, 15>::integrate(integrand, cuts[i - 1], cuts[i]);
  return sum;
}

std::string spelled(const graph::ActivationUse& use) {
  std::string args;
  for (const auto& [name, value] : use.args)
    if (const auto* e = std::get_if<expr::Expr>(&value.value); value.given && e)
      args += fmt::format("{}{} = {}", args.empty() ? "" : ", ", name,
                          e->is_constant() ? fmt::format("{}", e->value().to_double()) : expr::to_text(*e));
    else if (const auto* n = std::get_if<std::int64_t>(&value.value); value.given && n)
      args += fmt::format("{}{} = {}", args.empty() ? "" : ", ", name, *n);
  return args.empty() ? use.name : use.name + "(" + args + ")";
}

namespace {

constexpr const char* kClosedForm = "closed form";

std::string series(bool polynomials) {
  return fmt::format(
      "Hermite series of up to {} terms, where their tail is too large {}", passes::kHermiteTerms,
      polynomials ? "conditional expectations in closed form" : "octaves of further degrees or quadrature split at the kinks");
}

// Of expectations of two activations, or one: series and quadratures that are left in the optimised program have no closed form.
std::string method(const ir::Program& program, const graph::ActivationUse& f, const graph::ActivationUse& g) {
  const auto is = [&](std::uint32_t i, const expr::Expr& phi) { return program.activations[i].phi == phi; };
  const auto by_series = [&](const expr::Expr& phi, const expr::Expr& psi) {
    return std::ranges::any_of(program.nodes, [&](const ir::Node& n) {
      return n.op == ir::Op::dual_quadrature && ((is(n.phi, phi) && is(n.psi, psi)) || (is(n.phi, psi) && is(n.psi, phi)));
    });
  };
  const auto text = [&](const expr::Expr& phi, const expr::Expr& psi) {
    return series(expr::is_piecewise_polynomial(phi) && expr::is_piecewise_polynomial(psi));
  };
  if (by_series(f.phi, g.phi)) return text(f.phi, g.phi);
  const auto left = expr::even_and_odd(f.phi), right = expr::even_and_odd(g.phi);
  if (left && right && by_series(left->even, right->even)) return "odd part in closed form, even part: " + text(left->even, right->even);
  if (left && right && by_series(left->odd, right->odd)) return "even part in closed form, odd part: " + text(left->odd, right->odd);
  const auto by_quadrature = [&](const expr::Expr& phi) {
    return std::ranges::any_of(program.nodes, [&](const ir::Node& n) { return n.op == ir::Op::mean_quadrature && is(n.phi, phi); });
  };
  bool mean = by_quadrature(f.phi) || by_quadrature(g.phi);
  for (const auto& parts : {left, right}) mean = mean || (parts && (by_quadrature(parts->even) || by_quadrature(parts->odd)));
  return mean ? "quadrature split at the kinks" : kClosedForm;
}

}  // namespace

const char* Phase::name() const {
  constexpr double kCritical = 1e-6;
  return std::abs(chi1 - 1) < kCritical ? "critical" : chi1 < 1 ? "ordered" : "chaotic";
}

std::vector<ActivationFacts> activation_facts(const Compilation& c, std::size_t i, bool bounds) {
  const graph::Network& network = c.graphs[i];
  const auto params = values(network);
  std::vector<ActivationFacts> list;
  std::vector<const graph::ActivationUse*> uses;
  for (const graph::Node& node : network.nodes) {
    if (!node.activation) continue;
    ActivationFacts f;
    f.use = spelled(*node.activation);
    if (std::any_of(list.begin(), list.end(), [&](const ActivationFacts& other) { return other.use == f.use; })) continue;
    const auto* row = node.activation->built_in ? activations::find(node.activation->name) : nullptr;
    if (row) {
      f.formula = row->doc;
      f.source = row->reference;
    }
    const bool function = !row || !row->kernel_only;
    if (function) {
      if (f.formula.empty()) f.formula = expr::to_text(node.activation->phi);
      const expr::Breaks breaks = expr::breaks(node.activation->phi);
      constexpr double kShown = 10;
      f.endless = breaks.endless;
      const auto show = [&](const std::vector<expr::Expr>& places, std::vector<std::string>& out) {
        for (const expr::Expr& place : places)
          if (const double x = expr::evaluate(place, 0, params); !f.endless || std::abs(x) <= kShown)
            out.push_back(fmt::format("{:.6g}", x + 0.0));
      };
      show(breaks.kinks, f.kinks), show(breaks.jumps, f.jumps);
    }
    f.method = method(c.optimized[i], *node.activation, *node.activation);
    f.has_params = !expr::params_of(node.activation->phi).empty();
    list.push_back(std::move(f)), uses.push_back(&*node.activation);
  }
  if (!bounds) return list;
  tbb::parallel_for(std::size_t(0), list.size(), [&](std::size_t k) {
    const auto* row = uses[k]->built_in ? activations::find(uses[k]->name) : nullptr;
    if (!row || !row->kernel_only) list[k].lipschitz = expr::lipschitz(uses[k]->phi, params);
    list[k].error = passes::bound_of(*uses[k], c.optimized[i].tolerance, params);
  });
  return list;
}

std::vector<PairFacts> pair_facts(const Compilation& c, std::size_t i, bool bounds) {
  const ir::Program& program = c.lowered[i];
  const std::vector<bool> live = ir::live(program);
  const auto params = values(c.graphs[i]);
  std::vector<PairFacts> list;
  for (ir::Value v = 0; v < program.nodes.size(); ++v) {
    const ir::Node& node = program.nodes[v];
    if (!live[v] || node.op != ir::Op::dual || node.phi == node.psi) continue;
    const graph::ActivationUse &phi = program.activations[node.phi], &psi = program.activations[node.psi];
    PairFacts f{spelled(phi), spelled(psi), method(c.optimized[i], phi, psi), false, {}};
    if (f.psi < f.phi) std::swap(f.phi, f.psi);
    if (std::ranges::any_of(list, [&](const PairFacts& other) { return other.phi == f.phi && other.psi == f.psi; })) continue;
    if (f.method == kClosedForm) continue;
    f.has_params = !expr::params_of(phi.phi).empty() || !expr::params_of(psi.phi).empty();
    if (bounds) f.error = passes::bound_of(phi, psi, program.tolerance, params);
    list.push_back(std::move(f));
  }
  return list;
}

std::optional<Phase> phase(const graph::Network& network) {
  const auto params = values(network);
  for (auto node = network.nodes.rbegin(); node != network.nodes.rend(); ++node) {
    if (!node->activation) continue;
    const auto* row = node->activation->built_in ? activations::find(node->activation->name) : nullptr;
    const graph::Node& before = network.nodes[node->inputs[0]];
    if ((row && row->kernel_only) || before.kind != "dense") continue;
    const bool fixed = std::ranges::all_of(before.args, [&](const auto& arg) {
      const auto* e = std::get_if<expr::Expr>(&arg.second.value);
      return !e || std::ranges::all_of(expr::params_of(*e), [&](const std::string& name) { return params.contains(name); });
    });
    if (!fixed) return std::nullopt;  // a size of the data
    const auto argument = [&](const char* name) { return expr::evaluate(before.args.at(name).real(), 0, params); };
    const double weights = std::pow(argument("sigma_w"), 2), bias = std::pow(argument("sigma_b"), 2);
    const expr::Expr& phi = node->activation->phi;
    const auto breaks = break_places(phi, params);
    Phase p;
    p.activation = spelled(*node->activation);
    p.q = weights + bias;
    for (int round = 0; round < 1000 && !p.fixed_point && p.q > 0 && std::isfinite(p.q); ++round) {
      const double next = weights * second_moment(phi, breaks, p.q, params) + bias;
      p.fixed_point = std::abs(next - p.q) <= 1e-12 * p.q;
      p.q = next;
    }
    if (!(p.q > 0) || !std::isfinite(p.q)) return std::nullopt;
    p.chi1 = weights * second_moment(expr::derivative(phi), breaks, p.q, params);
    return p;
  }
  return std::nullopt;
}

}  // namespace ntkc::driver
