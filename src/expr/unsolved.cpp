#include "expr/unsolved.hpp"

#include "expr/solve.hpp"

namespace ntkc::expr {

std::vector<Expr> unsolved_conditions(const Expr& e) {
  std::vector<Expr> out = conditions(e);
  std::erase_if(out, [](const Expr& condition) { return solve(condition, 0).has_value(); });
  return out;
}

}  // namespace ntkc::expr
