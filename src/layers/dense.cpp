#include "layers/spatial.hpp"

namespace ntkc::layers {
namespace {

std::optional<Shaped> shape(const ShapeContext& context) { return affine(context, context.input(0).shape.positions); }

// Lee et al. 2018, Jacot et al. 2018: fresh weights are independent of everything else, the same weights see both inputs.
bool same_weights(Demand& d, Place u, Place v) {
  const graph::Node &a = d.node(u.node), &b = d.node(v.node);
  if (b.instance == a.instance) return true;
  if (!d.independent(u.node, v.node)) d.entangled(v.node);
  return false;
}

ir::Num squared(Demand& d, const graph::Args& args, const char* name) {
  const ir::Num s = num(d.build(), d.build().expression(args.find(name)->second.real()));
  return s * s;
}

ir::Num below(Demand& d, Place u, Place v, ir::Value (Demand::*quantity)(Place, Place)) {
  return num(d.build(), (d.*quantity)({d.node(u.node).inputs[0], u.side}, {d.node(v.node).inputs[0], v.side}));
}

ir::Value covariance(Demand& d, Place u, Place v) {
  if (!same_weights(d, u, v)) return d.build().constant(0);
  const graph::Args& args = d.node(u.node).args;
  return (squared(d, args, "sigma_w") * below(d, u, v, &Demand::covariance) + squared(d, args, "sigma_b")).v;
}

ir::Value tangent(Demand& d, Place u, Place v) {
  if (!same_weights(d, u, v)) return d.build().constant(0);
  const graph::Node& node = d.node(u.node);
  const graph::Args& args = node.args;
  ir::Builder& b = d.build();
  const bool trainable = args.find("trainable")->second.boolean();
  const auto rate = [&](const char* name) {
    const graph::ArgValue& value = args.find(name)->second;
    return num(b, trainable || value.given ? b.expression(value.real()) : b.constant(0));
  };
  const ir::Num lr = trainable ? rate("lr") : num(b, b.constant(0)), lr_b = rate("lr_b");
  const ir::Num w = squared(d, args, "sigma_w"), k = below(d, u, v, &Demand::covariance);
  const ir::Num passed_on = w * below(d, u, v, &Demand::tangent);
  if (args.find("parameterization")->second.word() == "standard") {
    const graph::ArgValue& bias = args.find("sigma_b")->second;
    const ir::Num n = num(b, b.constant(static_cast<double>(*d.node(node.inputs[0]).width)));
    return (lr * n * k + (bias.given ? lr_b : num(b, b.constant(0))) + passed_on).v;
  }
  return (lr * w * k + lr_b * squared(d, args, "sigma_b") + passed_on).v;
}

ir::Value mean(Demand& d, Place) { return d.build().constant(0); }

// The bias drops out of a difference.
ir::Value increment(Demand& d, graph::NodeId u, graph::NodeId v) {
  if (!same_weights(d, {u, Side::x}, {v, Side::primed})) return d.build().constant(0);
  return (squared(d, d.node(u).args, "sigma_w") * num(d.build(), d.increment(d.node(u).inputs[0], d.node(v).inputs[0]))).v;
}

ir::Value gram(Demand& d, graph::NodeId u) {
  const graph::NodeId in = d.node(u).inputs[0];
  const ir::Num w = squared(d, d.node(u).args, "sigma_w"), b = squared(d, d.node(u).args, "sigma_b");
  return (w * w * num(d.build(), d.gram(in)) + w * b * num(d.build(), d.distance(in))).v;
}

constexpr Rule kRule{
    .rank = Rank::affine, .covariance = covariance, .tangent = tangent, .mean = mean, .increment = increment, .gram = gram};

}  // namespace

Layer dense() {
  return {.name = "dense",
          .arguments = affine_arguments(),
          .doc = "An affine map of the channels: K' = sigma_w^2 K + sigma_b^2.",
          .has_weights = true,
          .shape = shape,
          .rule = kRule};
}

}  // namespace ntkc::layers
