// Errors of expectations through the layers, to first order. A node's covariance has two: r of its correlation, q (relative) of its
// variances. With u = s z, v of correlation rho and all moments at the variances before an activation,
//   d kappa / d rho = s s' kappa-dot <= s s' sqrt(E[phi'(u)^2] E[phi'(v)^2]),   d kappa / d log s = E[u phi'(u) phi(v)],
// so with a = s^2 E[phi'^2] / E[phi^2], m = E[u phi' phi] / E[phi^2] and b^2 = E[(u phi' - m phi)^2] / E[phi^2] (0 where phi is
// homogeneous), and e the bound of the expectation itself: r -> 2e + a r + b q, q -> e + |m| q. kappa-dot is off by d = e + a' r + b' q
// with the same of phi', and Theta' = kappa-dot Theta by d more than Theta. A kink of phi adds to a' what its jump of phi' gives an angle
// that is right to r. Layers with weights and other sums of covariances keep errors relative to the roots of the products of variances
// (Cauchy-Schwarz), if their branches and positions do not cancel. A bias changes correlations by at most 0.77 q: sqrt(f)(1 - f) <= 0.385,
// f its share.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "activations/activation.hpp"
#include "driver/describe.hpp"

namespace ntkc::driver {
namespace {

constexpr double kRounding = 4 * 0x1p-53;  // of a layer's own products and sums
constexpr double kMostVariance = 100;      // where bounds have no end

// Bounds that hold for every correlation, from the smallest variances on.
bool followed(const std::optional<passes::Bound>& b) { return b && b->largest_correlation == 1 && b->smallest_variance == 0; }

struct Errors {
  double r = 0, q = 0, theta = 0;
};

// What an activation does to errors, at one variance or the most over several.
struct Factors {
  double a = 0, m = 0, b = 0, slope_a = 0, slope_b = 0;
  void widen(const Factors& f) {
    a = std::max(a, f.a), m = std::max(m, f.m), b = std::max(b, f.b);
    slope_a = std::max(slope_a, f.slope_a), slope_b = std::max(slope_b, f.slope_b);
  }
};

Factors factors(const expr::Expr& phi, double variance, const expr::ParamValues& params) {
  const expr::Expr x = expr::Expr::variable(), slope = expr::derivative(phi), bend = expr::derivative(slope);
  const std::vector<double> breaks = break_places(phi, params);
  const auto moment = [&](const expr::Expr& f) { return second_moment(f, breaks, variance, params); };
  const double value = moment(phi), scaled = moment(x * slope), slopes = moment(slope);
  if (!(value > 0) || !(slopes > 0)) return {};
  Factors f;
  f.a = variance * slopes / value;
  f.m = std::abs(moment(phi + x * slope) - scaled - value) / (2 * value);
  f.b = std::sqrt(std::max(0.0, scaled / value - f.m * f.m));
  f.slope_a = variance * moment(bend) / slopes;
  f.slope_b = std::sqrt(moment(x * bend) / slopes);
  double kinks = 0;
  for (const double t : breaks) {
    const double step = 1e-9 * (1 + std::abs(t)), density = std::exp(-0.5 * t * t / variance) / std::sqrt(2 * M_PI);
    const double jump = std::abs(expr::evaluate(slope, t + step, params) - expr::evaluate(slope, t - step, params));
    kinks += jump * std::sqrt(density);
    f.slope_b += jump * std::abs(t) / std::sqrt(variance) * density / std::sqrt(slopes);
  }
  f.slope_a += M_PI / std::sqrt(2 * M_PI) * kinks * kinks / slopes;
  return f;
}

class Propagation {
 public:
  Propagation(const graph::Network& network, const std::vector<ActivationFacts>& activations)
      : network_(network), params_(values(network)), known_(network.nodes.size()) {
    result_.largest_variance = kMostVariance;
    for (const ActivationFacts& a : activations) {
      by_use_[a.use] = &a;
      if (a.error) result_.largest_variance = std::min(result_.largest_variance, a.error->largest_variance);
    }
  }

  std::optional<NetworkError> run() {
    const auto e = at(network_.output);
    if (!e) return std::nullopt;
    result_.nngp = e->r + e->q, result_.ntk = std::max(e->theta, result_.nngp);
    return result_;
  }

