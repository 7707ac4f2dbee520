// A layer on a node: arguments are completed, weights drawn, the shape rule run.
#include <algorithm>

#include "expr/stable.hpp"
#include "layers/laws.hpp"
#include "sema/analyzer.hpp"

namespace ntkc::sema {

using graph::Law;

namespace {

constexpr std::size_t kMostNodes = 100'000;
constexpr std::size_t kDeepestBlocks = 200;
constexpr std::ptrdiff_t kDeepestSame = 8;

}  // namespace

graph::NodeId Analyzer::add(Node node) {
  for (const NodeId input : node.inputs)
    if (input == graph::kNone) return graph::kNone;
  if (network_.nodes.size() >= kMostNodes) throw TooLarge{};
  const bool has_region = node.region != graph::kNone;
  if (!has_region) node.loop = loop_;
  if (const layers::Layer* layer = layers::find(node.kind); layer && layer->shape) {
    const auto shaped = layer->shape({network_, node, *diagnostics_});
    if (!shaped) return graph::kNone;
    node.shape = shaped->shape;
    node.width = shaped->width;
    node.law = shaped->law;
  }
  bool activated = false;
  if (node.law == Law::data)
    for (const NodeId input : node.inputs) activated = activated || activated_[input];
  network_.nodes.push_back(std::move(node));
  activated_.push_back(activated);
  const auto id = static_cast<NodeId>(network_.nodes.size() - 1);
  const Node& made = network_.nodes[id];
  const auto every_input = [&](const std::vector<bool>& facts) {
    return std::ranges::all_of(made.inputs, [&](NodeId u) { return facts[u]; });
  };
  parts_.push_back(made.law == Law::gaussian || made.law == Law::data || (layers::has_parts(made) && every_input(parts_)));
  const bool side_by_side = made.kind == "concat" || made.kind == "flatten";
  normable_.push_back(made.kind == "activation" || parts_[id] || (side_by_side && every_input(normable_)));
  return id;
}

std::uint32_t Analyzer::draw_from(std::uint32_t pool, bool* drawn_before) {
  if (pool == graph::kNone) {
    network_.instances.push_back({loop_, ""});
    return static_cast<std::uint32_t>(network_.instances.size() - 1);
  }
  Pool& p = pools_[pool];
  if (p.next < p.drawn.size()) {
    if (drawn_before) *drawn_before = true;
    return p.drawn[p.next++];
  }
  const std::uint32_t instance = draw_from(p.parent, drawn_before);
  if (p.parent == graph::kNone) network_.instances[instance].home = p.home;
  Pool& again = pools_[pool];
  again.drawn.push_back(instance);
  ++again.next;
  return instance;
}

std::uint32_t Analyzer::draw(bool* drawn_before) { return draw_from(pool_, drawn_before); }

graph::NodeId Analyzer::apply(const LayerRef& target, const Bound& bound, const DefaultsPtr& defaults, NodeId at, Span span) {
  work();
  switch (target.kind) {
    case LayerRef::Kind::layer:
      return apply_layer(target, bound, defaults, at, span);
    case LayerRef::Kind::activation:
    case LayerRef::Kind::defined:
      return apply_activation(target, bound, defaults, at, span);
    case LayerRef::Kind::block:
      return apply_block(target, bound, defaults, at, span);
    case LayerRef::Kind::let:
      return apply_let(*target.let, at, span);
  }
  throw std::logic_error("unknown kind of layer");
}

graph::NodeId Analyzer::apply_layer(const LayerRef& target, const Bound& bound, const DefaultsPtr& defaults, NodeId at, Span span) {
  auto args = complete(target.layer->arguments, target, bound, defaults.get(), span);
  Node node;
  node.kind = target.layer->name;
  node.span = span;
  node.inputs = {at};
  bool again = false;
  if (target.layer->has_weights) node.instance = draw(&again);
  if (!args || at == graph::kNone) return graph::kNone;
  node.args = std::move(*args);
  const bool flat = node.kind == "flatten" && network_.nodes[at].shape.positions.empty();
  if (flat || node.kind == "identity") return at;  // what may stand on the node may stand on it still
  if (again && node.kind == "self_attention" && node.args.find("scaling")->second.word() == "sqrt") {
    diagnostics_->report(Code::shared_attention, span).suggest("use `scaling = linear`, or an attention of its own for each use");
    return graph::kNone;
  }
  if (node.kind == "layer_norm" && !normable_[at]) {
    layers::no_limit_on({network_, node, *diagnostics_}, "`layer_norm`");
    return graph::kNone;
  }
  return add(std::move(node));
}

graph::NodeId Analyzer::apply_activation(const LayerRef& target, const Bound& bound, const DefaultsPtr& defaults, NodeId at, Span span) {
  Node node;
  node.kind = "activation";
  node.span = span;
  node.inputs = {at};
  graph::ActivationUse use;
  use.name = target.name;
  bool failed = false;
  if (target.kind == LayerRef::Kind::activation) {
    auto args = complete(target.activation->arguments, target, bound, defaults.get(), span);
    if (!args) return graph::kNone;
    use.args = std::move(*args);
    if (const auto fault = target.activation->fault ? target.activation->fault(use.args) : std::nullopt) {
      const graph::Argument& first = target.activation->arguments.front();
      diagnostics_->report(Code::no_moments, use.args.find(first.name)->second.span, target.name, *fault)
          .suggest(fmt::format("`{}` is {}", first.name, first.doc));
      return graph::kNone;
    }
    if (target.activation->phi && !target.activation->kernel_only) use.phi = target.activation->phi(use.args);
  } else {
    use.built_in = false;
    Bound full = bound;
    full.resize(target.parameters.size());
    for (std::size_t i = 0; i < full.size(); ++i)
      if (!full[i])
        if (const Value* value = default_of(target, target.parameters[i].name, defaults.get())) full[i] = *value;
    for (std::size_t i = 0; i < full.size(); ++i) {
      if (!full[i]) continue;
      const auto e = real(*full[i], {target.parameters[i].name, graph::ArgumentType::real, "", ""});
      if (e)
        use.args.emplace(target.parameters[i].name, graph::ArgValue{*e, full[i]->span, true});
      else
        failed = true;
    }
    if (failed) return graph::kNone;
    use.phi = expr::stable(phi(target, full, expr::Expr::variable(), span, &failed));
    if (failed) return graph::kNone;
  }
  for (const auto& [name, value] : use.args)
    if (const auto* e = std::get_if<expr::Expr>(&value.value)) failed = known_late(*e, value.span) || failed;
  if (failed || known_late(use.phi, span)) return graph::kNone;
  if (at == graph::kNone) return graph::kNone;
  const bool on_data = network_.nodes[at].law == Law::data;
  if (on_data && activated_[at]) {
    diagnostics_->report(Code::second_activation, span).suggest("put a `dense` between the two");
    return graph::kNone;
  }
  if (!on_data && !has_kernel(target, use.phi, span)) return graph::kNone;
  node.activation = std::move(use);
  write_out(at);
  const NodeId result = add(std::move(node));
  if (result != graph::kNone && on_data) activated_[result] = true;
  return result;
}

// The body of a block, in the scope of its file with its arguments; its defaults are inside those of its user.
graph::NodeId Analyzer::apply_block(const LayerRef& target, const Bound& bound, const DefaultsPtr& defaults, NodeId at, Span span) {
  const auto active = std::ranges::count(defining_, static_cast<const void*>(target.block));
  // With arguments a block may be inside itself (`twice(twice(dense))`); that one does not end is found once, or the uses multiply.
  if (active > 0 && (bound.empty() || active > kDeepestSame || findings_.endless.contains(target.block))) {
    findings_.endless.insert(target.block);
    diagnostics_->report(Code::block_recursion, span, target.name)
        .note(target.span, "defined here")
        .suggest("for a number of rounds write `repeat`");
    return graph::kNone;
  }
  if (defining_.size() > kDeepestBlocks) throw TooLarge{};
  Scope scope;
  scope.outer = &file_scopes_[target.file];
  scope.file = target.file;
  for (std::size_t i = 0; i < target.parameters.size(); ++i) {
    const Parameter& p = target.parameters[i];
    const Value* value = i < bound.size() && bound[i] ? &*bound[i] : default_of(target, p.name, defaults.get());
    scope.values.insert_or_assign(p.name, Scope::Named{value ? *value : evaluate(*p.fallback, scope), target.span, true, ""});
  }
  findings_.walked.insert(target.block);
  defining_.push_back(target.block);
  const NodeId result = walk(target.block->body, scope, defaults, at);
  defining_.pop_back();
  return result;
}

graph::NodeId Analyzer::apply_let(Let& let, NodeId at, Span span) {
  if (at == graph::kNone) return graph::kNone;
  const graph::Dim channels = network_.nodes[at].shape.channels;
  if (!let.channels) {
    let.channels = channels;
    needs_definite_ = needs_definite_ || (merged_ && channels.unknown() && pools_[let.pool].home != loop_);  // it meets every round
  } else if (*let.channels != channels) {
    if (let.channels->unknown() || channels.unknown()) {
      needs_definite_ = needs_definite_ || merged_;
      if (let.channels->unknown()) let.channels = channels;
    } else {
      const auto text = [](const graph::Dim& d) { return d.size ? fmt::format("{}", *d.size) : d.name; };
      diagnostics_->report(Code::let_channels, span, "this let", text(channels), text(*let.channels))
          .note(let.span, "one instance of weights");
      return graph::kNone;
    }
  }
  const std::uint32_t outer = pool_;
  pools_[let.pool].next = 0;
  pool_ = let.pool;
  const NodeId result = apply(*let.target, let.bound, let.defaults, at, span);
  pool_ = outer;
  return result;
}

}  // namespace ntkc::sema
