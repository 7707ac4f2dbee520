#include "lower/recursion.hpp"

#include <stdexcept>

#include "layers/increments.hpp"

namespace ntkc::lower {
namespace {

// Names as in the literature: p the variance, k the covariance of a node.
const char* hint(const Demanded& d) {
  switch (d.quantity) {
    case Quantity::covariance:
      return d.u.side == d.v.side ? "p" : "k";
    case Quantity::tangent:
      return "tangent";
    case Quantity::mean:
      return "mean";
    case Quantity::variance:
      return "var";
    case Quantity::increment:
      return d.u.node == d.v.node ? "dist" : "incr";
    case Quantity::gram:
      return "gram";
  }
  return "";
}

constexpr Place kX(NodeId u) { return {u, Side::x}; }
constexpr Place kPrimed(NodeId u) { return {u, Side::primed}; }

}  // namespace

Recursion::Recursion(const graph::Network& network, ir::Program& program, Slots& slots)
    : network_(network),
      builder_(program),
      slots_(slots),
      dependencies_(dependencies(network)),
      top_(network.nodes.size()),
      loops_(network.loops.size()) {
  for (const graph::Node& node : network.nodes) {
    const layers::Layer* layer = layers::find(node.kind);
    rules_.push_back(layer && layer->rule ? &*layer->rule : nullptr);
  }
  find_passes();
}

const layers::Rule& Recursion::rule(NodeId u) const {
  if (!rules_[u]) throw std::logic_error("no covariance rule for " + network_.nodes[u].kind);
  return *rules_[u];
}

ir::Value Recursion::covariance(Place u, Place v) { return demand({Quantity::covariance, u, v}); }
ir::Value Recursion::tangent(Place u, Place v) {
  const auto data = [this](Place p) { return network_.nodes[p.node].law == graph::Law::data; };
  return data(u) || data(v) ? builder_.constant(0) : demand({Quantity::tangent, u, v});
}
ir::Value Recursion::mean(Place u) { return demand({Quantity::mean, u, u}); }
ir::Value Recursion::variance(Place u) { return demand({Quantity::variance, u, u}); }
ir::Value Recursion::increment(NodeId u, NodeId v) {
  const bool swap = before({v, Side::x}, {u, Side::x});
  return demand({Quantity::increment, kX(swap ? v : u), kPrimed(swap ? u : v)});
}
ir::Value Recursion::gram(NodeId u) { return demand({Quantity::gram, kX(u), kPrimed(u)}); }

ir::Value Recursion::features(NodeId u) {
  if (const auto known = features_.find(u); known != features_.end()) return known->second;
  const ir::Value value = rule(u).features(*this, u);
  features_.emplace(u, value);
  return value;
}

// K(u, v)(x, x') = K(v, u)(x', x), so one order of the two is enough; what concerns x' alone is the prime of what concerns x.
ir::Value Recursion::demand(const Demanded& d) {
  if (d.u.side == Side::primed && d.v.side == Side::primed) return builder_.prime(demand({d.quantity, kX(d.u.node), kX(d.v.node)}));
  if (before(d.v, d.u)) return demand({d.quantity, d.v, d.u});
  if (const auto known = memo_.find(d); known != memo_.end()) return known->second;
  const ir::Value value = opaque(d.u.node) ? carried(d) : expand(d);
  if (builder_.node(value).op == ir::Op::call) builder_.hinted(value, hint(d));
  memo_.emplace(d, value);
  return value;
}

bool Recursion::numbers(NodeId u) const {
  const graph::Node& node = network_.nodes[u];
  return node.law == graph::Law::data && !opaque(u) && (rule(u).rank == layers::Rank::data || rule(u).numbers);
}

bool Recursion::before(Place a, Place b) const {
  if (a.node == b.node) return a.side < b.side;
  // A loop that passes data on is correlated with all data, also with what stands after it.
  if (opaque(a.node) && numbers(b.node) && passes_[a.node]) return true;
  if (opaque(b.node) && numbers(a.node) && passes_[b.node]) return false;
  if (opaque(a.node) || opaque(b.node)) return a.node > b.node;
  const auto rank = [this](NodeId u) { return numbers(u) ? layers::Rank::data : rule(u).rank; };
  const layers::Rank ra = rank(a.node), rb = rank(b.node);
  return ra != rb ? ra > rb : a.node > b.node;
}

ir::Value Recursion::expand(const Demanded& d) {
  if (numbers(d.u.node)) return of_data(d);
  const layers::Rule& r = rule(d.u.node);
  switch (d.quantity) {
    case Quantity::covariance:
      return r.covariance(*this, d.u, d.v);
    case Quantity::tangent:
      return r.tangent(*this, d.u, d.v);
    case Quantity::mean:
      return r.mean(*this, d.u);
    case Quantity::variance:
      return r.variance ? r.variance(*this, d.u) : layers::variance_from_moments(*this, d.u);
    case Quantity::increment:
      return r.increment ? r.increment(*this, d.u.node, d.v.node) : layers::increment_from_covariances(*this, d.u.node, d.v.node);
    case Quantity::gram:
      return r.gram ? r.gram(*this, d.u.node) : default_gram(d.u.node, r.increment != nullptr);
  }
  throw std::logic_error("unknown quantity");
}

// Of a node that is data: d.v is data as well, or an earlier loop whose channels are alike and know of it by weights only.
ir::Value Recursion::of_data(const Demanded& d) {
  const auto at = [this](Place p) { return p.side == Side::x ? features(p.node) : builder_.prime(features(p.node)); };
  switch (d.quantity) {
    case Quantity::covariance: {
      if (opaque(d.v.node)) return (num(builder_, mean(d.u)) * num(builder_, mean(d.v))).v;
      const graph::Node &u = network_.nodes[d.u.node], &v = network_.nodes[d.v.node];
      if (!(u.shape == v.shape))
        throw layers::NoLimit{Code::data_of_unequal_channels, d.u.node, "",
                              "give both the same number of channels, or put a `dense` on each"};
      return builder_.inner(at(d.u), at(d.v));
    }
    case Quantity::tangent:
      return builder_.constant(0);
    case Quantity::mean:
      return builder_.channel_mean(at(d.u));
    case Quantity::variance:
      return layers::variance_from_moments(*this, d.u);
    case Quantity::increment:
      return d.u.node == d.v.node ? builder_.distance(at(d.u), at(d.v)) : layers::increment_from_covariances(*this, d.u.node, d.v.node);
    case Quantity::gram:
      return builder_.gram(at(d.u), at(d.v));
  }
  throw std::logic_error("unknown quantity");
}

ir::Value Recursion::default_gram(NodeId u, bool has_distance) {
  const auto q = num(builder_, covariance(kX(u), kX(u))), qp = num(builder_, covariance(kPrimed(u), kPrimed(u)));
  const auto c = num(builder_, covariance(kX(u), kPrimed(u)));
  if (has_distance) return layers::gram_from_distance(builder_, q.v, qp.v, c.v, increment(u, u));
  const auto other = 1.0 - num(builder_, builder_.same_sample());
  return (other * apply(expr::Function::max, q * qp - c * c, num(builder_, builder_.constant(0)))).v;
}

void Recursion::entangled(NodeId v) {
  if (opaque(v)) throw Entangled{network_.nodes[v].region};
}

}  // namespace ntkc::lower
