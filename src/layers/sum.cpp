#include "layers/laws.hpp"
#include "layers/mixture.hpp"
#include "layers/moments.hpp"

namespace ntkc::layers {
namespace {

std::optional<Shaped> shape(const ShapeContext& context) {
  auto result = joined(context);
  if (result) result->law = joined_law(context, true);
  return result;
}

ir::Num weight(Demand& d, const graph::Node& node, std::size_t i) {
  return num(d.build(), node.weights.empty() ? d.build().constant(1) : d.build().expression(node.weights[i]));
}

ir::Value bilinear(Demand& d, Place u, Place v, ir::Value (Demand::*quantity)(Place, Place)) {
  const graph::Node& node = d.node(u.node);
  ir::Num sum = num(d.build(), d.build().constant(0));
  for (std::size_t i = 0; i < node.inputs.size(); ++i)
    sum = sum + weight(d, node, i) * num(d.build(), (d.*quantity)({node.inputs[i], u.side}, v));
  return sum.v;
}

ir::Value covariance(Demand& d, Place u, Place v) { return bilinear(d, u, v, &Demand::covariance); }
ir::Value tangent(Demand& d, Place u, Place v) { return bilinear(d, u, v, &Demand::tangent); }

ir::Value mean(Demand& d, Place u) {
  const graph::Node& node = d.node(u.node);
  ir::Num sum = num(d.build(), d.build().constant(0));
  for (std::size_t i = 0; i < node.inputs.size(); ++i) sum = sum + weight(d, node, i) * num(d.build(), d.mean({node.inputs[i], u.side}));
  return sum.v;
}

// What the covariance of two branches adds to the distance: zero for independent branches of zero mean.
ir::Num cross(Demand& d, graph::NodeId a, graph::NodeId b) {
  const auto k = [&](Side i, Side j) { return num(d.build(), d.covariance({a, i}, {b, j})); };
  return k(Side::x, Side::x) + k(Side::primed, Side::primed) - k(Side::x, Side::primed) - k(Side::primed, Side::x);
}

ir::Value distance(Demand& d, graph::NodeId u) {
  ir::Builder& b = d.build();
  const graph::Node& node = d.node(u);
  ir::Num sum = num(b, b.constant(0));
  bool crossed = false;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const ir::Num w = weight(d, node, i);
    sum = sum + w * w * num(b, d.distance(node.inputs[i]));
    for (std::size_t j = 0; j < i; ++j) {
      const ir::Num more = 2.0 * w * weight(d, node, j) * cross(d, node.inputs[i], node.inputs[j]);
      crossed = crossed || !b.is_constant(more.v, 0);
      sum = sum + more;
    }
  }
  if (!crossed) return sum.v;
  return ((1.0 - num(b, b.same_sample())) * apply(expr::Function::max, sum, num(b, b.constant(0)))).v;
}

ir::Value gram(Demand& d, graph::NodeId u) {
  ir::Builder& b = d.build();
  const graph::Node& node = d.node(u);
  std::vector<Part> parts;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j)
      for (const Side s : {Side::x, Side::primed})
        for (const Side t : {Side::x, Side::primed})
          if (!b.is_constant(d.covariance({node.inputs[i], s}, {node.inputs[j], t}), 0)) {
            const auto q = [&](Side side) { return d.covariance({u, side}, {u, side}); };
            const ir::Value c = d.covariance({u, Side::x}, {u, Side::primed});
            return gram_from_distance(b, q(Side::x), q(Side::primed), c, d.distance(u));
          }
    const ir::Num w = weight(d, node, i);
    parts.push_back({node.inputs[i], (w * w).v});
  }
  return gram_of_mixture(d, parts);
}

ir::Value features(Demand& d, graph::NodeId u) {
  ir::Builder& b = d.build();
  const graph::Node& node = d.node(u);
  std::optional<ir::Value> sum;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const ir::Value term = b.standardize(d.features(node.inputs[i]), b.constant(0), weight(d, node, i).v);
    sum = sum ? b.feature_sum(*sum, term) : term;
  }
  return *sum;
}

constexpr Rule kRule{.rank = Rank::linear,
                     .covariance = covariance,
                     .tangent = tangent,
                     .mean = mean,
                     .distance = distance,
                     .gram = gram,
                     .features = features};

}  // namespace

Layer sum() {
  return {.name = "sum",
          .arguments = {{"weights", graph::ArgumentType::reals, "none", "a factor for each branch", {"none"}}},
          .doc = "The weighted sum of its branches.",
          .structural = true,
          .shape = shape,
          .rule = kRule};
}

}  // namespace ntkc::layers
