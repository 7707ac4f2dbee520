// The degree of the polynomials that an expression consists of between its breaks, by its structure.
#include <algorithm>
#include <optional>
#include <unordered_map>

#include "expr/expr.hpp"

namespace ntkc::expr {
namespace {

using Degree = std::optional<int>;

class Judge {
 public:
  Degree operator()(const Expr& e) {
    if (e.kind() == Expr::Kind::variable) return 1;
    if (e.kind() != Expr::Kind::call) return 0;
    if (const auto known = known_.find(e.identity()); known != known_.end()) return known->second;
    return known_[e.identity()] = of_call(e);
  }

 private:
  Degree of_call(const Expr& e) {
    int most = 0, sum = 0;
    for (const Expr& arg : e.args()) {
      const Degree d = (*this)(arg);
      if (!d) return std::nullopt;
      most = std::max(most, *d), sum += *d;
    }
    switch (e.function()) {
      case Function::add:
      case Function::sub:
      case Function::neg:
      case Function::abs:
      case Function::min:
      case Function::max:
        return most;
      case Function::mul:
        return sum;
      case Function::div:
        return depends_on_variable(e.args()[1]) ? Degree() : most;
      case Function::pow:
        return of_power(*(*this)(e.args()[0]), e.args()[1]);
      case Function::select:
        return std::max(*(*this)(e.args()[1]), *(*this)(e.args()[2]));
      case Function::sign:
      case Function::step:
      case Function::less:
      case Function::less_equal:
      case Function::equal:
      case Function::logical_and:
      case Function::logical_or:
      case Function::logical_not:
        return 0;
      default:
        return std::nullopt;
    }
  }

  static Degree of_power(int base, const Expr& exponent) {
    if (depends_on_variable(exponent)) return std::nullopt;
    if (base == 0) return 0;
    if (!exponent.is_constant() || !exponent.value().is_integer()) return std::nullopt;
    const double n = exponent.value().to_double();
    return 0 <= n && n <= 64 ? Degree(base * static_cast<int>(n)) : std::nullopt;
  }

  std::unordered_map<const void*, Degree> known_;  // looked up, never iterated
};

}  // namespace

bool is_piecewise_polynomial(const Expr& e) {
  const Degree degree = Judge()(e);
  if (!degree || *degree > kHighestPiece) return false;
  const Breaks found = breaks(e);
  return found.complete && !found.endless;
}

}  // namespace ntkc::expr
