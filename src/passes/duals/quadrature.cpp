// Hermite series of both sides, each computed once a sample by quadrature split at the breaks, and direct integration where their tails are
// not small.
#include "passes/duals.hpp"

namespace ntkc::passes {
namespace {

using expr::Function;
using ir::Num;
using Covariance = ir::Builder::Covariance;

std::optional<ir::Value> mean(ir::Builder& b, std::uint32_t phi, int order, ir::Value q) { return b.mean_quadrature(phi, order, q); }

std::optional<ir::Value> dual(ir::Builder& b, std::uint32_t phi, std::uint32_t psi, int order_phi, int order_psi, const Covariance& k) {
  if (b.is_constant(k.c, 0))  // independent
    return b.call(Function::mul, {choose_mean(b, phi, order_phi, k.q1), choose_mean(b, psi, order_psi, k.q2)});
  const ir::Value series_phi = b.hermite(phi, order_phi, kHermiteDegree, k.q1),
                  series_psi = b.hermite(psi, order_psi, kHermiteDegree, k.q2);
  return b.dual_quadrature(phi, psi, order_phi, order_psi, k, series_phi, series_psi);
}

struct Second {
  Num uu, vv, uv;
};
Second second(ir::Builder& b, std::uint32_t phi, const Covariance& k) {
  const ir::Value zero = b.constant(0);
  const auto at = [&](const Covariance& c) { return num(b, choose_dual(b, phi, phi, 0, 0, c)); };
  return {at({k.q1, k.q1, k.q1, zero, zero}), at({k.q2, k.q2, k.q2, zero, zero}), at(k)};
}

// u = v where their distance is 0: then the answer is 0 whatever the digits of the moments say.
ir::Value unless_equal(ir::Builder& b, const Covariance& k, Num value) {
  const Num zero = num(b, b.constant(0));
  return b.call(Function::select, {b.call(Function::less, {zero.v, k.distance}), apply(Function::max, value, zero).v, zero.v});
}

std::optional<ir::Value> distance(ir::Builder& b, std::uint32_t phi, const Covariance& k) {
  const Second m = second(b, phi, k);
  return unless_equal(b, k, m.uu + m.vv - 2.0 * m.uv);
}

// With a distance D that does not cancel, e = D - (A - B)^2 = 2 (A B - E[phi(u) phi(v)]) and the determinant is e (A B - e / 4), A^2 and
// B^2 the second moments. Without one, both forms lose alike, and the plain one is shorter.
std::optional<ir::Value> gram(ir::Builder& b, std::uint32_t phi, const Covariance& k) {
  const Second m = second(b, phi, k);
  for (const DualMethod& method : dual_methods()) {
    if (method.distance == distance) break;
    const std::optional<ir::Value> d = method.distance ? method.distance(b, phi, k) : std::nullopt;
    if (!d) continue;
    const Num root_u = sqrt(m.uu), root_v = sqrt(m.vv), gap = root_u - root_v;
    const Num e = apply(Function::max, num(b, *d) - gap * gap, num(b, b.constant(0)));
    return unless_equal(b, k, e * (root_u * root_v - 0.25 * e));
  }
  return unless_equal(b, k, m.uu * m.vv - m.uv * m.uv);
}

std::optional<double> bound(const graph::ActivationUse&) { return std::nullopt; }

}  // namespace

extern const DualMethod quadrature_method;
const DualMethod quadrature_method = {"Hermite series and quadrature", mean, dual, distance, gram, bound, kHermiteDegree};

}  // namespace ntkc::passes
