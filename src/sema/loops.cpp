// repeat: a loop stays a loop where all its rounds are alike; rounds that differ (in shape, width or law) are put before it.
#include <algorithm>

#include "layers/laws.hpp"
#include "sema/analyzer.hpp"
#include "sema/functions.hpp"

namespace ntkc::sema {

using graph::Law;

namespace {

constexpr std::uint64_t kMostRounds = 1'000'000;
constexpr int kMostTrials = 8;                // rounds until the state that comes in stays the same
constexpr std::uint64_t kMostWritten = 2000;  // nodes of a loop whose rounds stand one after another

}  // namespace

Analyzer::State Analyzer::state(NodeId id) const {
  const Node& node = network_.nodes[id];
  return {node.shape, node.width, node.law, activated_[id], parts_[id], normable_[id]};
}

Analyzer::Mark Analyzer::mark() const {
  Mark m{network_.nodes.size(), network_.loops.size(), network_.instances.size(), pools_.size(), {}, {}};
  for (const Pool& pool : pools_) m.pool_sizes.emplace_back(pool.drawn.size(), pool.next);
  for (const auto& let : lets_) m.channels.push_back(let->channels);
  return m;
}

void Analyzer::rewind(const Mark& m) {
  network_.nodes.resize(m.nodes);
  activated_.resize(m.nodes);
  parts_.resize(m.nodes);
  normable_.resize(m.nodes);
  network_.loops.resize(m.loops);
  network_.instances.resize(m.instances);
  pools_.resize(m.pools);
  for (std::size_t i = 0; i < pools_.size(); ++i) {
    pools_[i].drawn.resize(m.pool_sizes[i].first);
    pools_[i].next = m.pool_sizes[i].second;
  }
  lets_.resize(m.channels.size());
  for (std::size_t i = 0; i < lets_.size(); ++i) lets_[i]->channels = m.channels[i];
}

graph::NodeId Analyzer::open_loop(const State& entry, bool shared, Span span) {
  const auto id = static_cast<graph::LoopId>(network_.loops.size());
  network_.loops.push_back({0, shared, loop_, graph::kNone, graph::kNone, graph::kNone, span});
  loop_ = id;
  Node carry;
  carry.kind = "carry";
  carry.span = span;
  carry.shape = entry.shape;
  carry.width = entry.width;
  carry.law = entry.law;
  carry.loop = carry.region = id;
  const NodeId node = add(std::move(carry));
  activated_[node] = entry.activated;
  parts_[node] = entry.parts;
  normable_[node] = entry.normable;
  network_.loops[id].carry = node;
  return node;
}

graph::NodeId Analyzer::close_loop(NodeId carry, NodeId body, std::uint64_t count, NodeId at, const State& exit) {
  const graph::LoopId id = network_.nodes[carry].region;
  graph::Loop& loop = network_.loops[id];
  loop.count = count;
  loop.body = body;
  loop_ = loop.parent;
  Node node;
  node.kind = "loop";
  node.span = loop.span;
  node.inputs = {at};
  node.shape = exit.shape;
  node.width = exit.width;
  node.law = exit.law;
  node.loop = loop.parent;
  node.region = id;
  const NodeId result = add(std::move(node));
  activated_[result] = exit.activated;
  parts_[result] = exit.parts;
  normable_[result] = exit.normable;
  network_.loops[id].node = result;
  return result;
}

// What comes out of one round that starts from `entry`; leaves no trace. Nothing after an error.
std::optional<Analyzer::State> Analyzer::trial(const Round& round, const State& entry, bool shared, Span span, Diagnostics& diagnostics) {
  const Mark before = mark();
  const graph::LoopId outer = loop_;
  Diagnostics* const kept = diagnostics_;
  diagnostics_ = &diagnostics;
  ++trials_;
  const NodeId exit = round(open_loop(entry, shared, span));
  --trials_;
  std::optional<State> result;
  if (exit != graph::kNone && !diagnostics.has_errors()) result = state(exit);
  diagnostics_ = kept;
  loop_ = outer;
  rewind(before);
  return result;
}

// One round from `entry` for good: the loop, or nothing (and no trace) if the round has an error, needs to know more, or does not give
// `exit` back.
std::optional<graph::NodeId> Analyzer::try_loop(const Round& round, const State& entry, const std::optional<State>& exit,
                                                std::uint64_t count, bool shared, NodeId at, Span span, std::optional<State>* came_out) {
  const Mark before = mark();
  const graph::LoopId outer = loop_;
  Diagnostics* const kept = diagnostics_;
  Diagnostics told;
  diagnostics_ = &told;
  const NodeId carry = open_loop(entry, shared, span);
  const NodeId body = round(carry);
  diagnostics_ = kept;
  std::optional<State> out;
  if (body != graph::kNone && !told.has_errors()) out = state(body);
  if (came_out) *came_out = out;
  const bool numbers = out && out->law == Law::data;  // a loop carries moments, and what follows may want the numbers themselves
  if (out && body != carry && !numbers && (exit || *out == entry)) {
    diagnostics_->append(told);
    return close_loop(carry, body, count, at, exit ? *exit : *out);
  }
  loop_ = outer;
  rewind(before);
  if (!out || body != carry) return std::nullopt;
  diagnostics_->append(told);  // an empty body
  return at;
}

// A loop of `count` rounds from `at`, if one state can stand for what comes into each of them; else nothing: what is wrong with a round is
// told when it is put before the loop.
std::optional<graph::NodeId> Analyzer::loop(const Round& round, std::uint64_t count, bool shared, NodeId at, Span span) {
  const State entry = state(at);
  std::optional<State> out;
  if (const auto steady = try_loop(round, entry, std::nullopt, count, shared, at, span, &out); steady || !out) return steady;
  if (out->law == Law::data) return std::nullopt;
  State merged = entry, last = *out;
  bool settled = false;
  for (int i = 1; !settled; ++i) {
    if (static_cast<std::uint64_t>(i) == count) break;
    if (i == kMostTrials || last.shape.positions != entry.shape.positions) return std::nullopt;
    if (last.shape.channels != merged.shape.channels) merged.shape.channels = {};
    if (last.width != merged.width) merged.width.reset();
    if (last.law != merged.law) merged.law = Law::mixed;
    merged.activated = merged.activated || last.activated;
    merged.parts = merged.parts && last.parts;
    merged.normable = merged.normable && last.normable;
    Diagnostics later;
    const auto next = trial(round, last, shared, span, later);
    if (!next) return std::nullopt;
    settled = *next == last;
    last = *next;
  }
  const bool outer_merged = merged_, outer_needs = needs_definite_;
  const bool open = merged.shape.channels != entry.shape.channels;
  merged_ = merged_ || open;
  if (open) needs_definite_ = false;
  const Mark before = mark();
  const auto made = try_loop(round, merged, last, count, shared, at, span, nullptr);
  const bool refused = open && needs_definite_;
  merged_ = outer_merged;
  if (open) needs_definite_ = outer_needs;
  if (!made || !refused) return made;
  rewind(before);
  return std::nullopt;
}

// An activation on `source` acts on its parts. A loop does not show them; its rounds, one after another, do.
void Analyzer::write_out(NodeId source) {
  const Node& node = network_.nodes[source];
  if (node.kind == "loop" && !layers::gaussian_parts(network_, source)) {
    const graph::Loop& loop = network_.loops[node.region];
    if ((loop.node - loop.carry) * loop.count <= kMostWritten) findings_.written_out.insert(loop.span);
  } else if (layers::has_parts(node)) {
    for (const NodeId input : node.inputs) write_out(input);
  }
}

graph::NodeId Analyzer::rounds(const Round& round, std::uint64_t count, bool shared, NodeId at, Span span) {
  const std::uint32_t outer_pool = pool_;
  // Weights that are drawn once need an instance for every round.
  const bool unrolled = (pool_ != graph::kNone && !shared) || findings_.written_out.contains(span);
  for (std::uint64_t left = count; left > 0; --left) {
    if (pool_ != outer_pool) pools_[pool_].next = 0;
    if (left > 1) {
      const auto looped = unrolled ? std::nullopt : loop(round, left, shared, at, span);
      if (looped) {
        pool_ = outer_pool;
        return *looped;
      }
      if (shared && pool_ == outer_pool) {  // rounds before the loop have the weights of those in it
        pools_.push_back({{}, 0, outer_pool, loop_});
        pool_ = static_cast<std::uint32_t>(pools_.size() - 1);
      }
    }
    const NodeId next = round(at);
    if (next == at) break;  // an empty body
    at = next;
    if (at == graph::kNone) break;
  }
  pool_ = outer_pool;
  return at;
}

graph::NodeId Analyzer::repeat(const ast::Repeat& repeat, const Place& place, Span span) {
  const Round round = [&](NodeId at) { return walk(repeat.body, place.scope, place.defaults, at); };
  const Value value = evaluate(repeat.count, place.scope);
  std::optional<std::uint64_t> count;
  if (const auto e = number(value, "`repeat`"))
    if (const auto fixed = constant(*e, repeat.count.span)) {
      if (fixed->is_integer() && *fixed >= numeric::Number(0) && *fixed <= numeric::Number(static_cast<double>(kMostRounds)))
        count = static_cast<std::uint64_t>(fixed->to_double());
      else
        diagnostics_->report(Code::bad_count, repeat.count.span, fmt::format("{}", fixed->to_double()));
    }
  if (place.at == graph::kNone || !count) {  // the names in the body are checked all the same
    walk(repeat.body, place.scope, place.defaults, graph::kNone);
    return graph::kNone;
  }
  if (*count == 0) {
    Diagnostics none;
    trial(round, state(place.at), repeat.shared, span, none);
    diagnostics_->append(none);
    return place.at;
  }
  return rounds(round, *count, repeat.shared, place.at, span);
}

}  // namespace ntkc::sema
