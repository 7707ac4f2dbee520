#include "layers/increments.hpp"
#include "layers/spatial.hpp"

namespace ntkc::layers {
namespace {

std::optional<Shaped> shape(const ShapeContext& context) {
  Shaped result = linear(context, context.input(0).shape.positions);
  result.law = graph::Law::other;
  return result;
}

ir::Num kept(Demand& d, graph::NodeId u) { return 1.0 - num(d.build(), d.build().expression(d.node(u).args.find("rate")->second.real())); }

// Two uses of one mask on the same sample: both kept or both dropped, E[m^2] = 1 / (1 - rate). Masks of different samples are independent.
ir::Value masked(Demand& d, Place u, Place v, ir::Value (Demand::*quantity)(Place, Place)) {
  ir::Builder& b = d.build();
  const graph::Node &node = d.node(u.node), &other = d.node(v.node);
  if (node.instance != other.instance) {
    if (!d.independent(u.node, v.node)) d.entangled(v.node);
    return (d.*quantity)({node.inputs[0], u.side}, v);
  }
  const ir::Num k = num(b, (d.*quantity)({node.inputs[0], u.side}, {other.inputs[0], v.side}));
  if (u.side == v.side) return (k / kept(d, u.node)).v;
  const ir::Num same = num(b, b.same_sample());
  return b.call(expr::Function::select, {same.v, (k / kept(d, u.node)).v, k.v});
}

ir::Value covariance(Demand& d, Place u, Place v) { return masked(d, u, v, &Demand::covariance); }
ir::Value tangent(Demand& d, Place u, Place v) { return masked(d, u, v, &Demand::tangent); }
ir::Value mean(Demand& d, Place u) { return d.mean({d.node(u.node).inputs[0], u.side}); }

// The mask has mean 1 and knows nothing of the rest.
ir::Value increment(Demand& d, graph::NodeId u, graph::NodeId v) {
  ir::Builder& b = d.build();
  const graph::NodeId in = d.node(u).inputs[0];
  if (u != v) return d.node(v).instance == d.node(u).instance ? increment_from_covariances(d, u, v) : d.increment(in, v);
  const ir::Num q = num(b, d.covariance({in, Side::x}, {in, Side::x})), qp = num(b, d.covariance({in, Side::primed}, {in, Side::primed}));
  const ir::Num keep = kept(d, u), extra = (q + qp) * ((1.0 - keep) / keep);
  return (num(b, d.distance(in)) + (1.0 - num(b, b.same_sample())) * extra).v;
}

ir::Value gram(Demand& d, graph::NodeId u) {
  ir::Builder& b = d.build();
  const graph::NodeId in = d.node(u).inputs[0];
  const ir::Num q = num(b, d.covariance({in, Side::x}, {in, Side::x})), qp = num(b, d.covariance({in, Side::primed}, {in, Side::primed}));
  const ir::Num keep = kept(d, u), extra = q * qp * ((1.0 - keep) * (1.0 + keep) / (keep * keep));
  return (num(b, d.gram(in)) + (1.0 - num(b, b.same_sample())) * extra).v;
}

Forward::Value forward(Forward& f, graph::NodeId u) {
  const graph::Node& node = f.network().nodes[u];
  if (f.network().nodes[node.inputs[0]].law == graph::Law::data)
    throw NoFinite{u, "the mask of `dropout` on the input does not average out over its channels"};
  return f.mask(f.at(node.inputs[0]), node.instance, expr::simplify(1 - node.args.find("rate")->second.real()));
}

constexpr Rule kRule{
    .rank = Rank::linear, .covariance = covariance, .tangent = tangent, .mean = mean, .increment = increment, .gram = gram};

}  // namespace

Layer dropout() {
  return {.name = "dropout",
          .arguments = {{"rate", graph::ArgumentType::rate, "", "the probability to drop a channel"}},
          .doc = "K and Theta divided by 1 - rate between two uses of one mask on one sample at one position.",
          .has_weights = true,
          .shape = shape,
          .rule = kRule,
          .forward = forward};
}

}  // namespace ntkc::layers
