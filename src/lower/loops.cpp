// Loops: what a round needs to know of the round before is found by running the body until the set of slots is closed.
#include "lower/recursion.hpp"

namespace ntkc::lower {
namespace {

const char* hint(Quantity quantity, bool pair) {
  switch (quantity) {
    case Quantity::covariance:
      return pair ? "c" : "q";
    case Quantity::tangent:
      return "t";
    case Quantity::mean:
      return "m";
    case Quantity::variance:
      return "v";
    case Quantity::increment:
      return "d";
    case Quantity::gram:
      return "g";
  }
  return "s";
}

}  // namespace

// d.u is the carry or the loop node of a loop, d.v an earlier node or d.u itself.
ir::Value Recursion::carried(const Demanded& d) {
  const LoopId loop = network_.nodes[d.u.node].region;
  const NodeId carry = network_.loops[loop].carry;
  const bool inside = d.u.node == carry;
  if (!inside) build_loop(loop);
  Demanded key = d;
  if (key.v.node == key.u.node) key.v.node = carry;
  key.u.node = carry;
  return slot(loop, key, inside ? loops_[loop].arguments : loops_[loop].results);
}

ir::Value Recursion::slot(LoopId loop, const Demanded& d, const std::vector<ir::Value>& values) {
  std::vector<Slot>& slots = slots_[loop];
  for (std::size_t i = 0; i < slots.size(); ++i)
    if (slots[i].demanded == d) return i < values.size() ? values[i] : stand_in();
  slots.push_back({d});
  return stand_in();
}

// Stands for a value that the next run will have; the program of this run is thrown away.
ir::Value Recursion::stand_in() {
  complete_ = false;
  missing_ = true;
  return builder_.same_sample();
}

void Recursion::build_loop(LoopId id) {
  LoopState& state = loops_[id];
  if (state.built) return;
  state.built = true;
  const graph::Loop& loop = network_.loops[id];
  const auto slots = slots_[id];  // a copy: the body may add to it
  const auto at = [&](const Demanded& d, NodeId node) {
    Demanded e = d;
    if (e.v.node == loop.carry) e.v.node = node;
    e.u.node = node;
    return demand(e);
  };
  std::vector<ir::Value> initial, yields;
  for (const Slot& s : slots) initial.push_back(at(s.demanded, network_.nodes[loop.node].inputs[0]));
  const ir::BlockId parent = loop.parent == graph::kNone ? 0 : loops_[loop.parent].block;
  state.block = builder_.open(loop.count, parent);
  for (const Slot& s : slots)
    state.arguments.push_back(
        builder_.argument(state.block, ir::Type::number, s.stage, hint(s.demanded.quantity, s.demanded.u.side != s.demanded.v.side)));
  for (const Slot& s : slots) yields.push_back(at(s.demanded, loop.body));
  // A stand-in tells nothing of the stage; the next run will.
  for (std::size_t i = 0; i < slots.size() && !missing_; ++i) {
    ir::Stage needed = ir::join(slots[i].stage, ir::join(builder_.node(initial[i]).stage, builder_.node(yields[i]).stage));
    if (needed == ir::Stage::primed) needed = ir::Stage::pair;  // there is no program of x' alone
    if (needed == slots[i].stage) continue;
    slots_[id][i].stage = needed;
    complete_ = false;
  }
  const ir::Value node = builder_.close(state.block, initial, yields);
  for (std::uint32_t i = 0; i < slots.size(); ++i) state.results.push_back(builder_.result(node, i));
}

}  // namespace ntkc::lower
