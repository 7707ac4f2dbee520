#include <algorithm>

#include "layers/increments.hpp"
#include "layers/mixture.hpp"
#include "layers/moments.hpp"

namespace ntkc::layers {
namespace {

// Axes are numbers of the input's shape, the channel axis (the last) among them, each once.
bool axes_fit(const ShapeContext& context) {
  const graph::ArgValue& axes = context.node.args.find("axes")->second;
  if (!std::holds_alternative<graph::ArgList>(axes.value)) return true;
  const auto channel = static_cast<std::int64_t>(context.input(0).shape.positions.size());
  std::vector<std::int64_t> seen;
  for (const graph::ArgValue& axis : axes.list()) {
    const std::int64_t n = axis.integer();
    if (n < 0 || n > channel) {
      context.diagnostics.report(Code::no_such_axis, axis.span, n, channel);
      return false;
    }
    if (std::ranges::find(seen, n) != seen.end()) {
      context.diagnostics.report(Code::repeated_axis, axis.span, n);
      return false;
    }
    seen.push_back(n);
  }
  if (std::ranges::find(seen, channel) != seen.end()) return true;
  context.diagnostics.report(Code::channel_axis_missing, axes.span, channel).suggest(fmt::format("add {} to the list", channel));
  return false;
}

std::optional<Shaped> shape(const ShapeContext& context) {
  const graph::Node& input = context.input(0);
  if (!axes_fit(context)) return std::nullopt;
  return Shaped{input.shape, input.width, input.law};
}

// Inputs: the node itself, or (src/lower/normalize.hpp) a part of a concat and then all parts, whose common statistics are used.
struct Statistics {
  ir::Num shift, factor;  // (u - shift) * factor, per sample
};

bool is_part(const graph::Node& node) { return node.inputs.size() > 1; }

// Where the statistics are those of parts, their variance is the mean of the parts' and that of the parts' means.
Statistics statistics(Demand& d, graph::NodeId u, Side side) {
  ir::Builder& b = d.build();
  const graph::Node& node = d.node(u);
  const ir::Num eps = num(b, b.expression(node.args.find("eps")->second.real()));
  if (!is_part(node)) {
    const Place in{node.inputs[0], side};
    return {num(b, d.mean(in)), 1.0 / sqrt(eps + num(b, d.variance(in)))};
  }
  ir::Num total = num(b, b.constant(0)), mean = total, variance = total;
  const auto each = [&](auto add) {
    for (std::size_t i = 1; i < node.inputs.size(); ++i) add(num(b, b.expression(node.weights[i - 1])), Place{node.inputs[i], side});
  };
  each([&](ir::Num w, Place part) { total = total + w, mean = mean + w * num(b, d.mean(part)); });
  mean = mean / total;
  each([&](ir::Num w, Place part) {
    const ir::Num off = num(b, d.mean(part)) - mean;
    variance = variance + w * (num(b, d.variance(part)) + off * off);
  });
  return {mean, 1.0 / sqrt(eps + variance / total)};
}

// Of u at both samples: what it has beyond its mean, and the mean that the common shift leaves.
Moments normalised(Demand& d, graph::NodeId u) {
  const graph::NodeId in = d.node(u).inputs[0];
  const Statistics s = statistics(d, u, Side::x), t = statistics(d, u, Side::primed);
  Moments k = centred(d, in);
  if (is_part(d.node(u)))
    k = of_constant(num(d.build(), d.mean({in, Side::x})) - s.shift, num(d.build(), d.mean({in, Side::primed})) - t.shift) + k;
  const ir::Num both = s.factor * t.factor;
  return {s.factor * s.factor * k.q1, t.factor * t.factor * k.q2, both * k.c, both * both * k.gram};
}

ir::Value variance(Demand& d, Place u) {
  const ir::Num factor = statistics(d, u.node, u.side).factor;
  return (factor * factor * num(d.build(), d.variance({d.node(u.node).inputs[0], u.side}))).v;
}

ir::Value mean(Demand& d, Place u) {
  if (!is_part(d.node(u.node))) return d.build().constant(0);
  const Statistics s = statistics(d, u.node, u.side);
  return ((num(d.build(), d.mean({d.node(u.node).inputs[0], u.side})) - s.shift) * s.factor).v;
}

ir::Value covariance(Demand& d, Place u, Place v) {
  ir::Builder& b = d.build();
  if (u == v) {
    const ir::Num m = num(b, d.mean(u));
    return (num(b, d.variance(u)) + m * m).v;
  }
  if (u.node == v.node) return normalised(d, u.node).c.v;
  const Statistics s = statistics(d, u.node, u.side);
  const ir::Num k = num(b, d.covariance({d.node(u.node).inputs[0], u.side}, v));
  return ((k - s.shift * num(b, d.mean(v))) * s.factor).v;
}

// The statistics are constants of the infinitely wide layer: no gradient flows through them.
ir::Value tangent(Demand& d, Place u, Place v) {
  const Statistics s = statistics(d, u.node, u.side);
  return (num(d.build(), d.tangent({d.node(u.node).inputs[0], u.side}, v)) * s.factor).v;
}

ir::Value increment(Demand& d, graph::NodeId u, graph::NodeId v) {
  if (u != v) return increment_from_covariances(d, u, v);
  ir::Builder& b = d.build();
  const Moments k = normalised(d, u);
  const ir::Num s1 = sqrt(k.q1), s2 = sqrt(k.q2);
  return ((s1 - s2) * (s1 - s2) + 2.0 * s1 * s2 * num(b, deficit(b, k.q1.v, k.q2.v, k.c.v, k.gram.v))).v;
}

ir::Value gram(Demand& d, graph::NodeId u) { return normalised(d, u).gram.v; }

ir::Value features(Demand& d, graph::NodeId u) {
  const Statistics s = statistics(d, u, Side::x);
  return d.build().standardize(d.features(d.node(u).inputs[0]), s.shift.v, s.factor.v);
}

Forward::Value forward(Forward& f, graph::NodeId u) {
  const graph::Node& node = f.network().nodes[u];
  const Forward::Value h = f.at(node.inputs[0]), centred = f.sum({{1, h}, {-1, f.spread(f.mean(h), h)}});
  const expr::Expr root = expr::sqrt(node.args.find("eps")->second.real() + expr::Expr::variable());
  return f.product({centred, f.spread(f.map(f.mean(f.product({centred, centred})), 1 / root), h)});
}

constexpr Rule kRule{.rank = Rank::linear,
                     .covariance = covariance,
                     .tangent = tangent,
                     .mean = mean,
                     .variance = variance,
                     .increment = increment,
                     .gram = gram,
                     .features = features,
                     .numbers = true};

}  // namespace

Layer layer_norm() {
  return {.name = "layer_norm",
          .arguments = {{"axes",
                         graph::ArgumentType::axes,
                         "channel",
                         "channel, all, or axis numbers of the input's shape with the channel axis",
                         {"channel", "all"}},
                        {"eps", graph::ArgumentType::nonnegative, "1e-12", "added to the variance"}},
          .doc = "Centres by the mean over the axes, then divides by the square root of eps + the variance.",
          .shape = shape,
          .rule = kRule,
          .forward = forward};
}

}  // namespace ntkc::layers
