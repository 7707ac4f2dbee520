#include "expr/order.hpp"

namespace ntkc::expr {

int compare(const Expr& a, const Expr& b) {
  if (a.identity() == b.identity()) return 0;
  if (a.kind() != b.kind()) return static_cast<int>(a.kind()) - static_cast<int>(b.kind());
  switch (a.kind()) {
    case Expr::Kind::constant:
      return a.value() < b.value() ? -1 : a.value() == b.value() ? 0 : 1;
    case Expr::Kind::variable:
      return 0;
    case Expr::Kind::param:
      return a.param_name().compare(b.param_name());
    case Expr::Kind::call:
      break;
  }
  if (a.function() != b.function()) return static_cast<int>(a.function()) - static_cast<int>(b.function());
  for (std::size_t i = 0; i < a.args().size(); ++i)
    if (const int order = compare(a.args()[i], b.args()[i])) return order;
  return 0;
}

}  // namespace ntkc::expr