 private:
  std::optional<Errors> at(graph::NodeId id) {
    if (!known_[id]) known_[id] = of(network_.nodes[id]);
    return known_[id];
  }

  std::optional<Errors> of(const graph::Node& node) {
    static const std::set<std::string> kSums = {"dense",   "conv",    "conv_local", "conv_transpose", "avg_pool",        "sum_pool",
                                                "flatten", "dropout", "scale",      "identity",       "global_avg_pool", "slice",
                                                "sum",     "concat",  "contract",   "global_sum_pool"};
    if (node.kind == "input") return Errors{};
    if (node.kind == "loop") return loop(node);
    Errors in;
    for (const graph::NodeId id : node.inputs) {
      const auto e = at(id);
      if (!e) return std::nullopt;
      in = {std::max(in.r, e->r), std::max(in.q, e->q), std::max(in.theta, e->theta)};
    }
    if (node.activation) return activation(*node.activation, in);
    if (node.kind == "layer_norm") return Errors{in.r + kRounding, kRounding, in.theta + in.q + kRounding};
    if (!kSums.contains(node.kind)) return std::nullopt;
    if (node.args.contains("sigma_w")) in.theta = std::max(in.theta, in.r + in.q);
    const auto bias = node.args.find("sigma_b");
    if (bias != node.args.end() && !(bias->second.is_none()) && !(bias->second.real() == expr::Expr(0))) in.r += 0.77 * in.q;
    return Errors{in.r + kRounding, in.q + kRounding, in.theta + kRounding};
  }

  std::optional<Errors> activation(const graph::ActivationUse& use, const Errors& in) {
    const auto* row = use.built_in ? activations::find(use.name) : nullptr;
    const ActivationFacts* facts = by_use_.at(spelled(use));
    if ((row && row->kernel_only) || !followed(facts->error) || !facts->jumps.empty()) return std::nullopt;
    auto [found, added] = factors_.try_emplace(facts->use);
    if (added)
      for (int power = -20; power <= std::ilogb(result_.largest_variance) + 2; power += 2)
        found->second.widen(factors(use.phi, std::min(std::ldexp(1.0, power), result_.largest_variance), params_));
    const Factors& f = found->second;
    const double e = facts->error->error;
    result_.sum += e;
    return Errors{2 * e + f.a * in.r + f.b * in.q, e + f.m * in.q, in.theta + e + f.slope_a * in.r + f.slope_b * in.q + kRounding};
  }

  // The body once a round, each with the errors of the round before.
  std::optional<Errors> loop(const graph::Node& node) {
    const graph::Loop& region = network_.loops[node.region];
    std::optional<Errors> e = at(node.inputs[0]);
    for (std::uint64_t round = 0; round < region.count && e; ++round) {
      for (graph::NodeId id = 0; id < network_.nodes.size(); ++id)
        if (inside(network_.nodes[id].loop, node.region)) known_[id].reset();
      known_[region.carry] = e;
      e = at(region.body);
    }
    return e;
  }
  bool inside(graph::LoopId loop, graph::LoopId region) const {
    while (loop != graph::kNone && loop != region) loop = network_.loops[loop].parent;
    return loop == region;
  }

  const graph::Network& network_;
  expr::ParamValues params_;
  std::vector<std::optional<Errors>> known_;
  std::map<std::string, const ActivationFacts*> by_use_;
  std::map<std::string, Factors> factors_;
  NetworkError result_;
};

}  // namespace

// An expectation of two activations counts for each of them.
std::optional<NetworkError> network_error(const graph::Network& network, const std::vector<ActivationFacts>& activations,
                                          const std::vector<PairFacts>& pairs) {
  std::vector<ActivationFacts> worst = activations;
  for (const PairFacts& pair : pairs) {
    if (!followed(pair.error)) return std::nullopt;
    for (ActivationFacts& a : worst)
      if (a.error && (a.use == pair.phi || a.use == pair.psi)) {
        a.error->error = std::max(a.error->error, pair.error->error);
        a.error->largest_variance = std::min(a.error->largest_variance, pair.error->largest_variance);
      }
  }
  return Propagation(network, worst).run();
}

}  // namespace ntkc::driver
