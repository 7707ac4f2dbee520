#include "lower/normalize.hpp"

namespace ntkc::lower {
namespace {

using graph::Node;
using graph::NodeId;

bool on_parts(const Node& node) { return node.kind == "activation" || node.kind == "layer_norm"; }

// A node that stands on a concat, put on each of its parts, parts of parts included: the concat of what comes out.
class Split {
 public:
  Split(std::vector<Node>& nodes, const Node& node, NodeId whole) : nodes_(nodes), node_(node) {
    if (node.kind == "layer_norm") find_parts(whole, expr::Expr(1));
  }

  NodeId on(NodeId source) {
    const Node part = nodes_[source];  // a copy: nodes are added
    if (part.kind == "concat") {
      Node joined = part;
      joined.span = node_.span;
      joined.law = node_.law;
      joined.loop = node_.loop;
      for (NodeId& input : joined.inputs) input = on(input);
      return add(std::move(joined));
    }
    Node made = node_;
    made.inputs = {source};
    made.inputs.insert(made.inputs.end(), parts_.begin(), parts_.end());
    made.weights = shares_;
    made.shape = part.shape;
    made.width = part.width;
    if (part.law == graph::Law::data || node_.kind == "layer_norm") made.law = part.law;
    return add(std::move(made));
  }

 private:
  NodeId add(Node node) {
    nodes_.push_back(std::move(node));
    return static_cast<NodeId>(nodes_.size() - 1);
  }

  void find_parts(NodeId u, const expr::Expr& share) {
    const Node& node = nodes_[u];
    if (node.kind != "concat") {
      parts_.push_back(u);
      shares_.push_back(share);
      return;
    }
    const auto weight = [&](std::size_t i) { return node.weights.empty() ? expr::Expr(1) : node.weights[i]; };
    expr::Expr total(0);
    for (std::size_t i = 0; i < node.inputs.size(); ++i) total = total + weight(i);
    for (std::size_t i = 0; i < node.inputs.size(); ++i) find_parts(node.inputs[i], expr::simplify(share * weight(i) / total));
  }

  std::vector<Node>& nodes_;
  const Node& node_;
  std::vector<NodeId> parts_;  // of a layer_norm: all parts, over which its statistics are taken
  std::vector<expr::Expr> shares_;
};

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
    now[u] = Split(result.nodes, node, node.inputs[0]).on(node.inputs[0]);
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
