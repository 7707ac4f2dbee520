#include <fmt/format.h>

#include "graph/graph.hpp"

namespace ntkc::graph {
namespace {

std::string text(const Dim& dim) { return dim.size ? fmt::format("{}", *dim.size) : dim.unknown() ? "?" : dim.name; }

std::string text(const Shape& shape) {
  std::string result = "[";
  for (const Dim& dim : shape.positions) result += text(dim) + ", ";
  return result + text(shape.channels) + "]";
}

// Constants as the doubles that they become.
std::string text(const expr::Expr& e) { return e.is_constant() ? fmt::format("{}", e.value().to_double()) : expr::to_text(e); }

std::string text(const ArgValue& value) {
  struct Spell {
    std::string operator()(std::monostate) const { return "none"; }
    std::string operator()(const expr::Expr& e) const { return text(e); }
    std::string operator()(std::int64_t n) const { return fmt::format("{}", n); }
    std::string operator()(bool b) const { return b ? "true" : "false"; }
    std::string operator()(const std::string& word) const { return word; }
    std::string operator()(const ArgList& list) const {
      std::string result = "[";
      for (const ArgValue& item : list) result += (result.size() > 1 ? ", " : "") + text(item);
      return result + "]";
    }
  };
  return std::visit(Spell{}, value.value);
}

const char* text(Law law) {
  switch (law) {
    case Law::data:
      return "data";
    case Law::gaussian:
      return "gaussian";
    case Law::other:
      return "other";
    case Law::mixed:
      return "mixed";
  }
  return "";
}

// FILE:LINE:COLUMN without folders: the same text wherever the spec lies.
std::string place(const Span& span, const Sources& sources) {
  const auto at = sources.position(span.file, span.begin);
  const std::string& name = sources.name(span.file);
  return fmt::format("{}:{}:{}", name.substr(name.find_last_of('/') + 1), at.line, at.column);
}

std::string head(const Network& network, const Node& node) {
  std::string result;
  if (node.kind == "carry") return fmt::format("carry (%{})", network.nodes[network.loops[node.region].node].inputs[0]);
  if (node.kind == "loop") {
    const Loop& loop = network.loops[node.region];
    return fmt::format("loop {}{} (%{})", loop.count, loop.shared ? " shared" : "", loop.body);
  }
  result = node.activation ? node.activation->name : node.kind;
  if (node.kind == "input") return result + " " + node.label;
  if (node.instance != kNone) {
    const Instance& instance = network.instances[node.instance];
    result += " " + instance.name;
    for (LoopId home = instance.home; home != kNone; home = network.loops[home].parent)
      if (!network.loops[home].shared) result += fmt::format(".{}", static_cast<char>('i' + home % 16));
  }
  result += " (";
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    result += i ? ", " : "";
    if (!node.weights.empty() && node.weights[i] != expr::Expr(1)) result += text(node.weights[i]) + " * ";
    result += fmt::format("%{}", node.inputs[i]);
  }
  return result + ")";
}

std::string arguments(const Node& node) {
  std::string result;
  const Args& args = node.activation ? node.activation->args : node.args;
  for (const auto& [name, value] : args)
    if (value.given && name != "weights") result += fmt::format(" {}={}", name, text(value));
  return result;
}

}  // namespace

std::string to_text(const Network& network, const Sources& sources) {
  std::string out = "network " + network.name;
  for (std::size_t i = 0; i < network.params.size(); ++i) {
    const Param& p = network.params[i];
    out += fmt::format("{}{} = {}", i ? ", " : "  params ", p.name, text(p.fallback));
    if (p.low && p.high) out += fmt::format(" in [{}, {}]", *p.low, *p.high);
  }
  out += "\n";
  for (NodeId u = 0; u < network.nodes.size(); ++u) {
    const Node& node = network.nodes[u];
    int depth = 1;
    for (LoopId loop = node.loop; loop != kNone; loop = network.loops[loop].parent) ++depth;
    std::string line =
        fmt::format("{}%{} = {}{}", std::string(2 * static_cast<std::size_t>(depth), ' '), u, head(network, node), arguments(node));
    out += fmt::format("{:<56} {:<16} {:<9} {}", line, text(node.shape), text(node.law), place(node.span, sources));
    if (!node.label.empty() && node.kind != "input") out += " as " + node.label;
    out += "\n";
  }
  return out + fmt::format("  output %{}\n", network.output);
}

}  // namespace ntkc::graph
