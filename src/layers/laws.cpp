#include "layers/laws.hpp"

#include <algorithm>

namespace ntkc::layers {
namespace {

using graph::Law;
using graph::Node;

std::string describe(const Node& node) {
  if (node.activation) return fmt::format("the activation `{}`", node.activation->name);
  if (node.kind == "loop") return "what comes out of this `repeat`";
  if (node.kind == "carry") return "what comes into this `repeat`";
  return fmt::format("`{}`", node.kind);
}

std::string describe(const graph::Dim& dim) { return dim.size ? fmt::format("{}", *dim.size) : dim.name.empty() ? "?" : dim.name; }

std::string describe(const graph::Shape& shape) {
  std::string text = "[";
  for (const graph::Dim& dim : shape.positions) text += describe(dim) + ", ";
  return text + describe(shape.channels) + "]";
}

}  // namespace

bool has_parts(const graph::Node& node) { return node.kind == "concat" || node.kind == "flatten" || node.kind == "layer_norm"; }

bool gaussian_parts(const graph::Network& network, graph::NodeId id) {
  const Node& node = network.nodes[id];
  if (node.law == Law::gaussian || node.law == Law::data) return true;
  return has_parts(node) && std::ranges::all_of(node.inputs, [&](graph::NodeId input) { return gaussian_parts(network, input); });
}

void no_limit_on(const ShapeContext& context, std::string_view what) {
  const Node& input = context.input(0);
  context.diagnostics.report(Code::no_limit, context.node.span, what, describe(input))
      .note(input.span, fmt::format("{} is not Gaussian in the limit", describe(input)))
      .suggest(fmt::format("put a `dense` before {}", what));
}

Law joined_law(const ShapeContext& context, bool linear) {
  bool data = true, gaussian = linear, mixed = false;
  for (std::size_t i = 0; i < context.node.inputs.size(); ++i) {
    const Law law = context.input(i).law;
    data = data && law == Law::data;
    gaussian = gaussian && law == Law::gaussian;
    mixed = mixed || law == Law::mixed;
  }
  return data ? Law::data : gaussian ? Law::gaussian : mixed ? Law::mixed : Law::other;
}

std::optional<Shaped> joined(const ShapeContext& context) {
  const Node& first = context.input(0);
  Shaped result{first.shape, first.width, Law::other};
  for (std::size_t i = 1; i < context.node.inputs.size(); ++i) {
    const Node& next = context.input(i);
    const graph::Dim &a = result.shape.channels, &b = next.shape.channels;
    if (next.shape.positions != result.shape.positions || (!a.unknown() && !b.unknown() && a != b)) {
      context.diagnostics.report(Code::shapes_differ, context.node.span, context.node.kind, describe(result.shape), describe(next.shape))
          .note(first.span, "this branch ends in " + describe(result.shape))
          .note(next.span, "this branch ends in " + describe(next.shape))
          .suggest("a `dense`, or in a residual a `shortcut { }`, brings both to one shape");
      return std::nullopt;
    }
    if (a.unknown()) result.shape.channels = b;
    if (!result.width) result.width = next.width;
  }
  return result;
}

}  // namespace ntkc::layers
