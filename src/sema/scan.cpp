// scan: one body for every step, with the previous state as its current node. Arguments and shapes are checked; the graph has one node for
// it.
#include "sema/analyzer.hpp"

namespace ntkc::sema {

namespace {

std::string text_of(const graph::Shape& shape) {
  std::string text = "[";
  for (const graph::Dim& dim : shape.positions) text += (dim.size ? fmt::format("{}", *dim.size) : dim.name) + ", ";
  return text +
         (shape.channels.size        ? fmt::format("{}", *shape.channels.size)
          : shape.channels.unknown() ? "?"
                                     : shape.channels.name) +
         "]";
}

}  // namespace

graph::NodeId Analyzer::scan(const ast::Scan& scan, const Place& place, Span span) {
  if (place.at == graph::kNone) {
    Scope scope;
    scope.outer = &place.scope;
    scope.file = place.scope.file;
    name_node(scan.name, scope, graph::kNone);
    walk(scan.body, scope, place.defaults, graph::kNone);
    return graph::kNone;
  }
  State step = state(place.at);
  if (step.shape.positions.empty()) {
    diagnostics_->report(Code::scan_axis, span).suggest("the input needs an axis to run along: `input x: [T, channels]`");
    return graph::kNone;
  }
  const graph::Dim length = step.shape.positions.front();
  step.shape.positions.erase(step.shape.positions.begin());
  const Round round = [&](NodeId previous) {
    Scope scope;
    scope.outer = &place.scope;
    scope.file = place.scope.file;
    Node here;  // this step's input: a slice of what comes in
    here.kind = "carry";
    here.span = scan.name.span;
    here.shape = step.shape;
    here.width = step.width;
    here.law = step.law;
    const NodeId id = add(std::move(here));
    activated_[id] = step.activated;
    parts_[id] = step.parts;
    normable_[id] = step.normable;
    name_node(scan.name, scope, id);
    return walk(scan.body, scope, place.defaults, previous);
  };
  // The law and shape of the state are those of the body's output: found by trying them.
  State now{{step.shape.positions, {}}, std::nullopt, graph::Law::gaussian, false, true, true};
  for (int attempt = 0;; ++attempt) {
    Diagnostics told;
    const auto next = trial(round, now, true, span, told);
    const bool last = !next || *next == now || attempt == 3;
    if (last) diagnostics_->append(told);
    if (!next) return graph::kNone;
    if (*next == now) break;
    if (last || (attempt > 0 && next->shape.positions != now.shape.positions)) {
      diagnostics_->report(Code::scan_state, span, text_of(now.shape), text_of(next->shape));
      return graph::kNone;
    }
    now = *next;
  }
  Node node;
  node.kind = "scan";
  node.span = span;
  node.inputs = {place.at};
  node.shape = now.shape;
  node.shape.positions.insert(node.shape.positions.begin(), length);
  node.width = now.width;
  node.law = now.law;
  node.label = scan.name.text;
  const NodeId result = add(std::move(node));
  parts_[result] = now.parts;
  normable_[result] = now.normable;
  return result;
}

}  // namespace ntkc::sema
