#include "layers/function_of.hpp"

#include "activations/activation.hpp"

namespace ntkc::layers {

bool are_one(Demand& d, graph::NodeId g, graph::NodeId h) {
  if (g == h) return true;
  const Place a{g, Side::x}, b{h, Side::x};
  return d.covariance(a, a) == d.covariance(b, b) && d.covariance(a, b) == d.covariance(a, a);
}

bool is_kernel_only(const graph::ActivationUse& use) {
  const activations::Activation* row = use.built_in ? activations::find(use.name) : nullptr;
  return row && row->kernel_only;
}

ir::Builder::Covariance joint(Demand& d, Place g, Place h) {
  ir::Builder& b = d.build();
  const ir::Value q1 = d.covariance(g, g), q2 = d.covariance(h, h), c = d.covariance(g, h);
  if (are_one(d, g.node, h.node)) {
    if (g.side == h.side) return {q1, q2, c, b.constant(0), b.constant(0)};
    return {q1, q2, c, d.distance(g.node), d.gram(g.node)};
  }
  const ir::Num n1 = num(b, q1), n2 = num(b, q2), k = num(b, c), zero = num(b, b.constant(0));
  return {q1, q2, c, apply(expr::Function::max, n1 + n2 - 2.0 * k, zero).v, apply(expr::Function::max, n1 * n2 - k * k, zero).v};
}

ir::Builder::Covariance joint(Demand& d, graph::NodeId g) { return joint(d, {g, Side::x}, {g, Side::primed}); }

std::optional<FunctionOf> function_of(Demand& d, graph::NodeId u) {
  const graph::Node& node = d.node(u);
  if (node.law == graph::Law::gaussian) return FunctionOf{u, {"identity", false, {}, expr::Expr::variable()}};
  if (node.kind == "activation" && d.node(node.inputs[0]).law == graph::Law::gaussian && !is_kernel_only(*node.activation))
    return FunctionOf{node.inputs[0], *node.activation};
  if (node.kind != "sum") return std::nullopt;
  std::optional<FunctionOf> sum;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const auto part = function_of(d, node.inputs[i]);
    if (!part || (sum && !are_one(d, sum->gaussian, part->gaussian))) return std::nullopt;
    const expr::Expr phi = (node.weights.empty() ? expr::Expr(1) : node.weights[i]) * part->function.phi;
    if (!sum)
      sum = FunctionOf{part->gaussian, {part->function.name, false, {}, phi}};
    else
      sum->function.name += " + " + part->function.name, sum->function.phi = sum->function.phi + phi;
  }
  if (sum) sum->function.phi = expr::simplify(sum->function.phi);
  return sum;
}

}  // namespace ntkc::layers
