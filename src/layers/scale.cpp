#include "layers/spatial.hpp"

namespace ntkc::layers {
namespace {

std::optional<Shaped> shape(const ShapeContext& context) { return linear(context, context.input(0).shape.positions); }

ir::Num factor(Demand& d, graph::NodeId u) { return num(d.build(), d.build().expression(d.node(u).args.find("c")->second.real())); }

ir::Value covariance(Demand& d, Place u, Place v) {
  return (factor(d, u.node) * num(d.build(), d.covariance({d.node(u.node).inputs[0], u.side}, v))).v;
}

ir::Value tangent(Demand& d, Place u, Place v) {
  return (factor(d, u.node) * num(d.build(), d.tangent({d.node(u.node).inputs[0], u.side}, v))).v;
}

ir::Value mean(Demand& d, Place u) { return (factor(d, u.node) * num(d.build(), d.mean({d.node(u.node).inputs[0], u.side}))).v; }

ir::Value variance(Demand& d, Place u) {
  const ir::Num c = factor(d, u.node);
  return (c * c * num(d.build(), d.variance({d.node(u.node).inputs[0], u.side}))).v;
}

ir::Value increment(Demand& d, graph::NodeId u, graph::NodeId v) {
  return (factor(d, u) * num(d.build(), d.increment(d.node(u).inputs[0], v))).v;
}

ir::Value gram(Demand& d, graph::NodeId u) {
  const ir::Num c = factor(d, u);
  return (c * c * c * c * num(d.build(), d.gram(d.node(u).inputs[0]))).v;
}

ir::Value features(Demand& d, graph::NodeId u) {
  return d.build().standardize(d.features(d.node(u).inputs[0]), d.build().constant(0), factor(d, u).v);
}

Forward::Value forward(Forward& f, graph::NodeId u) {
  const graph::Node& node = f.network().nodes[u];
  return f.sum({{node.args.find("c")->second.real(), f.at(node.inputs[0])}});
}

constexpr Rule kRule{.rank = Rank::linear,
                     .covariance = covariance,
                     .tangent = tangent,
                     .mean = mean,
                     .variance = variance,
                     .increment = increment,
                     .gram = gram,
                     .features = features};

}  // namespace

Layer scale() {
  return {.name = "scale",
          .arguments = {{"c", graph::ArgumentType::real, "", "the factor"}},
          .doc = "K' = c^2 K, Theta' = c^2 Theta.",
          .has_weights = false,
          .shape = shape,
          .rule = kRule,
          .forward = forward};
}

}  // namespace ntkc::layers
