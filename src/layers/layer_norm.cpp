#include <algorithm>

#include "layers/layer.hpp"
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

Statistics statistics(Demand& d, graph::NodeId u, Side side) {
  ir::Builder& b = d.build();
  const graph::Node& node = d.node(u);
  const std::size_t first = node.inputs.size() > 1 ? 1 : 0;
  ir::Num total = num(b, b.constant(0)), first_moment = total, second_moment = total;
  for (std::size_t i = first; i < node.inputs.size(); ++i) {
    const ir::Num w = num(b, first ? b.expression(node.weights[i - 1]) : b.constant(1));
    const Place part{node.inputs[i], side};
    total = total + w;
    first_moment = first_moment + w * num(b, d.mean(part));
    second_moment = second_moment + w * num(b, d.covariance(part, part));
  }
  const ir::Num m = first_moment / total, v = second_moment / total - m * m;
  const ir::Num eps = num(b, b.expression(node.args.find("eps")->second.real()));
  return {m, 1.0 / sqrt(eps + v)};
}

ir::Value covariance(Demand& d, Place u, Place v) {
  ir::Builder& b = d.build();
  const Statistics s = statistics(d, u.node, u.side);
  const ir::Num k = num(b, d.covariance({d.node(u.node).inputs[0], u.side}, v));
  return ((k - s.shift * num(b, d.mean(v))) * s.factor).v;
}

// The statistics are constants of the infinitely wide layer: no gradient flows through them.
ir::Value tangent(Demand& d, Place u, Place v) {
  const Statistics s = statistics(d, u.node, u.side);
  return (num(d.build(), d.tangent({d.node(u.node).inputs[0], u.side}, v)) * s.factor).v;
}

ir::Value mean(Demand& d, Place u) {
  const Statistics s = statistics(d, u.node, u.side);
  return ((num(d.build(), d.mean({d.node(u.node).inputs[0], u.side})) - s.shift) * s.factor).v;
}

// The centred variables a - m and a' - m': variances, covariance and 1 - rho of them are those of the result up to the factors.
struct Centred {
  ir::Num q1, q2, c, deficit;
};

Centred centred(Demand& d, graph::NodeId u, const Statistics& s, const Statistics& t) {
  ir::Builder& b = d.build();
  const graph::NodeId in = d.node(u).inputs[0];
  const auto second = [&](Side i, Side j) { return num(b, d.covariance({in, i}, {in, j})); };
  const ir::Num e = num(b, d.mean({in, Side::x})), f = num(b, d.mean({in, Side::primed}));
  const auto zero = num(b, b.constant(0));
  const ir::Num q1 = second(Side::x, Side::x) - 2.0 * s.shift * e + s.shift * s.shift;
  const ir::Num q2 = second(Side::primed, Side::primed) - 2.0 * t.shift * f + t.shift * t.shift;
  const ir::Num c = second(Side::x, Side::primed) - s.shift * f - t.shift * e + s.shift * t.shift;
  if (b.is_constant(s.shift.v, 0)) return {q1, q2, c, num(b, deficit(b, q1.v, q2.v, c.v, d.gram(in)))};
  const ir::Num moved = s.shift - t.shift;
  const ir::Num distance = num(b, d.distance(in)) - 2.0 * moved * (e - f) + moved * moved;
  const ir::Num gram = num(b, gram_from_distance(b, q1.v, q2.v, c.v, apply(expr::Function::max, distance, zero).v));
  return {q1, q2, c, num(b, deficit(b, q1.v, q2.v, c.v, gram.v))};
}

ir::Value distance(Demand& d, graph::NodeId u) {
  const Statistics s = statistics(d, u, Side::x), t = statistics(d, u, Side::primed);
  const Centred k = centred(d, u, s, t);
  const ir::Num s1 = sqrt(k.q1) * s.factor, s2 = sqrt(k.q2) * t.factor;
  return ((s1 - s2) * (s1 - s2) + 2.0 * s1 * s2 * k.deficit).v;
}

ir::Value gram(Demand& d, graph::NodeId u) {
  const Statistics s = statistics(d, u, Side::x), t = statistics(d, u, Side::primed);
  const Centred k = centred(d, u, s, t);
  const ir::Num v1 = k.q1 * s.factor * s.factor, v2 = k.q2 * t.factor * t.factor;
  return (v1 * v2 * k.deficit * (2.0 - k.deficit)).v;
}

ir::Value features(Demand& d, graph::NodeId u) {
  const Statistics s = statistics(d, u, Side::x);
  return d.build().standardize(d.features(d.node(u).inputs[0]), s.shift.v, s.factor.v);
}

constexpr Rule kRule{.rank = Rank::linear,
                     .covariance = covariance,
                     .tangent = tangent,
                     .mean = mean,
                     .distance = distance,
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
          .rule = kRule};
}

}  // namespace ntkc::layers
