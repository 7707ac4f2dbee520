// The memoised demand of Yang's tensor programs: every pair of nodes is expanded by the rule of the layer of one of them.
#pragma once
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "graph/unroll.hpp"
#include "layers/layer.hpp"
#include "layers/moments.hpp"

namespace ntkc::lower {

using graph::LoopId;
using graph::NodeId;
using layers::Place;
using layers::Side;

// What is known about a place or a pair of places.
enum class Quantity : std::uint8_t { covariance, tangent, mean, variance, increment, gram };

struct Demanded {
  Quantity quantity;
  Place u, v;  // of mean and variance: v = u; of increment and gram: u at x, v at x'
  friend auto operator<=>(const Demanded&, const Demanded&) = default;
};

// A quantity that a loop carries from round to round. Its stage rises until it holds what a round gives.
struct Slot {
  Demanded demanded;
  ir::Stage stage = ir::Stage::constant;
};
using Slots = std::vector<std::vector<Slot>>;  // one list a loop

// Thrown where the rounds of a loop depend on each other in a way that no state of constant size holds.
struct Entangled {
  LoopId loop;
};

// For each node the instances of weights that it depends on. What comes into a round knows only instances that the loop does not renew.
std::vector<std::vector<bool>> dependencies(const graph::Network& network);

// One run of the recursion. Loops carry the slots that are known when it starts; where it finds that more are needed it adds them, and the
// caller starts again until `complete()`.
class Recursion final : public layers::Demand {
 public:
  Recursion(const graph::Network& network, ir::Program& program, Slots& slots);

  ir::Builder& build() override { return builder_; }
  const graph::Network& network() const override { return network_; }
  ir::Value covariance(Place u, Place v) override;
  ir::Value tangent(Place u, Place v) override;
  ir::Value mean(Place u) override;
  ir::Value variance(Place u) override;
  ir::Value increment(NodeId u, NodeId v) override;
  ir::Value gram(NodeId u) override;
  ir::Value features(NodeId u) override;
  bool independent(NodeId u, NodeId v) override;
  void entangled(NodeId v) override;
  bool complete() const { return complete_; }

 private:
  ir::Value demand(const Demanded& d);
  ir::Value expand(const Demanded& d);
  ir::Value of_data(const Demanded& d);
  ir::Value default_gram(NodeId u, bool has_distance);
  bool before(Place a, Place b) const;  // a is expanded, not b
  bool opaque(NodeId u) const { return network_.nodes[u].region != graph::kNone; }
  bool numbers(NodeId u) const;  // moments come from features
  const layers::Rule& rule(NodeId u) const;

  ir::Value carried(const Demanded& d);  // loops.cpp: d.u is the start of a round or the end of a loop
  ir::Value slot(LoopId loop, const Demanded& d, const std::vector<ir::Value>& values);
  void build_loop(LoopId loop);
  ir::Value stand_in();

  void find_passes();                      // independence.cpp
  const std::vector<bool>& top(NodeId u);  // independence.cpp: instances of the weights that a node is linear in

  const graph::Network& network_;
  ir::Builder builder_;
  Slots& slots_;
  std::vector<const layers::Rule*> rules_;
  std::vector<std::vector<bool>> dependencies_, top_;
  std::vector<bool> passes_;  // of nodes: against data more than the means count, since data is a part of it or its channels differ
  std::map<Demanded, ir::Value> memo_;
  std::map<NodeId, ir::Value> features_;
  struct LoopState {
    bool open = false, built = false;
    ir::BlockId block = 0;
    std::vector<ir::Value> arguments, results;
  };
  std::vector<LoopState> loops_;
  bool complete_ = true;
  bool missing_ = false;  // a stand-in is somewhere
};

}  // namespace ntkc::lower
