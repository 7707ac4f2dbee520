// The layer graph: names, defaults, arguments, shapes and instances of weights are resolved; loops stay loops.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "graph/argument.hpp"

namespace ntkc::graph {

using NodeId = std::uint32_t;
using LoopId = std::uint32_t;
inline constexpr std::uint32_t kNone = 0xFFFFFFFF;

// A dimension: a size, or the name of a size that only the data knows. Channels that no width fixes are unknown.
struct Dim {
  std::optional<std::uint64_t> size;
  std::string name;
  bool unknown() const { return !size && name.empty(); }
  friend bool operator==(const Dim&, const Dim&) = default;
};
struct Shape {
  std::vector<Dim> positions;  // empty for a feature vector
  Dim channels;
  friend bool operator==(const Shape&, const Shape&) = default;
};

// What is known of a node's distribution at infinite width.
enum class Law : std::uint8_t {
  data,      // a function of the input alone
  gaussian,  // zero mean, independent channels
  other,     // random, not Gaussian: an activation, a product, dropout
  mixed,     // the carry of a loop whose rounds differ
};

// The activation of a node. `phi` is an expression of the variable, with the arguments put in.
struct ActivationUse {
  std::string name;  // built-in name, or the file's (qualified)
  bool built_in = true;
  Args args;
  expr::Expr phi = expr::Expr::variable();
};

// One instance of weights (or of a dropout mask). Two nodes with the same instance share them.
// `home` is the innermost loop in which it is declared; every round of a loop around its home that is not `shared` renews it.
struct Instance {
  LoopId home = kNone;
  std::string name;  // W0, W1, ... in order of appearance, for texts
};

// Kinds of nodes that are not a layer of layers.def: "input", "carry" (what comes into a round of a loop), "loop" (what comes out of the
// last), "activation", and the joins "sum" (with weights), "product", "concat" (with weights), which have files in src/layers like every
// layer.
struct Node {
  std::string kind;
  Args args;
  std::vector<NodeId> inputs;
  Shape shape;
  std::optional<std::uint64_t> width;  // where the language knows one (for concat and the standard parameterization)
  Law law = Law::other;
  std::uint32_t instance = kNone;  // index into Network::instances
  LoopId loop = kNone;             // the innermost loop whose body holds the node; for a "loop" node: the loop around it
  LoopId region = kNone;           // for "carry" and "loop": the loop that they belong to
  std::optional<ActivationUse> activation;
  std::vector<expr::Expr> weights;  // of "sum" and "concat": one an input
  std::string label;                // `as` or input name, for texts
  Span span;
};

struct Loop {
  std::uint64_t count = 0;
  bool shared = false;
  LoopId parent = kNone;
  NodeId carry = kNone, body = kNone;  // what comes in, and the node that goes to the next round
  NodeId node = kNone;                 // the "loop" node outside: inputs[0] is what comes into the first round
  Span span;
};

// A param that stays a field of the evaluator.
struct Param {
  std::string name;                     // qualified by module and network as -D spells it
  double value = 0;                     // its default, evaluated (correctly rounded)
  expr::Expr fallback = expr::Expr(0);  // its default; may use params before it
  std::optional<double> low, high;
  Span span;
};

struct InputInfo {
  std::string name;
  NodeId node = kNone;
};

// One network. Nodes are in topological order: an input's number is smaller; a body's nodes stand between its carry and its loop node.
struct Network {
  std::string name;
  std::vector<Node> nodes;
  std::vector<Loop> loops;
  std::vector<Instance> instances;
  std::vector<Param> params;  // run-time params that the network uses, in order of declaration
  std::vector<InputInfo> inputs;
  NodeId output = kNone;
  Span span;
};

struct LayerGraph {
  std::vector<Network> networks;
};

std::string to_text(const Network& network, const Sources& sources);  // --dump=graph

}  // namespace ntkc::graph
