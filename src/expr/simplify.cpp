// One spelling for what is equal by algebra: constants folded, like terms and factors collected, conditions used in their branches.
// Every rule holds for all reals at which its left side is defined.
#include <unordered_map>

#include "expr/algebra.hpp"
#include "expr/expr.hpp"

namespace ntkc::expr {
namespace {

using Memo = std::unordered_map<const void*, Expr>;

bool is_value(const Expr& e, double value) { return e.is_constant() && e.value() == numeric::Number(value); }

bool is_truth(const Expr& e) {
  return e.is(Function::less) || e.is(Function::less_equal) || e.is(Function::equal) || e.is(Function::logical_and) ||
         e.is(Function::logical_or) || e.is(Function::logical_not) || e.is(Function::step);
}

// e, where `condition` is known to be true or false.
Expr assuming(const Expr& e, const Expr& condition, bool truth, Memo& memo) {
  if (e.kind() != Expr::Kind::call) return e;
  if (e == condition && is_truth(e)) return truth ? 1 : 0;
  if (const auto found = memo.find(e.identity()); found != memo.end()) return found->second;
  std::vector<Expr> args;
  bool same = true;
  for (const Expr& arg : e.args()) {
    args.push_back(assuming(arg, condition, truth, memo));
    same = same && args.back().identity() == arg.identity();
  }
  Expr made = same ? e : simplify(Expr::call(e.function(), std::move(args)));
  memo.emplace(e.identity(), made);
  return made;
}

Expr of_select(const Expr& e) {
  const Expr& c = e.args()[0];
  if (c.is_constant()) return is_value(c, 0) ? e.args()[2] : e.args()[1];
  if (c.is(Function::logical_not)) return of_select(select(c.args()[0], e.args()[2], e.args()[1]));
  Memo yes, no;
  const Expr a = assuming(e.args()[1], c, true, yes), b = assuming(e.args()[2], c, false, no);
  return a == b ? a : select(c, a, b);
}

Expr of_power(const Expr& e) {
  const Expr &a = e.args()[0], &b = e.args()[1];
  if (is_value(a, 1)) return 1;
  if (b.is_constant()) return simplified_product(e);
  return e;
}

Expr of_truth(const Expr& e) {
  const Expr &a = e.args()[0], &b = e.args().size() > 1 ? e.args()[1] : a;
  const auto known = [](const Expr& c) { return c.is_constant(); };
  switch (e.function()) {
    case Function::less:
      return a == b ? Expr(0) : e;
    case Function::less_equal:
    case Function::equal:
      return a == b ? Expr(1) : e;
    case Function::logical_and:
      if (is_value(a, 0) || is_value(b, 0)) return 0;
      if (known(a) && is_truth(b)) return b;
      if ((known(b) || a == b) && is_truth(a)) return a;
      return e;
    case Function::logical_or:
      if (is_value(a, 0) && is_truth(b)) return b;
      if ((is_value(b, 0) || a == b) && is_truth(a)) return a;
      return known(a) && !is_value(a, 0) ? Expr(1) : known(b) && !is_value(b, 0) ? Expr(1) : e;
    default:
      return a.is(Function::logical_not) && is_truth(a.args()[0]) ? a.args()[0] : e;
  }
}

Expr of_one(const Expr& e) {
  const Expr& a = e.args()[0];
  const bool negated = a.is(Function::neg);
  switch (e.function()) {
    case Function::sin:
    case Function::tan:
    case Function::asin:
    case Function::atan:
    case Function::sinh:
    case Function::tanh:
    case Function::erf:
    case Function::cbrt:
    case Function::sign:
      return negated ? -simplify(Expr::call(e.function(), {a.args()[0]})) : e;
    case Function::cos:
    case Function::cosh:
    case Function::norm_pdf:
      return negated ? Expr::call(e.function(), {a.args()[0]}) : e;
    case Function::abs:
      if (negated) return simplify(abs(a.args()[0]));
      return a.is(Function::abs) || a.is(Function::exp) || a.is(Function::sqrt) || a.is(Function::cosh) ? a : e;
    case Function::sqrt:
      return a.is(Function::mul) && a.args()[0] == a.args()[1] ? simplify(abs(a.args()[0])) : e;
    case Function::exp:
      return a.is(Function::log) ? a.args()[0] : e;
    case Function::log:
      return a.is(Function::exp) ? a.args()[0] : e;
    default:
      return e;
  }
}

Expr rule(const Expr& e) {
  if (e.is_constant()) return e;
  switch (e.function()) {
    case Function::add:
    case Function::sub:
    case Function::neg:
      return simplified_sum(e);
    case Function::mul:
    case Function::div:
      return simplified_product(e);
    case Function::pow:
      return of_power(e);
    case Function::min:
    case Function::max:
      return e.args()[0] == e.args()[1] ? e.args()[0] : e;
    case Function::less:
    case Function::less_equal:
    case Function::equal:
    case Function::logical_and:
    case Function::logical_or:
    case Function::logical_not:
      return of_truth(e);
    case Function::select:
      return of_select(e);
    case Function::atan2:
    case Function::angle:
    case Function::normal_orthant:
    case Function::normal_hinges:
    case Function::normal_bends:
      return e;
    default:
      return of_one(e);
  }
}

Expr run(const Expr& e, Memo& memo) {
  if (e.kind() != Expr::Kind::call) return e;
  if (const auto found = memo.find(e.identity()); found != memo.end()) return found->second;
  std::vector<Expr> args;
  for (const Expr& arg : e.args()) args.push_back(run(arg, memo));
  Expr made = rule(Expr::call(e.function(), std::move(args)));
  memo.emplace(e.identity(), made);
  return made;
}

}  // namespace

Expr simplify(const Expr& e) {
  Memo memo;
  return run(e, memo);
}

}  // namespace ntkc::expr
