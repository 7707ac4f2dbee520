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

bool faces(const graph::Node& a, const graph::Node& b) {
  return b.kind == "concat" && b.weights == a.weights && b.inputs.size() == a.inputs.size();
}

// Channels side by side: parts face the parts of a concat of the same shares, and any part of a node whose channels are alike.
ir::Value by_parts(Demand& d, Place u, Place v, ir::Value (Demand::*quantity)(Place, Place)) {
  const graph::Node &node = d.node(u.node), &other = d.node(v.node);
  const bool facing = faces(node, other);
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

ir::Value increment(Demand& d, graph::NodeId u, graph::NodeId v) {
  const graph::Node &node = d.node(u), &other = d.node(v);
  const bool facing = faces(node, other);
  const std::vector<ir::Num> w = shares(d, node);
  ir::Num sum = num(d.build(), d.build().constant(0));
  for (std::size_t i = 0; i < w.size(); ++i) sum = sum + w[i] * num(d.build(), d.increment(node.inputs[i], facing ? other.inputs[i] : v));
  return sum.v;
}

// Channels side by side are like a variable that is one of the parts: second moments are sums, as of uncorrelated variables.
ir::Value gram(Demand& d, graph::NodeId u) {
  const graph::Node& node = d.node(u);
  const std::vector<ir::Num> w = shares(d, node);
  Moments total = w[0] * moments(d, node.inputs[0]);
  for (std::size_t i = 1; i < w.size(); ++i) total = total + w[i] * moments(d, node.inputs[i]);
  return total.gram.v;
}

Forward::Value forward(Forward& f, graph::NodeId u) {
  const graph::Node& node = f.network().nodes[u];
  std::vector<Forward::Term> parts;
  for (std::size_t i = 0; i < node.inputs.size(); ++i)
    parts.push_back({node.weights.empty() ? expr::Expr(1) : node.weights[i], f.at(node.inputs[i])});
  return f.concat(parts);
}

constexpr Rule kRule{
    .rank = Rank::concat, .covariance = covariance, .tangent = tangent, .mean = mean, .increment = increment, .gram = gram};

}  // namespace

Layer concat() {
  return {.name = "concat",
          .arguments = {{"weights", graph::ArgumentType::reals, "none", "shares of the branches; none: their widths", {"none"}}},
          .doc = "Channels side by side: K = sum w_i K_i / sum w_i.",
          .structural = true,
          .shape = shape,
          .rule = kRule,
          .forward = forward};
}

}  // namespace ntkc::layers
