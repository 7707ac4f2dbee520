#include "layers/spatial.hpp"

namespace ntkc::layers {
namespace {

std::optional<Shaped> shape(const ShapeContext& context) {
  if (!has_positions(context)) return std::nullopt;
  const graph::Node& node = context.node;
  const graph::ArgValue& mechanism = node.args.find("mechanism")->second;
  const graph::ArgValue& mask = node.args.find("mask")->second;
  if (node.args.find("scaling")->second.word() == "sqrt" && mechanism.word() != "identity") {
    context.diagnostics.report(Code::attention_scaling, mechanism.given ? mechanism.span : node.span, mechanism.word())
        .suggest("`mechanism = identity`, or `scaling = linear`");
    return std::nullopt;
  }
  const auto& positions = context.input(0).shape.positions;
  if (!mask.is_none() && positions.size() != 1) {
    context.diagnostics.report(Code::causal_axes, mask.span, positions.size());
    return std::nullopt;
  }
  return Shaped{{positions, {}}, std::nullopt, graph::Law::gaussian};
}

}  // namespace

Layer self_attention() {
  using graph::ArgumentType;
  return {
      .name = "self_attention",
      .arguments = {{"scaling", ArgumentType::word, "linear", "of the products of queries and keys: 1/d or 1/sqrt(d)", {"linear", "sqrt"}},
                    {"mechanism", ArgumentType::word, "softmax", "what is applied to the scores", {"softmax", "identity", "abs", "relu"}},
                    {"mask", ArgumentType::word, "none", "causal: a position sees itself and those before it", {"none", "causal"}},
                    {"sigma_q", ArgumentType::nonnegative, "1", "standard deviation of the query weights"},
                    {"sigma_k", ArgumentType::nonnegative, "1", "of the key weights"},
                    {"sigma_v", ArgumentType::nonnegative, "1", "of the value weights"},
                    {"sigma_o", ArgumentType::nonnegative, "1", "of the output weights"},
                    {"sigma_b", ArgumentType::nonnegative, "0", "of the biases"},
                    {"position", ArgumentType::word, "none", "sum: queries and keys see sigma_p^2 R more", {"none", "sum"}},
                    {"sigma_p", ArgumentType::nonnegative, "1", "standard deviation of the positional embedding"},
                    {"position_decay", ArgumentType::activation, "none", "R as an activation of the squared distance", {"none"}}},
      .doc = "Self-attention with infinitely many heads (Hron et al. 2020).",
      .has_weights = true,
      .shape = shape};
}

}  // namespace ntkc::layers
