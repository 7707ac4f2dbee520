#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "driver/describe.hpp"

namespace ntkc::driver {
namespace {

std::string range(const graph::Param& p) {
  if (!p.low && !p.high) return "";
  return fmt::format(" in [{}, {}]", p.low ? fmt::format("{}", *p.low) : "-inf", p.high ? fmt::format("{}", *p.high) : "inf");
}

std::string joined(const std::vector<std::string>& words) { return words.empty() ? "none" : fmt::format("{}", fmt::join(words, ", ")); }

nlohmann::ordered_json optional(const std::optional<double>& number) {
  return number ? nlohmann::ordered_json(*number) : nlohmann::ordered_json();
}

using Kind = expr::Lipschitz::Kind;

std::string constant(const std::optional<expr::Lipschitz>& l) {
  if (!l) return "none";
  switch (l->kind) {
    case Kind::bounded:
      return l->tight() ? fmt::format("{:.4g} ({})", l->most, where(*l))
                        : fmt::format("at most {:.4g} (the slope is {:.4g} {})", l->most, l->least, where(*l));
    case Kind::unbounded:
      return fmt::format("none (the slope grows without bound {})", where(*l));
    case Kind::jump:
      return fmt::format("none (a jump {})", where(*l));
    case Kind::unknown:
      break;
  }
  return fmt::format("not known (no bound of the slope was found {})", where(*l));
}

nlohmann::ordered_json facts_of(const std::optional<expr::Lipschitz>& l) {
  if (!l) return nullptr;
  constexpr const char* kKinds[] = {"bounded", "unbounded", "jump", "unknown"};  // in order of Kind
  nlohmann::ordered_json out = {{"kind", kKinds[static_cast<int>(l->kind)]}, {"constant", nullptr}, {"slope", nullptr}};
  if (l->kind == Kind::bounded) out["constant"] = l->most, out["slope"] = l->least;
  out["place"] = std::isinf(l->place) ? nlohmann::ordered_json(l->place > 0 ? "inf" : "-inf") : nlohmann::ordered_json(l->place);
  return out;
}

std::optional<double> largest_variance(const std::optional<passes::Bound>& b) {
  return b && std::isfinite(b->largest_variance) ? std::optional(b->largest_variance) : std::nullopt;
}

std::string error(const std::optional<passes::Bound>& bound, bool has_params) {
  if (!bound) return "; no bound of the error";
  const passes::Bound& b = *bound;
  const auto largest = largest_variance(bound);
  std::string out = fmt::format(", {} to {:.1e} relative to sqrt(k(x,x) k(y,y))", b.proved ? "certified" : "estimated", b.error);
  if (b.smallest_variance > 0) out += fmt::format(" for variances from {:.3g} to {:.3g}", b.smallest_variance, b.largest_variance);
  if (largest && !(b.smallest_variance > 0)) out += fmt::format(" for variances to {:.3g}", *largest);
  if (b.far_variance > 0) out += fmt::format(", to {:.1e} for variances to {:.3g}", b.far_error, b.far_variance);
  if (has_params) out += " at the default values of params";
  if (b.largest_correlation < 1) out += fmt::format(" and |rho| to {:.2g}", b.largest_correlation);
  if (b.proved && b.far_correlation < 1)
    out += fmt::format("; near |rho| = 1 without a bound, at variance 100 from {:.2g}", b.far_correlation);
  return out;
}

void add_bound(nlohmann::ordered_json& to, const std::optional<passes::Bound>& b) {
  to["error"] = optional(b ? std::optional(b->error) : std::nullopt);
  to["certified"] = b && b->proved;
  to["smallest_variance"] = b ? b->smallest_variance : 0.0;
  to["largest_variance"] = optional(largest_variance(b));
  to["largest_correlation"] = optional(b ? std::optional(b->largest_correlation) : std::nullopt);
  const bool far = b && b->far_variance > 0;
  to["far_error"] = optional(far ? std::optional(b->far_error) : std::nullopt);
  to["far_variance"] = optional(far ? std::optional(b->far_variance) : std::nullopt);
}

}  // namespace

std::string to_text(const NetworkFacts& f) {
  std::string out = fmt::format("network {}\n", f.name);
  std::size_t width = 0;
  std::vector<std::string> left;
  for (const LayerLine& l : f.layers) {
    left.push_back(fmt::format("  {:{}}{}{}{}", "", 2 * l.depth, l.name, l.label.empty() ? "" : " " + l.label,
                               l.arguments.empty() ? "" : "(" + l.arguments + ")"));
    width = std::max(width, l.shape.empty() ? 0 : left.back().size());
  }
  for (std::size_t i = 0; i < left.size(); ++i)
    out += f.layers[i].shape.empty() ? left[i] + "\n" : fmt::format("{:<{}}  {}\n", left[i], width, f.layers[i].shape);
  for (const auto& p : f.params) out += fmt::format("param {} = {}{}: a field of the evaluator\n", p.name, p.value, range(p));
  if (f.parameters)
    out += fmt::format("parameters P = {:.0f}\n", *f.parameters);
  else
    out += fmt::format("parameters P: unknown without a width of {}\n", joined(f.without_width));
  for (const ActivationFacts& a : f.activations) {
    out += fmt::format("activation {}: {}\n  method: {}{}\n", a.use, a.formula, a.method, error(a.error, a.has_params));
    if (!a.source.empty()) out += fmt::format("  source: {}\n", a.source);
    out += fmt::format("  kinks: {}; jumps: {}{}; Lipschitz constant: {}\n", joined(a.kinks), joined(a.jumps),
                       a.endless ? " (within 10; no end of them is known)" : "", constant(a.lipschitz));
  }
  for (const PairFacts& p : f.pairs)
    out += fmt::format("{} with {} in one expectation\n  method: {}{}\n", p.phi, p.psi, p.method, error(p.error, p.has_params));
  if (f.phase)
    out += fmt::format("phase: chi1 = sigma_w^2 E[phi'(u)^2] = {:.6g} at q = {:.6g} ({}), {}: {}\n", f.phase->chi1, f.phase->q,
                       f.phase->fixed_point ? "the fixed point of the variance" : "after 1000 layers; the variance has no fixed point",
                       f.phase->name(), f.phase->activation);
  if (f.error)
    out += fmt::format(
        "error of the network, to first order: nngp {:.1e}, ntk {:.1e} relative to sqrt(k(x,x) k(y,y)), for variances to {:.3g} "
        "({:.2g} times the sum of its expectations')\n",
        f.error->nngp, f.error->ntk, f.error->largest_variance, f.error->nngp / f.error->sum);
  out += fmt::format("cost: {:.0f} operations a pair, {:.0f} a sample beside its inner products; {:.0f} numbers kept a sample\n",
                     f.cost.per_pair, f.cost.per_sample, f.cost.numbers_per_sample);
  out += plan::to_text(f.choice) + "\n";
  return out;
}

nlohmann::ordered_json to_json(const NetworkFacts& f) {
  using Json = nlohmann::ordered_json;
  Json json = {{"name", f.name}, {"layers", Json::array()}, {"params", Json::array()}};
  for (const LayerLine& l : f.layers)
    json["layers"].push_back({{"depth", l.depth}, {"name", l.name}, {"arguments", l.arguments}, {"shape", l.shape}, {"label", l.label}});
  for (const auto& p : f.params)
    json["params"].push_back({{"name", p.name}, {"value", p.value}, {"low", optional(p.low)}, {"high", optional(p.high)}});
  json["parameters"] = optional(f.parameters);
  json["without_width"] = f.without_width;
  json["activations"] = Json::array();
  for (const ActivationFacts& a : f.activations) {
    json["activations"].push_back({{"use", a.use},
                                   {"formula", a.formula},
                                   {"source", a.source},
                                   {"kinks", a.kinks},
                                   {"jumps", a.jumps},
                                   {"endless", a.endless},
                                   {"lipschitz", facts_of(a.lipschitz)},
                                   {"method", a.method}});
    add_bound(json["activations"].back(), a.error);
  }
  json["pairs"] = Json::array();
  for (const PairFacts& p : f.pairs) {
    json["pairs"].push_back({{"phi", p.phi}, {"psi", p.psi}, {"method", p.method}});
    add_bound(json["pairs"].back(), p.error);
  }
  json["phase"] = nullptr;
  if (f.phase)
    json["phase"] = {{"activation", f.phase->activation},
                     {"chi1", f.phase->chi1},
                     {"q", f.phase->q},
                     {"fixed_point", f.phase->fixed_point},
                     {"name", f.phase->name()}};
  json["error"] = nullptr;
  if (f.error)
    json["error"] = {
        {"nngp", f.error->nngp}, {"ntk", f.error->ntk}, {"sum", f.error->sum}, {"largest_variance", f.error->largest_variance}};
  json["cost"] = {{"per_pair", f.cost.per_pair}, {"per_sample", f.cost.per_sample}, {"numbers_per_sample", f.cost.numbers_per_sample}};
  json["collapses"] = f.choice.collapse != plan::Choice::Collapse::none;
  constexpr const char* kCollapses[] = {"none", "on data", "compile time"};  // in order of Choice::Collapse
  json["collapse"] = {{"when", kCollapses[static_cast<int>(f.choice.collapse)]},
                      {"recursion", f.choice.recursion},
                      {"terms", {f.choice.plus_terms, f.choice.minus_terms}}};
  return json;
}

}  // namespace ntkc::driver
