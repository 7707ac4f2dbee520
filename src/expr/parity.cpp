// Whether an expression is odd or even, by its structure.
#include <cmath>
#include <unordered_map>

#include "expr/expr.hpp"

namespace ntkc::expr {
namespace {

class Judge {
 public:
  Parity operator()(const Expr& e) {
    if (e.kind() == Expr::Kind::variable) return Parity::odd;
    if (!depends_on_variable(e)) return Parity::even;
    if (const auto known = known_.find(e.identity()); known != known_.end()) return known->second;
    return known_[e.identity()] = of_call(e);
  }

 private:
  Parity of_call(const Expr& e) {
    std::vector<Parity> p;
    bool even = true, known = true;
    for (const Expr& arg : e.args()) {
      p.push_back((*this)(arg));
      even = even && p.back() == Parity::even;
      known = known && p.back() != Parity::none;
    }
    if (even) return Parity::even;
    if (!known) return Parity::none;
    switch (e.function()) {
      case Function::add:
      case Function::sub:
        return p[0] == p[1] ? p[0] : Parity::none;
      case Function::mul:
      case Function::div:
        return p[0] == p[1] ? Parity::even : Parity::odd;
      case Function::pow: {  // of an odd base, with a whole exponent
        const Expr& n = e.args()[1];
        if (!n.is_constant() || p[0] != Parity::odd) return Parity::none;
        const double value = n.value().to_double();
        return value != std::floor(value) ? Parity::none : std::fmod(value, 2) == 0 ? Parity::even : Parity::odd;
      }
      case Function::neg:
      case Function::cbrt:
      case Function::sin:
      case Function::tan:
      case Function::asin:
      case Function::atan:
      case Function::sinh:
      case Function::tanh:
      case Function::erf:
      case Function::sign:
        return Parity::odd;
      case Function::abs:
      case Function::cos:
      case Function::cosh:
      case Function::norm_pdf:
        return Parity::even;
      default:
        return Parity::none;
    }
  }
  std::unordered_map<const void*, Parity> known_;  // looked up, never iterated
};

}  // namespace

Parity parity(const Expr& e) { return Judge()(e); }

}  // namespace ntkc::expr
