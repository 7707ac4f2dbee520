#include "driver/describe.hpp"

#include <fmt/format.h>

#include <set>

namespace ntkc::driver {
namespace {

std::string text(const graph::ArgValue& value) {
  if (value.is_none()) return "none";
  if (const auto* e = std::get_if<expr::Expr>(&value.value)) {
    if (e->is_constant()) return fmt::format("{}", e->value().to_double());
    return expr::to_text(*e);
  }
  if (const auto* n = std::get_if<std::int64_t>(&value.value)) return std::to_string(*n);
  if (const auto* b = std::get_if<bool>(&value.value)) return *b ? "true" : "false";
  if (const auto* word = std::get_if<std::string>(&value.value)) return *word;
  std::string list;
  for (const auto& element : value.list()) list += (list.empty() ? "" : ", ") + text(element);
  return "[" + list + "]";
}

std::string text(const graph::Args& args) {
  std::string out;
  for (const auto& [name, value] : args)
    if (value.given) out += fmt::format("{}{} = {}", out.empty() ? "" : ", ", name, text(value));
  return out;
}

std::string text(const graph::Dim& dim) { return dim.size ? std::to_string(*dim.size) : dim.name.empty() ? "?" : dim.name; }

std::string text(const graph::Node& node) {
  std::string out;
  for (const auto& dim : node.shape.positions) out += text(dim) + ", ";
  return "[" + out + (node.shape.channels.unknown() && node.width ? std::to_string(*node.width) : text(node.shape.channels)) + "]";
}

int depth(const graph::Network& network, graph::LoopId loop) {
  int d = 0;
  for (; loop != graph::kNone; loop = network.loops[loop].parent) ++d;
  return d;
}

std::vector<LayerLine> layers(const graph::Network& network) {
  std::vector<LayerLine> lines;
  for (const graph::Node& node : network.nodes) {
    if (node.kind == "loop") continue;
    LayerLine line{depth(network, node.loop), node.kind, text(node.args), text(node), node.label};
    if (node.kind == "carry") {
      const auto& loop = network.loops[node.region];
      line = {depth(network, loop.parent), fmt::format("repeat {}{}", loop.count, loop.shared ? " shared" : ""), "", "", ""};
    } else if (node.activation) {
      line.name = node.activation->name;
      line.arguments = text(node.activation->args);
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

// Numbers in the weights of one node; nothing where a width is missing.
std::optional<double> numbers(const graph::Network& network, const graph::Node& node, bool last) {
  const graph::Node& in = network.nodes[node.inputs[0]];
  std::optional<std::uint64_t> from = in.width ? in.width : in.shape.channels.size, to = node.width ? node.width : node.shape.channels.size;
  if (!to && last) to = 1;
  if (!from || !to) return std::nullopt;
  double weights = double(*from) * double(*to);
  if (const auto filter = node.args.find("filter"); filter != node.args.end()) {
    const auto& value = filter->second.value;
    const std::size_t axes = in.shape.positions.size();
    for (std::size_t a = 0; a < axes; ++a) {
      if (const auto* one = std::get_if<std::int64_t>(&value))
        weights *= double(*one);
      else if (const auto* list = std::get_if<graph::ArgList>(&value))
        weights *= double((*list)[a].integer());
    }
  }
  const auto bias = node.args.find("sigma_b");
  return weights + (bias != node.args.end() && bias->second.given ? double(*to) : 0);
}

void count_parameters(const graph::Network& network, NetworkFacts& facts) {
  std::set<std::uint32_t> seen;
  double total = 0;
  for (graph::NodeId id = 0; id < network.nodes.size(); ++id) {
    const graph::Node& node = network.nodes[id];
    if (node.instance == graph::kNone || !node.args.contains("sigma_w") || !seen.insert(node.instance).second) continue;
    double rounds = 1;
    for (auto loop = network.instances[node.instance].home; loop != graph::kNone; loop = network.loops[loop].parent)
      if (!network.loops[loop].shared) rounds *= double(network.loops[loop].count);
    if (const auto n = numbers(network, node, id == network.output))
      total += rounds * *n;
    else
      facts.without_width.push_back(network.instances[node.instance].name);
  }
  if (facts.without_width.empty()) facts.parameters = total;
}

double operations(const std::vector<plan::Step>& steps) {
  double n = 0;
  for (const auto& step : steps) n += step.kind == plan::Step::Kind::loop ? double(step.count) * operations(step.body) : 1;
  return n;
}

}  // namespace

NetworkFacts facts(const Compilation& c, std::size_t i) {
  const graph::Network& network = c.graphs[i];
  NetworkFacts f;
  f.name = network.name;
  f.layers = layers(network);
  f.params = network.params;
  count_parameters(network, f);
  f.activations = activation_facts(c, i, true);
  f.pairs = pair_facts(c, i, true);
  f.phase = phase(network);
  f.error = network_error(network, f.activations, f.pairs);
  const plan::Plan& plan = c.plans[i];
  f.cost = {operations(plan.pair.steps), operations(plan.sample.steps), 0};
  f.choice = plan::choice(plan);
  for (const auto& slot : plan.sample.slots)
    if (slot.type != ir::Type::features) f.cost.numbers_per_sample += double(slot.elements() * slot.numbers());
  return f;
}

std::vector<std::string> notes(const Compilation& c, std::size_t i) {
  std::vector<std::string> lines{""};
  int open = 0;
  const auto put = [&](const std::string& word) { lines[0] += (lines[0].empty() || lines[0].ends_with("{ ") ? "" : "; ") + word; };
  for (const LayerLine& layer : layers(c.graphs[i])) {
    for (; open > layer.depth; --open) lines[0] += " }";
    if (layer.shape.empty()) {
      put(layer.name + " { ");
      ++open;
    } else {
      put(layer.name + (layer.arguments.empty() ? "" : "(" + layer.arguments + ")"));
    }
  }
  for (; open > 0; --open) lines[0] += " }";
  const std::string tolerance = fmt::format(", tolerance {} (`ntkc info` has the bound)", c.optimized[i].tolerance);
  for (const ActivationFacts& a : activation_facts(c, i, false))
    lines.push_back(fmt::format("{}: {}{}{}", a.use, a.method, a.is_closed() ? "" : tolerance, a.source.empty() ? "" : "; " + a.source));
  for (const PairFacts& p : pair_facts(c, i, false)) lines.push_back(fmt::format("{} with {}: {}{}", p.phi, p.psi, p.method, tolerance));
  return lines;
}

}  // namespace ntkc::driver
