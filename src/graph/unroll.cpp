#include "graph/unroll.hpp"

#include <fmt/format.h>

#include <map>

namespace ntkc::graph {
namespace {

bool inside(const Network& network, LoopId loop, LoopId outer) {
  for (; loop != kNone; loop = network.loops[loop].parent)
    if (loop == outer) return true;
  return false;
}

class Unroller {
 public:
  Unroller(const Network& network, LoopId loop) : old_(network), loop_(loop), nodes_(network.nodes.size(), kNone) {
    result_.name = network.name;
    result_.params = network.params;
    result_.span = network.span;
  }

  Network run(LoopId* tracked) {
    copy(0, static_cast<NodeId>(old_.nodes.size()));
    result_.inputs = old_.inputs;
    for (InputInfo& input : result_.inputs) input.node = nodes_[input.node];
    result_.output = nodes_[old_.output];
    if (tracked) *tracked = loops_.at(*tracked);
    return std::move(result_);
  }

 private:
  void copy(NodeId begin, NodeId end) {
    for (NodeId u = begin; u < end; ++u) {
      if (u == old_.loops[loop_].carry) {
        rounds();
        u = old_.loops[loop_].node;
      } else {
        copy(u);
      }
    }
  }

  void rounds() {
    const Loop& loop = old_.loops[loop_];
    nodes_[loop.carry] = nodes_[old_.nodes[loop.node].inputs[0]];
    for (round_ = 0; round_ < loop.count; ++round_) {
      for (LoopId inner = 0; inner < old_.loops.size(); ++inner)
        if (inner != loop_ && inside(old_, inner, loop_)) loops_.erase(inner);
      if (!loop.shared) std::erase_if(instances_, [&](const auto& entry) { return inside(old_, old_.instances[entry.first].home, loop_); });
      copy(loop.carry + 1, loop.node);
      nodes_[loop.carry] = nodes_[loop.body];
    }
    nodes_[loop.node] = nodes_[loop.carry];
  }

  void copy(NodeId u) {
    Node node = old_.nodes[u];
    if (node.kind == "carry") {
      const Loop& loop = old_.loops[node.region];
      const LoopId parent = map_loop(loop.parent);
      loops_[node.region] = static_cast<LoopId>(result_.loops.size());
      result_.loops.push_back({loop.count, loop.shared, parent, kNone, kNone, kNone, loop.span});
    }
    for (NodeId& input : node.inputs) input = nodes_[input];
    node.loop = map_loop(node.loop);
    if (node.instance != kNone) node.instance = map_instance(node.instance);
    const auto id = nodes_[u] = static_cast<NodeId>(result_.nodes.size());
    if (node.region != kNone) {
      Loop& loop = result_.loops[loops_.at(node.region)];
      if (node.kind == "carry") loop.carry = id;
      if (node.kind == "loop") {
        loop.node = id;
        loop.body = nodes_[old_.loops[node.region].body];
      }
      node.region = loops_.at(node.region);
    }
    result_.nodes.push_back(std::move(node));
  }

  LoopId map_loop(LoopId loop) const {
    if (loop == kNone) return kNone;
    return loop == loop_ ? map_loop(old_.loops[loop].parent) : loops_.at(loop);
  }

  std::uint32_t map_instance(std::uint32_t instance) {
    const auto [entry, fresh] = instances_.try_emplace(instance, static_cast<std::uint32_t>(result_.instances.size()));
    if (fresh) {
      Instance copy = old_.instances[instance];
      if (!old_.loops[loop_].shared && inside(old_, copy.home, loop_)) copy.name += fmt::format(".{}", round_);
      copy.home = map_loop(copy.home);
      result_.instances.push_back(std::move(copy));
    }
    return entry->second;
  }

  const Network& old_;
  const LoopId loop_;
  Network result_;
  std::vector<NodeId> nodes_;
  std::map<LoopId, LoopId> loops_;
  std::map<std::uint32_t, std::uint32_t> instances_;
  std::uint64_t round_ = 0;
};

// A loop inside `outer` that renews instances: under shared rounds these are the same in every round of the outer loop, so each of
// the inner rounds needs an instance of its own.
LoopId renewing(const Network& network, LoopId outer) {
  for (LoopId loop = 0; loop < network.loops.size(); ++loop) {
    if (loop == outer || network.loops[loop].shared || !inside(network, loop, outer)) continue;
    for (const Instance& instance : network.instances)
      if (inside(network, instance.home, loop)) return loop;
  }
  return kNone;
}

}  // namespace

Network unroll(const Network& network, LoopId loop) {
  Network current = network;
  while (current.loops[loop].shared) {
    const LoopId inner = renewing(current, loop);
    if (inner == kNone) break;
    Network next = Unroller(current, inner).run(&loop);
    current = std::move(next);
  }
  return Unroller(current, loop).run(nullptr);
}

}  // namespace ntkc::graph
