#include "layers/spatial.hpp"

namespace ntkc::layers {
namespace {

std::optional<Shaped> shape(const ShapeContext& context) { return linear(context, context.input(0).shape.positions); }

ir::Value covariance(Demand& d, Place u, Place v) { return d.covariance({d.node(u.node).inputs[0], u.side}, v); }
ir::Value tangent(Demand& d, Place u, Place v) { return d.tangent({d.node(u.node).inputs[0], u.side}, v); }
ir::Value mean(Demand& d, Place u) { return d.mean({d.node(u.node).inputs[0], u.side}); }
ir::Value variance(Demand& d, Place u) { return d.variance({d.node(u.node).inputs[0], u.side}); }
ir::Value increment(Demand& d, graph::NodeId u, graph::NodeId v) { return d.increment(d.node(u).inputs[0], v); }
ir::Value gram(Demand& d, graph::NodeId u) { return d.gram(d.node(u).inputs[0]); }
ir::Value features(Demand& d, graph::NodeId u) { return d.features(d.node(u).inputs[0]); }

Forward::Value forward(Forward& f, graph::NodeId u) { return f.at(f.network().nodes[u].inputs[0]); }

constexpr Rule kRule{.rank = Rank::linear,
                     .covariance = covariance,
                     .tangent = tangent,
                     .mean = mean,
                     .variance = variance,
                     .increment = increment,
                     .gram = gram,
                     .features = features};

}  // namespace

Layer identity() {
  return {.name = "identity", .arguments = {}, .doc = "Nothing.", .has_weights = false, .shape = shape, .rule = kRule, .forward = forward};
}

}  // namespace ntkc::layers
