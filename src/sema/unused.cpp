// Blocks that no network uses: told is what is wrong with them whatever comes in, whatever their arguments and their user's defaults.
#include <algorithm>

#include "sema/analyzer.hpp"

namespace ntkc::sema {

using graph::Node;

namespace {

constexpr std::size_t kMostAxes = 3;

// What an argument, a default or a choice of kernels of the user can mend.
bool mendable(Code code) {
  return code == Code::missing_argument || code == Code::width_missing || code == Code::widths_mixed || code == Code::no_ntk ||
         code == Code::attention_scaling;
}

// Nodes of each kind that a block may meet: Gaussian ones on any number of axes, and data. Of sizes no more is known than a layer tells.
std::vector<Node> possible_inputs(Span span) {
  std::vector<Node> nodes;
  for (std::size_t axes = 0; axes <= kMostAxes; ++axes) {
    Node node;
    node.kind = "input";
    node.span = span;
    node.law = graph::Law::gaussian;
    for (std::size_t i = 0; i < axes; ++i) node.shape.positions.push_back({std::nullopt, fmt::format("size{}", i)});
    nodes.push_back(std::move(node));
  }
  nodes.push_back(nodes.front());
  nodes.back().law = graph::Law::data;
  nodes.back().width = nodes.back().shape.channels.size = 1;
  return nodes;
}

}  // namespace

void Analyzer::check_files() {
  const auto& items = files_.files[files_.main].items;
  try {
    open_files("");
    // From the last to the first: a block is seen with the arguments that a later one gives it.
    for (auto item = items.rbegin(); item != items.rend(); ++item)
      if (const auto* block = std::get_if<ast::Block>(&item->node); block && !findings_.walked.contains(block)) check_unused(*block);
  } catch (const TooLarge&) {  // then blocks are left to those who use them
  }
}

void Analyzer::check_unused(const ast::Block& block) {
  Scope scope;
  scope.outer = &file_scopes_[files_.main];
  scope.file = files_.main;
  for (const ast::Parameter& p : block.parameters) {
    if (p.value) evaluate(*p.value, scope);
    scope.values.insert_or_assign(p.name.text, Scope::Named{poison(p.name.span), p.name.span, true, ""});
  }
  Diagnostics* const kept = diagnostics_;
  std::optional<Diagnostics> always;
  defining_.push_back(&block);
  for (Node& input : possible_inputs(block.name.span)) {
    const Mark before = mark();
    Diagnostics told;
    diagnostics_ = &told;
    walk(block.body, scope, std::make_shared<const Defaults>(), add(std::move(input)));
    diagnostics_ = kept;
    rewind(before);
    if (!always) always = told;
    always->revise([&](const Diagnostic& d) {
      const auto same = [&](const Diagnostic& other) { return other.code == d.code && other.span == d.span; };
      return !mendable(d.code) && std::ranges::any_of(told.all(), same);
    });
  }
  defining_.pop_back();
  diagnostics_->append(*always);
}

}  // namespace ntkc::sema
