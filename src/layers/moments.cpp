#include "layers/moments.hpp"

namespace ntkc::layers {

using expr::Function;

ir::Value gram_from_distance(ir::Builder& b, ir::Value q1, ir::Value q2, ir::Value c, ir::Value distance) {
  const ir::Num v1 = num(b, q1), v2 = num(b, q2), k = num(b, c), s1 = sqrt(v1), s2 = sqrt(v2), zero = num(b, b.constant(0));
  const ir::Num e = apply(Function::max, num(b, distance) - (s1 - s2) * (s1 - s2), zero);
  const ir::Num near = e * (s1 * s2 - 0.25 * e), apart = apply(Function::max, v1 * v2 - k * k, zero);
  return b.call(Function::select, {apply(Function::less, e, 0.04 * s1 * s2).v, near.v, apart.v});
}

ir::Value deficit(ir::Builder& b, ir::Value q1, ir::Value q2, ir::Value c, ir::Value gram) {
  const ir::Num k = num(b, c), product = num(b, q1) * num(b, q2), zero = num(b, b.constant(0)), one = num(b, b.constant(1));
  const ir::Num some = num(b, b.call(Function::select, {b.call(Function::less, {zero.v, product.v}), product.v, one.v}));
  const ir::Num rho = k / sqrt(some);
  const ir::Num near = num(b, gram) / some / (1.0 + apply(Function::max, rho, zero));
  return b.call(Function::select, {b.call(Function::less, {zero.v, k.v}), near.v, (1.0 - rho).v});
}

}  // namespace ntkc::layers
