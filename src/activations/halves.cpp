// Activations with one break, at 0: each half is found by deciding the conditions there.
#include <unordered_map>

#include "activations/parts.hpp"

namespace ntkc::activations {
namespace {

using expr::Expr;
using Kind = Part::Kind;

// The sign, for all x > 0, of a sum of powers of x whose factors agree; 0: not known.
int sign_of(const Expr& e) {
  const auto p = parts_by_algebra(e);
  if (!p) return 0;
  int sign = 0;
  for (const Part& part : *p) {
    if (part.kind != Kind::power || !part.factor.is_constant()) return 0;
    const numeric::Number& a = part.factor.value();
    const int its = a > numeric::Number(0) ? 1 : a < numeric::Number(0) ? -1 : 0;
    if (its == 0 || (sign != 0 && sign != its)) return 0;
    sign = its;
  }
  return sign;
}

// e for x > 0: |a| = a where a > 0, and so on. Calls whose sign is not known stay.
class Decided {
 public:
  Expr operator()(const Expr& e) {
    if (e.kind() != Expr::Kind::call || !depends_on_variable(e)) return e;
    if (const auto found = known_.find(e.identity()); found != known_.end()) return found->second;
    std::vector<Expr> args;
    for (const Expr& arg : e.args()) args.push_back((*this)(arg));
    Expr made = simplify(call(e.function(), std::move(args)));
    known_.emplace(e.identity(), made);
    return made;
  }

 private:
  static Expr call(Function f, std::vector<Expr> args) {
    const bool two = f == Function::max || f == Function::min || f == Function::less || f == Function::less_equal;
    const bool one = f == Function::abs || f == Function::sign || f == Function::step;
    const int sign = two ? sign_of(simplify(args[0] - args[1])) : one ? sign_of(args[0]) : 0;
    if (sign == 0) return Expr::call(f, std::move(args));
    switch (f) {
      case Function::abs:
        return sign > 0 ? args[0] : -args[0];
      case Function::sign:
        return sign;
      case Function::step:
        return sign > 0 ? 1 : 0;
      case Function::max:
        return args[sign > 0 ? 0 : 1];
      case Function::min:
        return args[sign > 0 ? 1 : 0];
      default:
        return sign < 0 ? 1 : 0;
    }
  }

  std::unordered_map<const void*, Expr> known_;
};

// phi = factor x^degree for x > 0 (a factor of 0 for what vanishes); nullopt also where no condition is decided.
std::optional<Part> half(const Expr& phi) {
  const Expr right = simplify(Decided()(phi));
  const auto p = right == phi ? std::nullopt : parts_by_algebra(right);
  if (!p || p->size() != 1 || p->front().kind != Kind::power) return std::nullopt;
  return p->front();
}

bool is_zero(const Part& p) { return p.factor == Expr(0); }
Part row(const char* name, Expr factor, const Expr& rate) { return {Kind::row, std::move(factor), rate, 0, find(name)}; }

}  // namespace

std::optional<Parts> parts_of_halves(const Expr& phi) {
  const auto right = half(phi), left = right ? half(expr::simplify(substitute(phi, -Expr::variable()))) : std::nullopt;
  if (!left || (right->degree != left->degree && !is_zero(*right) && !is_zero(*left))) return std::nullopt;
  const int n = std::max(right->degree, left->degree);
  if (n == 0) {
    if (simplify(right->factor + left->factor) == Expr(0)) return Parts{row("sign", right->factor, 1)};
    Parts out;
    if (!is_zero(*left)) out.push_back({Kind::power, left->factor});
    out.push_back(row("step", simplify(right->factor - left->factor), 1));
    return out;
  }
  if (n != 1) return std::nullopt;
  // a relu(x) + b relu(-x): the slope below 0 is -b
  if (is_zero(*left)) return Parts{row("relu", right->factor, 1)};
  if (is_zero(*right)) return Parts{row("relu", left->factor, -1)};
  if (simplify(right->factor - left->factor) == Expr(0)) return Parts{row("abs", right->factor, 1)};
  return Parts{{Kind::power, simplify((right->factor - left->factor) / 2), 1, 1},
               row("abs", simplify((right->factor + left->factor) / 2), 1)};
}

}  // namespace ntkc::activations
