#include <algorithm>
#include <limits>

#include "layers/laws.hpp"
#include "layers/mixture.hpp"

namespace ntkc::layers {
namespace {

std::optional<Shaped> shape(const ShapeContext& context) {
  const graph::Node& first = context.input(0);
  Shaped result{{first.shape.positions, {}}, 0, joined_law(context, false)};
  std::size_t known = 0;
  for (std::size_t i = 0; i < context.node.inputs.size(); ++i) {
    const graph::Node& next = context.input(i);
    if (next.shape.positions != first.shape.positions) {
      context.diagnostics.report(Code::concat_positions, context.node.span)
          .note(first.span, fmt::format("this branch has {} position axes", first.shape.positions.size()))
          .note(next.span, "the positions of this branch are others");
      return std::nullopt;
    }
    if (!next.width) continue;
    ++known;
    if (*next.width > std::numeric_limits<std::uint64_t>::max() - *result.width) {
      context.diagnostics.report(Code::size_overflow, context.node.span);
      return std::nullopt;
    }
    *result.width += *next.width;
  }
  if (known == context.node.inputs.size()) {
    result.shape.channels.size = result.width;
    return result;
  }
  result.width.reset();
  if (known > 0 && context.node.args.find("weights")->second.is_none()) {
    auto& diagnostic = context.diagnostics.report(Code::widths_mixed, context.node.span);
    for (std::size_t i = 0; i < context.node.inputs.size(); ++i)
      if (!context.input(i).width) diagnostic.note(context.input(i).span, "the width of this branch is not known");
    diagnostic.suggest("give every branch a width, or none, or the shares: `concat(weights = [1, 2])`");
    return std::nullopt;
  }
  return result;
}

// Shares of the parts in the channels: w_i / sum of w.
std::vector<ir::Num> shares(Demand& d, const graph::Node& node) {
  ir::Builder& b = d.build();
  std::vector<ir::Num> w;
  ir::Num total = num(b, b.constant(0));
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    w.push_back(num(b, node.weights.empty() ? b.constant(1) : b.expression(node.weights[i])));
    total = total + w.back();
  }
  for (ir::Num& x : w) x = x / total;
  return w;
}

// Channels side by side: parts face the parts of a concat of the same shares, and any part of a node whose channels are alike.
ir::Value by_parts(Demand& d, Place u, Place v, ir::Value (Demand::*quantity)(Place, Place)) {
  const graph::Node &node = d.node(u.node), &other = d.node(v.node);
  const bool facing = other.kind == "concat" && other.weights == node.weights && other.inputs.size() == node.inputs.size();
  if (!facing && (other.kind == "concat" || other.law == graph::Law::data))
    throw NoLimit{Code::unlike_concats, u.node, "", "give both the same branches and weights, or put a `dense` on each"};
  const std::vector<ir::Num> w = shares(d, node);
  ir::Num sum = num(d.build(), d.build().constant(0));
  for (std::size_t i = 0; i < node.inputs.size(); ++i)
    sum = sum + w[i] * num(d.build(), (d.*quantity)({node.inputs[i], u.side}, facing ? Place{other.inputs[i], v.side} : v));
  return sum.v;
}

ir::Value covariance(Demand& d, Place u, Place v) { return by_parts(d, u, v, &Demand::covariance); }
ir::Value tangent(Demand& d, Place u, Place v) { return by_parts(d, u, v, &Demand::tangent); }

ir::Value mean(Demand& d, Place u) {
  const graph::Node& node = d.node(u.node);
  const std::vector<ir::Num> w = shares(d, node);
  ir::Num sum = num(d.build(), d.build().constant(0));
  for (std::size_t i = 0; i < w.size(); ++i) sum = sum + w[i] * num(d.build(), d.mean({node.inputs[i], u.side}));
  return sum.v;
}

ir::Value distance(Demand& d, graph::NodeId u) {
  const graph::Node& node = d.node(u);
  const std::vector<ir::Num> w = shares(d, node);
  ir::Num sum = num(d.build(), d.build().constant(0));
  for (std::size_t i = 0; i < w.size(); ++i) sum = sum + w[i] * num(d.build(), d.distance(node.inputs[i]));
  return sum.v;
}

ir::Value gram(Demand& d, graph::NodeId u) {
  const graph::Node& node = d.node(u);
  const std::vector<ir::Num> w = shares(d, node);
  std::vector<Part> parts;
  for (std::size_t i = 0; i < w.size(); ++i) parts.push_back({node.inputs[i], w[i].v});
  return gram_of_mixture(d, parts);
}

constexpr Rule kRule{.rank = Rank::concat, .covariance = covariance, .tangent = tangent, .mean = mean, .distance = distance, .gram = gram};

}  // namespace

Layer concat() {
  return {.name = "concat",
          .arguments = {{"weights", graph::ArgumentType::reals, "none", "shares of the branches; none: their widths", {"none"}}},
          .doc = "Channels side by side: K = sum w_i K_i / sum w_i.",
          .structural = true,
          .shape = shape,
          .rule = kRule};
}

}  // namespace ntkc::layers
