#include "layers/increments.hpp"

namespace ntkc::layers {

ir::Value increment_from_covariances(Demand& demand, graph::NodeId u, graph::NodeId v) {
  ir::Builder& b = demand.build();
  const auto m = [&](graph::NodeId w, Side side) { return num(b, demand.mean({w, side})); };
  if (u != v && demand.independent(u, v)) return ((m(u, Side::x) - m(u, Side::primed)) * (m(v, Side::x) - m(v, Side::primed))).v;
  const auto k = [&](Side i, Side j) { return num(b, demand.covariance({u, i}, {v, j})); };
  const ir::Num own = k(Side::x, Side::x) + k(Side::primed, Side::primed), other = 1.0 - num(b, b.same_sample());
  if (u != v) return (other * (own - k(Side::x, Side::primed) - k(Side::primed, Side::x))).v;
  return (other * apply(expr::Function::max, own - 2.0 * k(Side::x, Side::primed), num(b, b.constant(0)))).v;
}

ir::Value variance_from_moments(Demand& demand, Place u) {
  ir::Builder& b = demand.build();
  const ir::Num q = num(b, demand.covariance(u, u)), m = num(b, demand.mean(u));
  return b.is_constant(m.v, 0) ? q.v : apply(expr::Function::max, q - m * m, num(b, b.constant(0))).v;
}

}  // namespace ntkc::layers
