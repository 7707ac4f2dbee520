// sum, product, concat and residual: branches that meet.
#include "sema/analyzer.hpp"
#include "sema/suggest.hpp"

namespace ntkc::sema {

using expr::Expr;
using graph::Argument;
using graph::ArgumentType;

namespace {

// Some inputs have known channels and others not: whether they agree is not known either.
bool channels_open(const graph::Network& network, const graph::Node& node) {
  bool known = false, unknown = false;
  for (const graph::NodeId input : node.inputs) (network.nodes[input].shape.channels.unknown() ? unknown : known) = true;
  return known && unknown;
}

}  // namespace

std::optional<graph::Args> Analyzer::join_arguments(const layers::Layer& layer, const std::vector<Argument>& arguments,
                                                    const std::vector<ast::Arg>& args, Scope& scope, Span span) {
  LayerRef ref;
  ref.name = layer.name;
  ref.layer = &layer;
  for (const Argument& argument : arguments) ref.parameters.push_back({std::string(argument.name), &argument, nullptr});
  bool failed = false;
  const Bound bound = bind(ref, args, scope, span, failed);
  return failed ? std::nullopt : complete(arguments, ref, bound, nullptr, span);
}

// The weights of a join: those given; of a concat else the widths; else 1 each.
std::optional<std::vector<Expr>> Analyzer::shares(const Node& node) {
  const std::size_t branches = node.inputs.size();
  const auto given = node.args.find("weights");
  std::vector<Expr> result;
  if (given == node.args.end() || given->second.is_none()) {
    bool widths = node.kind == "concat";
    for (const NodeId input : node.inputs) widths = widths && network_.nodes[input].width;
    for (const NodeId input : node.inputs) result.push_back(widths ? Expr(static_cast<double>(*network_.nodes[input].width)) : Expr(1));
    return result;
  }
  for (const graph::ArgValue& weight : given->second.list()) result.push_back(weight.real());
  if (result.size() != branches) {
    diagnostics_->report(Code::weights_count, given->second.span, result.size(), branches);
    return std::nullopt;
  }
  if (node.kind != "concat") return result;
  numeric::Number total = 0;
  bool negative = false;
  for (const Expr& weight : result) {
    negative = negative || weight.value() < numeric::Number(0);
    total = total + weight.value();
  }
  if (!negative && total > numeric::Number(0)) return result;
  diagnostics_->report(Code::negative_share, given->second.span);
  return std::nullopt;
}

graph::NodeId Analyzer::join(const ast::Join& join, const Place& place, Span span) {
  static constexpr const char* kKinds[] = {"sum", "product", "concat"};
  Node node;
  node.kind = kKinds[static_cast<std::size_t>(join.kind)];
  node.span = span;
  const layers::Layer& layer = *layers::find(node.kind);
  auto args = join_arguments(layer, layer.arguments, join.args, place.scope, span);
  bool failed = !args;
  if (args) node.args = std::move(*args);
  for (const ast::Branch& branch : join.branches) {
    NodeId start = place.at;
    if (branch.from) {
      const Scope::NamedNode* found = place.scope.find_node(branch.from->text);
      if (!found)
        diagnostics_->report(Code::unknown_node, branch.from->span, branch.from->text)
            .suggest(did_you_mean(branch.from->text, place.scope.node_names()));
      start = found ? found->node : graph::kNone;
    }
    const NodeId end = walk(branch.body, place.scope, place.defaults, start);
    failed = failed || end == graph::kNone;
    node.inputs.push_back(end);
  }
  if (failed) return graph::kNone;
  if (node.inputs.size() == 1) {  // one branch is itself, with its law
    const auto weight = shares(node);
    if (!weight) return graph::kNone;
    if (join.kind != ast::Join::Kind::sum || weight->front() == Expr(1)) return node.inputs[0];
  }
  needs_definite_ = needs_definite_ || (merged_ && join.kind != ast::Join::Kind::concat && channels_open(network_, node));
  const NodeId result = add(std::move(node));
  if (result == graph::kNone) return result;
  auto weights = shares(network_.nodes[result]);
  if (!weights) return graph::kNone;
  if (join.kind != ast::Join::Kind::product) network_.nodes[result].weights = std::move(*weights);
  return result;
}

graph::NodeId Analyzer::residual(const ast::Residual& residual, const Place& place, Span span) {
  static const std::vector<Argument> kArguments = {{"scale", ArgumentType::real, "1", "a factor of the body"}};
  static const layers::Layer kLayer = {.name = "residual", .arguments = {}, .doc = ""};
  const auto args = join_arguments(kLayer, kArguments, residual.args, place.scope, span);
  Node node;
  node.kind = "sum";
  node.span = span;
  const NodeId body = walk(residual.body, place.scope, place.defaults, place.at);
  const NodeId shortcut = residual.shortcut ? walk(*residual.shortcut, place.scope, place.defaults, place.at) : place.at;
  if (!args || body == graph::kNone || shortcut == graph::kNone) return graph::kNone;
  node.inputs = {shortcut, body};
  node.weights = {Expr(1), args->find("scale")->second.real()};
  node.args.emplace("weights", graph::ArgValue{});
  needs_definite_ = needs_definite_ || (merged_ && channels_open(network_, node));
  return add(std::move(node));
}

}  // namespace ntkc::sema
