#include "layers/function_of.hpp"
#include "layers/increments.hpp"
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

bool uncorrelated(Demand& d, const graph::Node& node) {
  for (std::size_t i = 0; i < node.inputs.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (node.inputs[i] == node.inputs[j] || !d.independent(node.inputs[i], node.inputs[j])) return false;
  return true;
}

// Then distance and determinant have forms that keep the digits of parallel samples, too.
std::optional<FunctionOf> of_one(Demand& d, graph::NodeId u) {
  return d.node(u).law == graph::Law::gaussian ? std::nullopt : function_of(d, u);
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

// Var[sum]: uncorrelated branches add up.
ir::Value variance(Demand& d, Place u) {
  const graph::Node& node = d.node(u.node);
  ir::Builder& b = d.build();
  if (!uncorrelated(d, node)) return variance_from_moments(d, u);
  ir::Num sum = num(b, b.constant(0));
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const ir::Num w = weight(d, node, i);
    sum = sum + w * w * num(b, d.variance({node.inputs[i], u.side}));
  }
  return sum.v;
}

ir::Value increment(Demand& d, graph::NodeId u, graph::NodeId v) {
  ir::Builder& b = d.build();
  const graph::Node& node = d.node(u);
  if (const auto f = u == v ? of_one(d, u) : std::nullopt) return b.dual_distance(b.activation(f->function), joint(d, f->gaussian));
  ir::Num sum = num(b, b.constant(0));
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (u != v) {
      sum = sum + weight(d, node, i) * num(b, d.increment(node.inputs[i], v));
      continue;
    }
    for (std::size_t j = 0; j <= i; ++j)
      sum = sum + (i == j ? 1.0 : 2.0) * weight(d, node, i) * weight(d, node, j) * num(b, d.increment(node.inputs[i], node.inputs[j]));
  }
  return u == v && !uncorrelated(d, node) ? apply(expr::Function::max, sum, num(b, b.constant(0))).v : sum.v;
}

// The sum of uncorrelated branches is that of their means, a constant, and of what they have beyond: all of these are uncorrelated. A mean
// that stands alone may stay where it is.
ir::Value gram(Demand& d, graph::NodeId u) {
  ir::Builder& b = d.build();
  const graph::Node& node = d.node(u);
  if (const auto f = of_one(d, u)) return b.dual_gram(b.activation(f->function), joint(d, f->gaussian));
  if (!uncorrelated(d, node)) {
    const auto k = [&](Side i, Side j) { return d.covariance({u, i}, {u, j}); };
    return gram_from_distance(b, k(Side::x, Side::x), k(Side::primed, Side::primed), k(Side::x, Side::primed), d.distance(u));
  }
  std::size_t means = 0;
  ir::Num at_x = num(b, b.constant(0)), at_primed = at_x;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const ir::Num m = weight(d, node, i) * num(b, d.mean({node.inputs[i], Side::x}));
    means += !b.is_constant(m.v, 0);
    at_x = at_x + m;
    at_primed = at_primed + weight(d, node, i) * num(b, d.mean({node.inputs[i], Side::primed}));
  }
  std::optional<Moments> total;
  if (means > 1) total = of_constant(at_x, at_primed);
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const ir::Num w = weight(d, node, i);
    const Moments part = w * w * (means > 1 ? centred(d, node.inputs[i]) : moments(d, node.inputs[i]));
    total = total ? *total + part : part;
  }
  return total->gram.v;
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

Forward::Value forward(Forward& f, graph::NodeId u) {
  const graph::Node& node = f.network().nodes[u];
  std::vector<Forward::Term> terms;
  for (std::size_t i = 0; i < node.inputs.size(); ++i)
    terms.push_back({node.weights.empty() ? expr::Expr(1) : node.weights[i], f.at(node.inputs[i])});
  return f.sum(terms);
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

Layer sum() {
  return {.name = "sum",
          .arguments = {{"weights", graph::ArgumentType::reals, "none", "a factor for each branch", {"none"}}},
          .doc = "The weighted sum of its branches.",
          .structural = true,
          .shape = shape,
          .rule = kRule,
          .forward = forward};
}

}  // namespace ntkc::layers
