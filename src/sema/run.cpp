// A whole network: its files, its body, its output.
#include <algorithm>

#include "sema/analyzer.hpp"

namespace ntkc::sema {

Analyzer::Analyzer(const ast::Files& files, const Options& options, Findings& findings, Diagnostics& diagnostics)
    : files_(files), options_(options), findings_(findings), diagnostics_(&diagnostics) {}

std::optional<graph::Network> Analyzer::run(const ast::Network& network) {
  network_.name = network.name.text;
  network_.span = network.name.span;
  try {
    open_files(network.name.text);
    Scope& file = file_scopes_[files_.main];
    const auto has_input = [](const ast::Stmt& s) { return std::holds_alternative<ast::Input>(s.node); };
    if (std::ranges::none_of(network.body.stmts, has_input))
      diagnostics_->report(Code::no_input, network.name.span, network.name.text).suggest("begin with `input x: [channels]`");
    network_.output = walk(network.body, file, std::make_shared<const Defaults>(), graph::kNone, true);
    finish(network.name.span);
  } catch (const TooLarge&) {
    diagnostics_->report(Code::too_many_nodes, network.name.span, 100000);
  }
  if (diagnostics_->has_errors() || network_.output == graph::kNone) return std::nullopt;
  return std::move(network_);
}

// Of feature vectors: whether files of sequences and images tell their axes is seen when they are read.
void Analyzer::check_sizes() {
  const graph::Dim* first = nullptr;
  for (const auto& input : network_.inputs) {
    const graph::Node& node = network_.nodes[input.node];
    if (!node.shape.positions.empty()) return;
    const graph::Dim& channels = node.shape.channels;
    if (channels.size) continue;
    if (first && *first != channels)
      diagnostics_->report(Code::sizes_apart, node.span, first->name, channels.name).suggest("write all but one as numbers");
    else
      first = &channels;
  }
}

void Analyzer::finish(Span) {
  check_sizes();
  if (network_.output == graph::kNone) return;
  const graph::Node& output = network_.nodes[network_.output];
  if (!output.shape.positions.empty()) {
    std::string text;
    for (const graph::Dim& dim : output.shape.positions)
      text += (text.empty() ? "" : " x ") + (dim.size ? fmt::format("{}", *dim.size) : dim.name);
    diagnostics_->report(Code::positions_left, output.span, text).suggest("end with `flatten` or `global_avg_pool`, and a `dense`");
  }
  std::size_t next = 0;
  for (const graph::Node& node : network_.nodes)
    if (node.instance != graph::kNone && network_.instances[node.instance].name.empty())
      network_.instances[node.instance].name = fmt::format("W{}", next++);
  keep_used_params();
}

// Params that a node's arguments refer to, and those that their defaults refer to.
void Analyzer::keep_used_params() {
  std::set<std::string> used;
  const auto from = [&](const expr::Expr& e) { used.merge(expr::params_of(e)); };
  const std::function<void(const graph::ArgValue&)> from_value = [&](const graph::ArgValue& value) {
    if (const auto* e = std::get_if<expr::Expr>(&value.value)) from(*e);
    if (const auto* list = std::get_if<graph::ArgList>(&value.value))
      for (const graph::ArgValue& item : *list) from_value(item);
  };
  for (const graph::Node& node : network_.nodes) {
    for (const auto& [name, value] : node.args) from_value(value);
    for (const expr::Expr& weight : node.weights) from(weight);
    if (!node.activation) continue;
    from(node.activation->phi);
    for (const auto& [name, value] : node.activation->args) from_value(value);
  }
  for (auto param = params_.rbegin(); param != params_.rend(); ++param)
    if (used.contains(param->name)) from(param->fallback);
  for (graph::Param& param : params_)
    if (used.contains(param.name)) network_.params.push_back(std::move(param));
}

}  // namespace ntkc::sema
