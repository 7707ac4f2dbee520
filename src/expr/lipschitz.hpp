// The Lipschitz constant of an activation.
#pragma once
#include <string>

#include "expr/expr.hpp"

namespace ntkc::expr {

struct Lipschitz {
  enum class Kind : std::uint8_t { bounded, unbounded, jump, unknown } kind = Kind::bounded;
  double most = 0;   // |f(x) - f(y)| <= most |x - y| for all x, y: proved by intervals; infinite where none is known
  double least = 0;  // a slope that f has
  double place = 0;  // where it has it; infinite: only in the limit. Of the other kinds: where no bound was found
  bool tight() const { return kind == Kind::bounded && most <= least * (1 + 1e-6); }
};

std::string where(const Lipschitz& l);  // "at x = 0", "near x = 0", "as x goes to inf"

// By branch and bound on the derivative, with the second derivative where that is finite (Moore 1966: natural and mean value forms), until
// the bounds differ by a part in 1e9 or 1,000 pieces are seen (fewer of long expressions). Places of conditions without a closed form are
// searched for |x| < 64.
Lipschitz lipschitz(const Expr& f, const ParamValues& params = {});

}  // namespace ntkc::expr
