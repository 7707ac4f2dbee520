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

struct Rates {
  expr::Expr weights, biases;
};

// `trainable = false` is lr = 0; a rate of the biases that is written holds all the same.
Rates rates(const graph::Args& args) {
  const bool trainable = args.find("trainable")->second.boolean();
  const graph::ArgValue& biases = args.find("lr_b")->second;
  return {trainable ? args.find("lr")->second.real() : expr::Expr(0), trainable || biases.given ? biases.real() : expr::Expr(0)};
}

ir::Value tangent(Demand& d, Place u, Place v) {
  if (!same_weights(d, u, v)) return d.build().constant(0);
  const graph::Node& node = d.node(u.node);
  const graph::Args& args = node.args;
  ir::Builder& b = d.build();
  const Rates rate = rates(args);
  const ir::Num lr = num(b, b.expression(rate.weights)), lr_b = num(b, b.expression(rate.biases));
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

Forward::Value forward(Forward& f, graph::NodeId u) {
  const graph::Node& node = f.network().nodes[u];
  const graph::ArgValue& bias = node.args.find("sigma_b")->second;
  const Rates rate = rates(node.args);
  AffineMap map{.instance = node.instance,
                .width = node.width,
                .sigma_w = node.args.find("sigma_w")->second.real(),
                .sigma_b = bias.real(),
                .rate = rate.weights,
                .bias_rate = rate.biases,
                .biases = bias.given,
                .fan_in = {}};
  if (node.args.find("parameterization")->second.word() == "standard") map.fan_in = f.network().nodes[node.inputs[0]].width;
  return f.affine(f.at(node.inputs[0]), map);
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
          .rule = kRule,
          .forward = forward};
}

}  // namespace ntkc::layers
