#include "expr/stable.hpp"

#include <optional>
#include <unordered_map>

namespace ntkc::expr {
namespace {

using Rewritten = std::unordered_map<const void*, Expr>;

bool is_one(const Expr& e) { return e.is_constant() && e.value() == numeric::Number(1); }

// y of 1 + y, however it is written.
std::optional<Expr> beside_one(const Expr& e) {
  if (!e.is(Function::add)) return std::nullopt;
  return is_one(e.args()[0]) ? std::optional(e.args()[1]) : is_one(e.args()[1]) ? std::optional(e.args()[0]) : std::nullopt;
}

Expr sigmoid_of_negative(const Expr& y) { return sigmoid(simplify(-y)); }

Expr stable_quotient(const Expr& a, const Expr& b) {
  const auto y = beside_one(b);
  if (!y || !y->is(Function::exp)) return a / b;
  if (a == *y) return sigmoid(y->args()[0]);
  return is_one(a) ? sigmoid_of_negative(y->args()[0]) : a * sigmoid_of_negative(y->args()[0]);
}

// Near 0 of the other form nothing is left, far out the first overflows.
Expr log_cosh(const Expr& y) {
  const Expr half = Expr::call(Function::sinh, {y / 2}), size = abs(y);
  return select(size < 1, log1p(2 * half * half), size + log1p(expm1(-2 * size) / 2));
}

Expr stable_log(const Expr& a) {
  if (a.is(Function::cosh)) return log_cosh(a.args()[0]);
  const auto y = beside_one(a);
  if (!y) return log(a);
  return y->is(Function::exp) ? softplus(y->args()[0]) : log1p(*y);
}

Expr stable_difference(const Expr& a, const Expr& b) {
  if (a.is(Function::exp) && is_one(b)) return expm1(a.args()[0]);
  if (b.is(Function::exp) && is_one(a)) return -expm1(b.args()[0]);
  return a - b;
}

Expr stable_call(Function f, std::vector<Expr> args) {
  switch (f) {
    case Function::div:
      return stable_quotient(args[0], args[1]);
    case Function::log:
      return stable_log(args[0]);
    case Function::log1p:
      return args[0].is(Function::exp) ? softplus(args[0].args()[0]) : log1p(args[0]);
    case Function::sub:
      return stable_difference(args[0], args[1]);
    default:
      return Expr::call(f, std::move(args));
  }
}

Expr rewritten(const Expr& e, Rewritten& memo) {
  if (e.kind() != Expr::Kind::call) return e;
  if (const auto found = memo.find(e.identity()); found != memo.end()) return found->second;
  std::vector<Expr> args;
  for (const Expr& arg : e.args()) args.push_back(rewritten(arg, memo));
  return memo.emplace(e.identity(), stable_call(e.function(), std::move(args))).first->second;
}

}  // namespace

Expr stable(const Expr& e) {
  Rewritten memo;
  return rewritten(e, memo);
}

}  // namespace ntkc::expr
