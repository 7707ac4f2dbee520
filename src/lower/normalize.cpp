#include "lower/normalize.hpp"

namespace ntkc::lower {
namespace {

using graph::Node;
using graph::NodeId;

bool on_parts(const Node& node) { return node.kind == "activation" || node.kind == "layer_norm"; }

// The node for part number i of the concat `whole`, which stands at the node's input.
Node on_part(const Node& node, const Node& whole, std::size_t i) {
  Node part = node;
  part.inputs = {whole.inputs[i]};
  part.shape.channels = {};
  if (node.kind == "layer_norm") {
    part.inputs.insert(part.inputs.end(), whole.inputs.begin(), whole.inputs.end());
    part.weights = whole.weights;
  }
  return part;
}

}  // namespace

graph::Network normalize(const graph::Network& network) {
  graph::Network result = network;
  result.nodes.clear();
  std::vector<NodeId> now(network.nodes.size());  // where a node of the given network stands in the result
  const auto add = [&](Node node) {
    result.nodes.push_back(std::move(node));
    return static_cast<NodeId>(result.nodes.size() - 1);
  };
  for (NodeId u = 0; u < network.nodes.size(); ++u) {
    Node node = network.nodes[u];
    for (NodeId& input : node.inputs) input = now[input];
    const bool split = on_parts(node) && result.nodes[node.inputs[0]].kind == "concat";
    if (!split) {
      now[u] = add(std::move(node));
      continue;
    }
    const Node whole = result.nodes[node.inputs[0]];
    Node joined = whole;
    joined.span = node.span;
    joined.law = node.law;
    joined.loop = node.loop;
    for (std::size_t i = 0; i < whole.inputs.size(); ++i) {
      Node part = on_part(node, whole, i);
      const Node& source = result.nodes[whole.inputs[i]];
      part.shape = source.shape;
      part.width = source.width;
      if (source.law == graph::Law::data) part.law = graph::Law::data;
      joined.inputs[i] = add(std::move(part));
    }
    now[u] = add(std::move(joined));
  }
  for (graph::Loop& loop : result.loops) {
    loop.carry = now[loop.carry];
    loop.body = now[loop.body];
    loop.node = now[loop.node];
  }
  for (auto& input : result.inputs) input.node = now[input.node];
  result.output = now[result.output];
  return result;
}

}  // namespace ntkc::lower
