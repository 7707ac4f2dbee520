#include "layers/mixture.hpp"

#include "layers/moments.hpp"

namespace ntkc::layers {
namespace {

struct Moments {
  ir::Num q1, q2, c, gram;
};

Moments of_part(Demand& d, const Part& part) {
  ir::Builder& b = d.build();
  const ir::Num w = num(b, part.weight);
  const auto k = [&](Side i, Side j) { return w * num(b, d.covariance({part.node, i}, {part.node, j})); };
  return {k(Side::x, Side::x), k(Side::primed, Side::primed), k(Side::x, Side::primed), w * w * num(b, d.gram(part.node))};
}

}  // namespace

ir::Value gram_of_mixture(Demand& demand, const std::vector<Part>& parts) {
  ir::Builder& b = demand.build();
  Moments sum = of_part(demand, parts[0]);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const Moments a = sum, p = of_part(demand, parts[i]);
    const ir::Num da = num(b, deficit(b, a.q1.v, a.q2.v, a.c.v, a.gram.v)), dp = num(b, deficit(b, p.q1.v, p.q2.v, p.c.v, p.gram.v));
    const ir::Num s = sqrt(a.q1 * p.q2), t = sqrt(p.q1 * a.q2);
    const ir::Num gram = a.gram + p.gram + (s - t) * (s - t) + 2.0 * s * t * (da + dp - da * dp);
    sum = {a.q1 + p.q1, a.q2 + p.q2, a.c + p.c, gram};
  }
  return sum.gram.v;
}

}  // namespace ntkc::layers
