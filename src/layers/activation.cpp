#include <stdexcept>

#include "layers/function_of.hpp"
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

// Of a kernel that is that of no function, other expectations are not known.
void must_be_function(Demand& d, graph::NodeId u) {
  const graph::ActivationUse& use = *d.node(u).activation;
  if (is_kernel_only(use)) throw NoLimit{Code::kernel_only, u, use.name, "put a `dense` behind it"};
}

bool gaussian(Demand& d, Place v) { return d.node(v.node).law == graph::Law::gaussian; }

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
  if (d.node(v.node).kind == "activation" && d.node(v.node).law != graph::Law::data) {
    if (phi(d, u.node) != phi(d, v.node)) must_be_function(d, u.node), must_be_function(d, v.node);
    return b.dual(phi(d, u.node), phi(d, v.node), 0, 0, joint(d, g, below(d, v)));
  }
  if (gaussian(d, v)) {
    const ir::Value k = d.covariance(g, v);
    if (b.is_constant(k, 0)) return k;
    must_be_function(d, u.node);
    return (num(b, k) * num(b, b.mean(phi(d, u.node), 1, d.covariance(g, g)))).v;
  }
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
  must_be_function(d, u.node);
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

// 2 E[(phi - phi')(psi - psi')] of two functions of one Gaussian is the distance of phi + psi less those of phi and psi, all small.
ir::Value polarised(Demand& d, const FunctionOf& f, const FunctionOf& g) {
  ir::Builder& b = d.build();
  const ir::Builder::Covariance k = joint(d, f.gaussian);
  const auto distance = [&](const graph::ActivationUse& use) { return num(b, b.dual_distance(b.activation(use), k)); };
  const graph::ActivationUse sum{
      fmt::format("{} + {}", f.function.name, g.function.name), false, {}, expr::simplify(f.function.phi + g.function.phi)};
  return (0.5 * (distance(sum) - distance(f.function) - distance(g.function))).v;
}

// With a Gaussian v Stein's lemma: m K(g, v)(x, x) + m' K(g, v)(x', x') - m K(g, v)(x, x') - m' K(g, v)(x', x), m = E[phi'(g)].
ir::Value increment(Demand& d, graph::NodeId u, graph::NodeId v) {
  ir::Builder& b = d.build();
  const graph::NodeId g = d.node(u).inputs[0];
  if (u == v) return b.dual_distance(phi(d, u), joint(d, g));
  if (const auto f = function_of(d, u), h = function_of(d, v); !gaussian(d, {v, Side::x}) && f && h && are_one(d, f->gaussian, h->gaussian))
    return polarised(d, *f, *h);
  if (!gaussian(d, {v, Side::x}) || d.independent(u, v)) return increment_from_covariances(d, u, v);
  const auto m = [&](Side i) { return num(b, b.mean(phi(d, u), 1, d.covariance({g, i}, {g, i}))); };
  const auto k = [&](Side i, Side j) { return num(b, d.covariance({g, i}, {v, j})); };
  const ir::Num skew = k(Side::x, Side::x) - k(Side::primed, Side::primed) + (k(Side::primed, Side::x) - k(Side::x, Side::primed));
  const ir::Num m1 = m(Side::x), m2 = m(Side::primed);
  return (0.5 * (m1 + m2) * num(b, d.increment(g, v)) + 0.5 * (m1 - m2) * skew).v;
}

ir::Value gram(Demand& d, graph::NodeId u) {
  const graph::NodeId g = d.node(u).inputs[0];
  return d.build().dual_gram(phi(d, u), joint(d, g));
}

ir::Value features(Demand& d, graph::NodeId u) { return d.build().map(d.features(d.node(u).inputs[0]), phi(d, u)); }

Forward::Value forward(Forward& f, graph::NodeId u) {
  const graph::Node& node = f.network().nodes[u];
  if (is_kernel_only(*node.activation)) throw NoFinite{u, fmt::format("`{}` is the kernel of no function", node.activation->name)};
  return f.map(f.at(node.inputs[0]), node.activation->phi);
}

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
          .rule = kRule,
          .forward = forward};
}

}  // namespace ntkc::layers
