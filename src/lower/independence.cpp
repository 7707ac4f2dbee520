// When two nodes are independent at infinite width: one of them is linear in weights that the other never meets.
#include <algorithm>

#include "lower/recursion.hpp"

namespace ntkc::lower {
namespace {

bool meet(const std::vector<bool>& a, const std::vector<bool>& b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] && b[i]) return true;
  return false;
}

// Every round of the loop draws the instance afresh.
bool renewed(const graph::Network& network, std::uint32_t instance, LoopId loop) {
  if (network.loops[loop].shared) return false;
  for (LoopId home = network.instances[instance].home; home != graph::kNone; home = network.loops[home].parent)
    if (home == loop) return true;
  return false;
}

}  // namespace

std::vector<std::vector<bool>> dependencies(const graph::Network& network) {
  std::vector<std::vector<bool>> all(network.nodes.size(), std::vector<bool>(network.instances.size()));
  const auto add = [&](NodeId u, const std::vector<bool>& more, auto&& keep) {
    for (std::uint32_t i = 0; i < more.size(); ++i)
      if (more[i] && keep(i)) all[u][i] = true;
  };
  const auto always = [](std::uint32_t) { return true; };
  for (NodeId u = 0; u < network.nodes.size(); ++u) {
    const graph::Node& node = network.nodes[u];
    if (node.kind == "carry") {
      const graph::Loop& loop = network.loops[node.region];
      add(u, all[network.nodes[loop.node].inputs[0]], always);
      // What the body uses is known only after it; two nodes of a body are seen before its end, so ask for their instances here.
      std::vector<bool> used(network.instances.size());
      for (NodeId w = u + 1; w < loop.node; ++w) {
        if (network.nodes[w].instance != graph::kNone) used[network.nodes[w].instance] = true;
        for (const NodeId input : network.nodes[w].inputs)
          if (input < u)
            for (std::uint32_t i = 0; i < used.size(); ++i) used[i] = used[i] || all[input][i];
      }
      add(u, used, [&](std::uint32_t i) { return !renewed(network, i, node.region); });
      continue;
    }
    if (node.instance != graph::kNone) all[u][node.instance] = true;
    for (const NodeId input : node.inputs) add(u, all[input], always);
    if (node.kind == "loop") add(u, all[network.loops[node.region].body], always);
  }
  return all;
}

void Recursion::find_passes() {
  passes_.assign(network_.nodes.size(), false);
  for (NodeId u = 0; u < network_.nodes.size(); ++u) {
    const graph::Node& node = network_.nodes[u];
    const auto of = [&](NodeId v) { return bool(passes_[v]); };
    if (node.kind == "carry") {
      passes_[u] = passes_[u] || of(network_.nodes[network_.loops[node.region].node].inputs[0]);
    } else if (node.kind == "loop") {
      const graph::Loop& loop = network_.loops[node.region];
      passes_[u] = of(loop.body);
      if (passes_[u] && !passes_[loop.carry]) {  // the round again, with what it passes to itself
        passes_[loop.carry] = true;
        u = loop.carry;
      }
    } else {
      const bool weights = rules_[u]->rank == layers::Rank::affine || rules_[u]->rank == layers::Rank::activation;
      passes_[u] =
          node.law == graph::Law::data || node.kind == "concat" || (!weights && std::any_of(node.inputs.begin(), node.inputs.end(), of));
    }
  }
}

const std::vector<bool>& Recursion::top(NodeId u) {
  std::vector<bool>& t = top_[u];
  if (!t.empty() || network_.instances.empty()) return t;
  const graph::Node& node = network_.nodes[u];
  if (opaque(u)) return t = dependencies_[u];
  std::vector<bool> result(network_.instances.size());
  if (node.instance != graph::kNone) result[node.instance] = true;
  if (rule(u).rank != layers::Rank::affine)
    for (const NodeId input : node.inputs) {
      const std::vector<bool>& below = top(input);
      for (std::size_t i = 0; i < result.size(); ++i) result[i] = result[i] || below[i];
    }
  return top_[u] = result;
}

bool Recursion::independent(NodeId u, NodeId v) {
  const graph::Node &a = network_.nodes[u], &b = network_.nodes[v];
  const bool data = a.law == graph::Law::data, other_data = b.law == graph::Law::data;
  if (data || other_data) return data != other_data;  // two functions of the input vary together over its channels
  const auto linear = [this](NodeId n) { return !opaque(n) && rule(n).rank >= layers::Rank::concat; };
  const auto each = [this](const graph::Node& sum, NodeId other) {
    if (sum.instance != graph::kNone && dependencies_[other][sum.instance]) return false;  // a dropout mask
    for (const NodeId part : sum.inputs)
      if (!independent(part, other)) return false;
    return true;
  };
  if (linear(u)) return each(a, v);
  if (linear(v)) return each(b, u);
  return !meet(top(u), dependencies_[v]) || !meet(top(v), dependencies_[u]);
}

}  // namespace ntkc::lower
