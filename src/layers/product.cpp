#include <algorithm>

#include "layers/laws.hpp"

namespace ntkc::layers {
namespace {

std::optional<Shaped> shape(const ShapeContext& context) {
  auto result = joined(context);
  if (result) result->law = joined_law(context, false);
  return result;
}

bool gaussian(Demand& d, graph::NodeId u) { return d.node(u).law == graph::Law::gaussian; }

bool all(const std::vector<graph::NodeId>& nodes, auto&& holds) { return std::all_of(nodes.begin(), nodes.end(), holds); }

bool mutually_independent(Demand& d, const std::vector<graph::NodeId>& a) {
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (!d.independent(a[i], a[j])) return false;
  return true;
}

// How the factors of two products depend on each other.
enum class Pairing { none, one_to_one, gaussian, dependent };

Pairing pairing(Demand& d, const graph::Node& a, const graph::Node& b) {
  bool none = true,
       one_to_one = a.inputs.size() == b.inputs.size() && mutually_independent(d, a.inputs) && mutually_independent(d, b.inputs);
  for (std::size_t i = 0; i < a.inputs.size(); ++i)
    for (std::size_t j = 0; j < b.inputs.size(); ++j) {
      const bool same = a.inputs[i] == b.inputs[j];
      const bool apart = (!same && d.independent(a.inputs[i], b.inputs[j]));
      none = none && apart && d.node(a.inputs[i]).law != graph::Law::data;
      one_to_one = one_to_one && (i == j || apart);
    }
  if (one_to_one) return Pairing::one_to_one;
  if (none) return Pairing::none;
  const auto is_gaussian = [&](graph::NodeId u) { return gaussian(d, u); };
  const bool two = a.inputs.size() == 2 && b.inputs.size() == 2;
  return two && all(a.inputs, is_gaussian) && all(b.inputs, is_gaussian) ? Pairing::gaussian : Pairing::dependent;
}

[[noreturn]] void no_limit(Demand& d, Place u, Place v) {
  for (const graph::NodeId w : d.node(u.node).inputs) d.entangled(w);
  d.entangled(v.node);
  throw NoLimit{Code::dependent_factors, u.node, "", "put a `dense` of its own on each branch"};
}

ir::Num at(Demand& d, graph::NodeId a, Side i, graph::NodeId b, Side j) { return num(d.build(), d.covariance({a, i}, {b, j})); }

// Independent factors multiply; jointly Gaussian ones follow Isserlis' theorem.
ir::Value covariance(Demand& d, Place u, Place v) {
  ir::Builder& b = d.build();
  const graph::Node &a = d.node(u.node), &o = d.node(v.node);
  if (o.kind == "product" && o.law != graph::Law::data) {
    switch (pairing(d, a, o)) {
      case Pairing::one_to_one: {
        ir::Num product = num(b, b.constant(1));
        for (std::size_t i = 0; i < a.inputs.size(); ++i) product = product * at(d, a.inputs[i], u.side, o.inputs[i], v.side);
        return product.v;
      }
      case Pairing::none:
        return (num(b, d.mean(u)) * num(b, d.mean(v))).v;
      case Pairing::gaussian: {
        const graph::NodeId p = a.inputs[0], q = a.inputs[1], r = o.inputs[0], s = o.inputs[1];
        return (at(d, p, u.side, q, u.side) * at(d, r, v.side, s, v.side) + at(d, p, u.side, r, v.side) * at(d, q, u.side, s, v.side) +
                at(d, p, u.side, s, v.side) * at(d, q, u.side, r, v.side))
            .v;
      }
      case Pairing::dependent:
        no_limit(d, u, v);
    }
  }
  if (all(a.inputs, [&](graph::NodeId f) { return d.independent(f, v.node); })) return (num(b, d.mean(u)) * num(b, d.mean(v))).v;
  if (a.inputs.size() == 2 && gaussian(d, v.node) && all(a.inputs, [&](graph::NodeId f) { return gaussian(d, f); })) return b.constant(0);
  no_limit(d, u, v);
}

ir::Value tangent(Demand& d, Place u, Place v) {
  ir::Builder& b = d.build();
  const graph::Node &a = d.node(u.node), &o = d.node(v.node);
  if (o.kind != "product" || o.law == graph::Law::data) {
    d.covariance(u, v);  // tells if there is no limit
    return b.constant(0);
  }
  const Pairing how = pairing(d, a, o);
  ir::Num sum = num(b, b.constant(0));
  if (how == Pairing::dependent) no_limit(d, u, v);
  if (how == Pairing::none) return sum.v;
  for (std::size_t i = 0; i < a.inputs.size(); ++i)
    for (std::size_t j = 0; j < o.inputs.size(); ++j) {
      if (how == Pairing::one_to_one && i != j) continue;
      ir::Num term = num(b, d.tangent({a.inputs[i], u.side}, {o.inputs[j], v.side}));
      if (how == Pairing::gaussian) {
        term = term * at(d, a.inputs[1 - i], u.side, o.inputs[1 - j], v.side);
      } else {
        for (std::size_t k = 0; k < a.inputs.size(); ++k)
          if (k != i) term = term * at(d, a.inputs[k], u.side, o.inputs[k], v.side);
      }
      sum = sum + term;
    }
  return sum.v;
}

ir::Value mean(Demand& d, Place u) {
  ir::Builder& b = d.build();
  const graph::Node& node = d.node(u.node);
  if (mutually_independent(d, node.inputs)) {
    ir::Num product = num(b, b.constant(1));
    for (const graph::NodeId f : node.inputs) product = product * num(b, d.mean({f, u.side}));
    return product.v;
  }
  if (node.inputs.size() != 2 || !all(node.inputs, [&](graph::NodeId f) { return gaussian(d, f); })) no_limit(d, u, u);
  return d.covariance({node.inputs[0], u.side}, {node.inputs[1], u.side});
}

ir::Value features(Demand& d, graph::NodeId u) {
  const graph::Node& node = d.node(u);
  ir::Value product = d.features(node.inputs[0]);
  for (std::size_t i = 1; i < node.inputs.size(); ++i) product = d.build().feature_product(product, d.features(node.inputs[i]));
  return product;
}

Forward::Value forward(Forward& f, graph::NodeId u) {
  std::vector<Forward::Value> factors;
  for (const graph::NodeId input : f.network().nodes[u].inputs) factors.push_back(f.at(input));
  return f.product(factors);
}

constexpr Rule kRule{
    .rank = Rank::product, .covariance = covariance, .tangent = tangent, .mean = mean, .features = features, .numbers = true};

}  // namespace

Layer product() {
  return {.name = "product",
          .arguments = {},
          .doc = "The elementwise product of its branches.",
          .structural = true,
          .shape = shape,
          .rule = kRule,
          .forward = forward};
}

}  // namespace ntkc::layers
