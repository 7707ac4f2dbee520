#include "lower/lower.hpp"

#include "lower/normalize.hpp"
#include "lower/recursion.hpp"

namespace ntkc::lower {
namespace {

// Where the rounds of a loop must be followed one by one, the recursion has a value for each pair of nodes.
constexpr std::size_t kMostUnrolledNodes = 2000;
// From here on nodes are visited in order, so that demand does not recurse from the output down to the input.
constexpr std::size_t kLong = 300;

bool lowered(const graph::Network& network, Diagnostics& diagnostics) {
  for (const graph::Node& node : network.nodes) {
    const layers::Layer* layer = layers::find(node.kind);
    if (layer && layer->rule && node.shape.positions.empty()) continue;
    const std::string what = layer && layer->rule ? "`" + node.kind + "` on positions" : "`" + node.kind + "`";
    diagnostics.report(Code::not_lowered, node.span, what);
    return false;
  }
  return true;
}

void visit_in_order(const graph::Network& network, Kernels wanted, Recursion& recursion) {
  for (NodeId u = 0; u < network.nodes.size(); ++u) {
    if (network.nodes[u].loop != graph::kNone || network.nodes[u].kind == "carry") continue;
    const Place x{u, Side::x}, primed{u, Side::primed};
    try {
      recursion.covariance(x, x);
      recursion.covariance(x, primed);
      if (wanted.ntk) recursion.tangent(x, primed);
    } catch (const layers::NoLimit&) {  // told when the output needs this node
    }
  }
}

ir::Program empty_program(const graph::Network& network) {
  ir::Program program;
  program.name = network.name;
  program.params = network.params;
  program.inputs = network.inputs;
  for (const auto& input : network.inputs) program.input_shapes.push_back(network.nodes[input.node].shape);
  return program;
}

// One run with the slots known so far; the program if no more were found.
std::optional<ir::Program> run(const graph::Network& network, Kernels wanted, Slots& slots) {
  ir::Program program = empty_program(network);
  Recursion recursion(network, program, slots);
  if (network.nodes.size() > kLong) visit_in_order(network, wanted, recursion);
  const Place x{network.output, Side::x}, primed{network.output, Side::primed};
  if (wanted.nngp) program.outputs.push_back({"nngp", recursion.covariance(x, primed)});
  if (wanted.ntk) program.outputs.push_back({"ntk", recursion.tangent(x, primed)});
  if (!recursion.complete()) return std::nullopt;
  for (ir::Output& output : program.outputs) output.value = recursion.build().hinted(output.value, output.name);
  return program;
}

}  // namespace

std::optional<ir::Program> lower(const graph::Network& network, Kernels wanted, Diagnostics& diagnostics) {
  if (!lowered(network, diagnostics)) return std::nullopt;
  graph::Network current = normalize(network);
  Slots slots(current.loops.size());
  for (;;) {
    try {
      if (auto program = run(current, wanted, slots)) return program;
    } catch (const Entangled& e) {
      const graph::Loop loop = current.loops[e.loop];
      const std::size_t body = loop.node - loop.carry;
      if (current.nodes.size() + body * loop.count > kMostUnrolledNodes) {
        diagnostics.report(Code::entangled_loop, loop.span, loop.count, kMostUnrolledNodes / body);
        return std::nullopt;
      }
      current = graph::unroll(current, e.loop);
      slots.assign(current.loops.size(), {});
    } catch (const layers::NoLimit& none) {
      diagnostics.report(none.code, current.nodes[none.node].span, none.what).suggest(none.help);
      return std::nullopt;
    }
  }
}

}  // namespace ntkc::lower
