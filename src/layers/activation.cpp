#include <stdexcept>

#include "layers/increments.hpp"
#include "layers/laws.hpp"

namespace ntkc::layers {
namespace {

std::optional<Shaped> shape(const ShapeContext& context) {
  const graph::Node& input = context.input(0);
  if (!gaussian_parts(context.network, context.node.inputs[0])) {
    no_limit_on(context, context.node.activation ? fmt::format("`{}`", context.node.activation->name) : "the activation");
    return std::nullopt;
  }
  return Shaped{input.shape, input.width, input.law == graph::Law::data ? graph::Law::data : graph::Law::other};
}

std::uint32_t phi(Demand& d, graph::NodeId u) { return d.build().activation(*d.node(u).activation); }
Place below(Demand& d, Place u) { return {d.node(u.node).inputs[0], u.side}; }
bool gaussian(Demand& d, Place v) { return d.node(v.node).law == graph::Law::gaussian; }

// The law of (g at u, h at v). Of a node with itself distance and Gram determinant follow their own recursion.
ir::Builder::Covariance joint(Demand& d, Place g, Place h) {
  ir::Builder& b = d.build();
  const ir::Value q1 = d.covariance(g, g), q2 = d.covariance(h, h), c = d.covariance(g, h);
  if (g == h) return {q1, q2, c, b.constant(0), b.constant(0)};
  if (g.node == h.node) return {q1, q2, c, d.distance(g.node), d.gram(g.node)};
  const ir::Num n1 = num(b, q1), n2 = num(b, q2), k = num(b, c), zero = num(b, b.constant(0));
  return {q1, q2, c, apply(expr::Function::max, n1 + n2 - 2.0 * k, zero).v, apply(expr::Function::max, n1 * n2 - k * k, zero).v};
}

// A v that is no activation and not Gaussian: data is independent; a loop is unrolled; affine nodes are Gaussian; all others have a higher
// rank, so that their rules are asked and not this one (Recursion::before).
void independent_or_entangled(Demand& d, Place u, Place v) {
  if (d.independent(u.node, v.node)) return;
  d.entangled(v.node);
  throw std::logic_error("an activation meets a node that no rule expands");
}

// E[phi(u) psi(v)]; with a Gaussian Stein's lemma; with a node that does not know the weights under phi the product of the means.
ir::Value covariance(Demand& d, Place u, Place v) {
  ir::Builder& b = d.build();
  const Place g = below(d, u);
  if (d.node(v.node).kind == "activation" && d.node(v.node).law != graph::Law::data)
    return b.dual(phi(d, u.node), phi(d, v.node), 0, 0, joint(d, g, below(d, v)));
  if (gaussian(d, v)) return (num(b, d.covariance(g, v)) * num(b, b.mean(phi(d, u.node), 1, d.covariance(g, g)))).v;
  independent_or_entangled(d, u, v);
  return (num(b, d.mean(u)) * num(b, d.mean(v))).v;
}

ir::Value tangent(Demand& d, Place u, Place v) {
  ir::Builder& b = d.build();
  const Place g = below(d, u);
  if (d.node(v.node).kind == "activation" && d.node(v.node).law != graph::Law::data) {
    const Place h = below(d, v);
    const ir::Value t = d.tangent(g, h);
    if (b.is_constant(t, 0)) return t;
    return (num(b, t) * num(b, b.dual(phi(d, u.node), phi(d, v.node), 1, 1, joint(d, g, h)))).v;
  }
  if (gaussian(d, v)) {
    const ir::Value t = d.tangent(g, v);
    if (b.is_constant(t, 0)) return t;
    return (num(b, t) * num(b, b.mean(phi(d, u.node), 1, d.covariance(g, g)))).v;
  }
  independent_or_entangled(d, u, v);
  return b.constant(0);
}

ir::Value mean(Demand& d, Place u) {
  const Place g = below(d, u);
  const ir::Value at_x = d.build().mean(phi(d, u.node), 0, d.covariance({g.node, Side::x}, {g.node, Side::x}));
  return u.side == Side::x ? at_x : d.build().prime(at_x);
}

// Var[phi(u)] = E[(phi(u) - phi(v))^2] / 2 of independent u, v: without cancellation also where phi is nearly constant.
ir::Value variance(Demand& d, Place u) {
  ir::Builder& b = d.build();
  const Place g = below(d, u);
  const ir::Num q = num(b, d.covariance(g, g));
  return (0.5 * num(b, b.dual_distance(phi(d, u.node), {q.v, q.v, b.constant(0), (2.0 * q).v, (q * q).v}))).v;
}

// With a Gaussian v Stein's lemma: m K(g, v)(x, x) + m' K(g, v)(x', x') - m K(g, v)(x, x') - m' K(g, v)(x', x), m = E[phi'(g)].
ir::Value increment(Demand& d, graph::NodeId u, graph::NodeId v) {
  ir::Builder& b = d.build();
  const graph::NodeId g = d.node(u).inputs[0];
  if (u == v) return b.dual_distance(phi(d, u), joint(d, {g, Side::x}, {g, Side::primed}));
  if (!gaussian(d, {v, Side::x}) || d.independent(u, v)) return increment_from_covariances(d, u, v);
  const auto m = [&](Side i) { return num(b, b.mean(phi(d, u), 1, d.covariance({g, i}, {g, i}))); };
  const auto k = [&](Side i, Side j) { return num(b, d.covariance({g, i}, {v, j})); };
  const ir::Num skew = k(Side::x, Side::x) - k(Side::primed, Side::primed) + (k(Side::primed, Side::x) - k(Side::x, Side::primed));
  const ir::Num m1 = m(Side::x), m2 = m(Side::primed);
  return (0.5 * (m1 + m2) * num(b, d.increment(g, v)) + 0.5 * (m1 - m2) * skew).v;
}

ir::Value gram(Demand& d, graph::NodeId u) {
  const graph::NodeId g = d.node(u).inputs[0];
  return d.build().dual_gram(phi(d, u), joint(d, {g, Side::x}, {g, Side::primed}));
}

ir::Value features(Demand& d, graph::NodeId u) { return d.build().map(d.features(d.node(u).inputs[0]), phi(d, u)); }

constexpr Rule kRule{.rank = Rank::activation,
                     .covariance = covariance,
                     .tangent = tangent,
                     .mean = mean,
                     .variance = variance,
                     .increment = increment,
                     .gram = gram,
                     .features = features,
                     .numbers = true};

}  // namespace

Layer activation() {
  return {.name = "activation",
          .arguments = {},
          .doc = "K' = E[phi(u) phi(v)], Theta' = Theta E[phi'(u) phi'(v)].",
          .structural = true,
          .shape = shape,
          .rule = kRule};
}

}  // namespace ntkc::layers
