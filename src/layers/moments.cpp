#include "layers/moments.hpp"

namespace ntkc::layers {

using expr::Function;

ir::Value gram_from_distance(ir::Builder& b, ir::Value q1, ir::Value q2, ir::Value distance) {
  const ir::Num s1 = sqrt(num(b, q1)), s2 = sqrt(num(b, q2)), zero = num(b, b.constant(0));
  const ir::Num e = apply(Function::max, num(b, distance) - (s1 - s2) * (s1 - s2), zero);
  return (e * apply(Function::max, s1 * s2 - 0.25 * e, zero)).v;
}

ir::Value deficit(ir::Builder& b, ir::Value q1, ir::Value q2, ir::Value c, ir::Value gram) {
  const ir::Num k = num(b, c), product = num(b, q1) * num(b, q2), zero = num(b, b.constant(0)), one = num(b, b.constant(1));
  const ir::Num some = num(b, b.call(Function::select, {b.call(Function::less, {zero.v, product.v}), product.v, one.v}));
  const ir::Num rho = k / sqrt(some);
  const ir::Num near = num(b, gram) / some / (1.0 + apply(Function::max, rho, zero));
  return b.call(Function::select, {b.call(Function::less, {zero.v, k.v}), near.v, (1.0 - rho).v});
}

}  // namespace ntkc::layers
