// Statements of a body, from top to bottom.
#include <algorithm>

#include "sema/analyzer.hpp"
#include "sema/functions.hpp"
#include "sema/suggest.hpp"

namespace ntkc::sema {

namespace {

constexpr std::size_t kDeepest = 2000;  // bodies inside one another, blocks put in

template <class... F>
struct Cases : F... {
  using F::operator()...;
};
template <class... F>
Cases(F...) -> Cases<F...>;  // clang before 17 does not find it

}  // namespace

graph::NodeId Analyzer::walk(const ast::Body& body, Scope& outer, DefaultsPtr defaults, NodeId at, bool top) {
  if (++depth_ > kDeepest) throw TooLarge{};
  Scope scope;
  scope.outer = &outer;
  scope.file = outer.file;
  auto frame = std::make_shared<Defaults>();
  frame->outer = std::move(defaults);
  Place place{scope, std::move(frame), at, top};
  for (const ast::Stmt& stmt : body.stmts) statement(stmt, place);
  for (const auto& [name, entry] : scope.layers)
    if (!entry.used) diagnostics_->report(Code::unused_let, entry.span, name);
  --depth_;
  return place.at;
}

void Analyzer::statement(const ast::Stmt& stmt, Place& place) {
  work();
  const bool layer_like = std::visit(Cases{[](const ast::Input&) { return false; }, [](const ast::Param&) { return false; },
                                           [](const ast::Default&) { return false; }, [](const auto&) { return true; }},
                                     stmt.node);
  if (layer_like) place.inputs_over = true;
  std::visit(Cases{[&](const ast::Input& s) { input(s, place, stmt.span); },
                   [&](const ast::Param& s) {
                     const bool own = place.top;
                     declare_param(s, place.scope, own ? network_name_ + "." + s.name.text : s.name.text, own);
                   },
                   [&](const ast::Default& s) { place.defaults = add_default(s, place.scope, place.defaults); },
                   [&](const ast::Let& s) { let(s, place); }, [&](const ast::As& s) { name_node(s.name, place.scope, place.at); },
                   [&](const ast::Repeat& s) { place.at = repeat(s, place, stmt.span); },
                   [&](const ast::Scan& s) { place.at = scan(s, place, stmt.span); },
                   [&](const ast::Residual& s) { place.at = residual(s, place, stmt.span); },
                   [&](const ast::Join& s) { place.at = join(s, place, stmt.span); },
                   [&](const ast::Layer& s) {
                     const LayerPtr target = find_layer(s.name, place.scope);
                     if (!target) {
                       for (const ast::Arg& arg : s.args) evaluate(arg.value, place.scope, arg.name ? words_of(arg.name->text) : Words{});
                       place.at = graph::kNone;
                       return;
                     }
                     bool failed = false;
                     const Bound bound = bind(*target, s.args, place.scope, s.span, failed);
                     place.at = failed ? graph::kNone : apply(*target, bound, place.defaults, place.at, s.span);
                   }},
             stmt.node);
}

void Analyzer::name_node(const ast::Name& name, Scope& scope, NodeId node) {
  const auto [found, fresh] = scope.nodes.try_emplace(name.text, Scope::NamedNode{node, name.span});
  if (!fresh) diagnostics_->report(Code::duplicate_name, name.span, name.text).note(found->second.span, "first defined here");
  if (node != graph::kNone && network_.nodes[node].label.empty()) network_.nodes[node].label = name.text;
}

void Analyzer::input(const ast::Input& input, Place& place, Span span) {
  if (!place.top || place.inputs_over) {
    diagnostics_->report(Code::misplaced_input, span);
    name_node(input.name, place.scope, graph::kNone);
    return;
  }
  Node node;
  node.kind = "input";
  node.span = span;
  node.law = graph::Law::data;
  for (const ast::Dim& dim : input.dims) {
    graph::Dim d;
    if (const auto* size = std::get_if<std::uint64_t>(&dim.value)) {
      d.size = *size;
      if (*size == 0) {
        diagnostics_->report(Code::empty_dimension, dim.span);
        d.size = 1;
      }
    } else {
      d.name = std::get<std::string>(dim.value);
      Scope::Named* known = place.scope.find_value(d.name);
      if (known && !sizes_.contains(d.name)) {
        use(*known);
        const auto size = convert(known->value, {d.name, graph::ArgumentType::size, "", ""}, input.name.text);
        d.name.clear();
        d.size = size ? static_cast<std::uint64_t>(size->integer()) : 1;
      } else if (!known) {
        place.scope.values.emplace(d.name, Scope::Named{{Number{expr::Expr::param(d.name)}, dim.span}, dim.span, true, ""});
        sizes_.insert(d.name);
      }
    }
    node.shape.positions.push_back(std::move(d));
  }
  node.shape.channels = node.shape.positions.back();
  node.shape.positions.pop_back();
  node.width = node.shape.channels.size;
  const NodeId id = add(std::move(node));
  name_node(input.name, place.scope, id);
  network_.inputs.push_back({input.name.text, id});
  if (network_.inputs.size() == 1) place.at = id;
}

void Analyzer::let(const ast::Let& statement, Place& place) {
  auto let = std::make_shared<Let>();
  let->target = find_layer(statement.layer.name, place.scope);
  let->defaults = place.defaults;
  let->span = statement.name.span;
  bool failed = !let->target;
  if (let->target) let->bound = bind(*let->target, statement.layer.args, place.scope, statement.layer.span, failed);
  let->pool = static_cast<std::uint32_t>(pools_.size());
  pools_.push_back({{}, 0, pool_, loop_});
  lets_.push_back(let);
  if (const layers::Layer* known = layers::find(statement.name.text); known && !known->structural) {
    diagnostics_->report(Code::builtin_redefined, statement.name.span, statement.name.text).suggest("choose another name");
    return;
  }
  if (activations::find(statement.name.text)) warn_shadowed(statement.name);
  LayerRef ref;
  ref.kind = LayerRef::Kind::let;
  ref.name = statement.name.text;
  ref.let = let;
  ref.span = statement.name.span;
  Value value = failed ? poison(statement.name.span) : Value{std::make_shared<const LayerRef>(std::move(ref)), statement.name.span};
  declare(place.scope.layers, statement.name, {std::move(value), statement.name.span, false, ""});
}

}  // namespace ntkc::sema
