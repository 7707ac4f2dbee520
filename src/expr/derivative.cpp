// Derivatives with respect to the variable. Of steps and signs it is 0, of conditions that of the branch taken.
#include <stdexcept>
#include <unordered_map>

#include "expr/expr.hpp"

namespace ntkc::expr {
namespace {

using Memo = std::unordered_map<const void*, Expr>;

Expr diff(const Expr& e, Memo& memo);

// The outer derivative of a function of one argument.
Expr outer(Function f, const Expr& e, const Expr& a) {
  switch (f) {
    case Function::sqrt:
      return 0.5 / e;
    case Function::cbrt:
      return 1 / (3 * e * e);
    case Function::exp:
      return e;
    case Function::expm1:
      return exp(a);
    case Function::log:
      return 1 / a;
    case Function::log1p:
      return 1 / (1 + a);
    case Function::sin:
      return cos(a);
    case Function::cos:
      return -sin(a);
    case Function::tan:
      return 1 + e * e;
    case Function::asin:
      return 1 / sqrt(1 - a * a);
    case Function::acos:
      return -1 / sqrt(1 - a * a);
    case Function::atan:
      return 1 / (1 + a * a);
    case Function::sinh:
      return Expr::call(Function::cosh, {a});
    case Function::cosh:
      return Expr::call(Function::sinh, {a});
    case Function::tanh:
      return 1 - e * e;
    case Function::erf:
      return 1 / sqrt(atan(Expr(1))) * exp(-(a * a));  // 2 / sqrt(pi)
    case Function::erfc:
      return -1 / sqrt(atan(Expr(1))) * exp(-(a * a));
    case Function::abs:
      return sign(a);
    case Function::sigmoid:
      return e * sigmoid(-a);
    case Function::softplus:
      return sigmoid(a);
    case Function::norm_cdf:
      return norm_pdf(a);
    case Function::norm_pdf:
      return -a * e;
    case Function::sin_minus_x_cos:
      return a * sin(a);
#define NTK_FUNCTION(name, arity)
#define NTK_FORM(name, arity) case Function::name:
#include "expr/functions.def"
#undef NTK_FUNCTION
      throw std::logic_error("derivative: a function of closed forms, not of activations");
    default:
      return 0;  // sign, step and truth values
  }
}

Expr of_power(const Expr& e, Memo& memo) {
  const Expr &a = e.args()[0], &b = e.args()[1];
  if (!depends_on_variable(b)) return b * pow(a, b - 1) * diff(a, memo);
  if (!depends_on_variable(a)) return e * log(a) * diff(b, memo);
  return e * (diff(b, memo) * log(a) + b * diff(a, memo) / a);
}

Expr of_call(const Expr& e, Memo& memo) {
  const std::vector<Expr>& args = e.args();
  const Expr &a = args[0], &b = args.size() > 1 ? args[1] : args[0];
  const auto d = [&](const Expr& f) { return diff(f, memo); };
  switch (e.function()) {
    case Function::add:
      return d(a) + d(b);
    case Function::sub:
      return d(a) - d(b);
    case Function::mul:
      return d(a) * b + a * d(b);
    case Function::div:
      return depends_on_variable(b) ? (d(a) - e * d(b)) / b : d(a) / b;
    case Function::neg:
      return -d(a);
    case Function::pow:
      return of_power(e, memo);
    case Function::atan2:
      return (d(a) * b - a * d(b)) / (a * a + b * b);
    case Function::angle:
      return diff(Expr::call(Function::atan2, {sqrt(a), b}), memo);
    case Function::min:
      return select(a < b, d(a), d(b));
    case Function::max:
      return select(a < b, d(b), d(a));
    case Function::select:
      return select(a, d(args[1]), d(args[2]));
    default:
      return args.size() == 1 ? outer(e.function(), e, a) * d(a) : Expr(0);
  }
}

Expr diff(const Expr& e, Memo& memo) {
  if (!depends_on_variable(e)) return 0;
  if (e.kind() == Expr::Kind::variable) return 1;
  if (const auto found = memo.find(e.identity()); found != memo.end()) return found->second;
  Expr made = simplify(of_call(e, memo));
  memo.emplace(e.identity(), made);
  return made;
}

}  // namespace

Expr derivative(const Expr& e) {
  Memo memo;
  return simplify(diff(e, memo));
}

// The param and the variable change places; no param of the language has the name that keeps the variable's.
Expr derivative_by(const Expr& e, const std::string& param) {
  const std::string variable = "#x";
  const Expr turned = substitute_params(substitute(e, Expr::param(variable)), {{param, Expr::variable()}});
  return simplify(substitute_params(substitute(derivative(turned), Expr::param(param)), {{variable, Expr::variable()}}));
}

}  // namespace ntkc::expr
