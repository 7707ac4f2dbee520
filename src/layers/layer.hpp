// One row of the registry of layers: arguments, shape rule, covariance rule, forward map. A layer's file defines one of these and nothing
// else.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "graph/graph.hpp"
#include "ir/builder.hpp"
#include "layers/forward.hpp"
#include "support/diagnostics.hpp"

namespace ntkc::layers {

enum class Side : std::uint8_t { x, primed };
struct Place {  // a node, seen at one of the two samples
  graph::NodeId node;
  Side side;
  friend auto operator<=>(const Place&, const Place&) = default;
};

// What a covariance rule may ask for: the recursion by memoised demand. Implemented by src/lower.
class Demand {
 public:
  virtual ~Demand() = default;
  virtual ir::Builder& build() = 0;
  virtual const graph::Network& network() const = 0;
  virtual ir::Value covariance(Place u, Place v) = 0;                 // K(u, v), uncentred
  virtual ir::Value tangent(Place u, Place v) = 0;                    // Theta(u, v)
  virtual ir::Value mean(Place u) = 0;                                // E[u]
  virtual ir::Value variance(Place u) = 0;                            // E[u^2] - E[u]^2
  virtual ir::Value increment(graph::NodeId u, graph::NodeId v) = 0;  // E[(u(x) - u(x')) (v(x) - v(x'))], pair
  virtual ir::Value gram(graph::NodeId u) = 0;                        // K(x,x) K(x',x') - K(x,x')^2, pair
  virtual ir::Value features(graph::NodeId u) = 0;                    // of a data node
  virtual bool independent(graph::NodeId u, graph::NodeId v) = 0;     // one of them uses weights on top that the other never meets
  // To be called where a rule has no answer for the pair: if v is opaque, its loop is unrolled and the recursion starts afresh; else does
  // nothing.
  virtual void entangled(graph::NodeId v) = 0;
  ir::Value distance(graph::NodeId u) { return increment(u, u); }  // E[(u(x) - u(x'))^2]
  const graph::Node& node(graph::NodeId u) const { return network().nodes[u]; }
};

// Thrown by a rule that has no limit to give; lower turns it into the diagnostic.
struct NoLimit {
  Code code;
  graph::NodeId node;
  std::string what, help;
};

// How pairs of nodes are expanded: of two nodes the one with the higher rank is expanded; of two equals the later one.
// Linear nodes come first, then concat (its parts face the parts of another), data last. Loops, seen from outside or from the
// start of a round, are opaque: of a pair with one of them the later node is expanded.
enum class Rank : std::uint8_t { data, affine, activation, product, concat, linear };

// The covariance rule. u is a place of this layer, v any place that is not of higher rank.
struct Rule {
  Rank rank = Rank::linear;
  ir::Value (*covariance)(Demand&, Place u, Place v) = nullptr;
  ir::Value (*tangent)(Demand&, Place u, Place v) = nullptr;
  ir::Value (*mean)(Demand&, Place u) = nullptr;
  ir::Value (*variance)(Demand&, Place u) = nullptr;  // nullptr: from the second moment
  // u is a node of this layer, v any that is not of higher rank, u itself among them; nullptr: from the four covariances.
  ir::Value (*increment)(Demand&, graph::NodeId u, graph::NodeId v) = nullptr;
  ir::Value (*gram)(Demand&, graph::NodeId u) = nullptr;      // nullptr: from the distance (from c where that has no rule either)
  ir::Value (*features)(Demand&, graph::NodeId u) = nullptr;  // where the layer may act on data
  bool numbers = false;  // on data it acts on the numbers: moments come from the features, not from the rule
};

// A shape rule: the shape and width that come out, the law, or a diagnostic (reported, then nullopt).
struct Shaped {
  graph::Shape shape;
  std::optional<std::uint64_t> width;
  graph::Law law = graph::Law::other;
};
struct ShapeContext {
  const graph::Network& network;
  const graph::Node& node;  // kind, args, inputs and span are set
  Diagnostics& diagnostics;
  const graph::Node& input(std::size_t i) const { return network.nodes[node.inputs[i]]; }
};

struct Layer {
  std::string_view name;
  std::vector<graph::Argument> arguments;  // in the order in which they may be given by position
  std::string_view doc;                    // what it does to K and Theta, one or two lines
  bool has_weights = false;                // draws an instance: weights or a dropout mask
  bool structural = false;                 // input, carry, loop, activation, sum, product, concat: not written as a layer by name
  std::optional<Shaped> (*shape)(const ShapeContext&) = nullptr;
  std::optional<Rule> rule = {};                                   // nullopt: parsed and checked, no lowering: a diagnostic says so
  Forward::Value (*forward)(Forward&, graph::NodeId u) = nullptr;  // of finite networks; nullptr: no rule, or loops, which are unrolled
};

std::span<const Layer> all();              // in order of layers.def
const Layer* find(std::string_view name);  // nullptr if there is none

}  // namespace ntkc::layers
