#include "activations/forms.hpp"

namespace ntkc::activations {

static expr::Expr phi(const graph::Args&) {
  const expr::Expr x = expr::Expr::variable();
  // log1p(2 sinh^2(x/2)) is exact at 0, the other form does not overflow.
  const expr::Expr h = expr::Expr::call(Function::sinh, {x / 2});
  return select(expr::abs(x) < 1, expr::log1p(2 * h * h),
                expr::abs(x) + expr::log1p(expr::exp(-2 * expr::abs(x))) - expr::log(expr::Expr(2)));
}

Activation log_cosh() { return {.name = "log_cosh", .doc = "log(cosh(x))", .reference = "Barron 2019", .phi = phi}; }

}  // namespace ntkc::activations
