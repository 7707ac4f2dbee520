// Values of expressions, in double and in 100 digits. Of a select only the branch taken is evaluated.
#include <cmath>
#include <stdexcept>
#include <type_traits>

#include "expr/apply.hpp"
#include "numeric/real.hpp"

namespace ntkc::expr {
namespace {

using numeric::Float100;

template <class T>
T run(const Expr& e, const T& x, const ParamValues& params) {
  switch (e.kind()) {
    case Expr::Kind::constant:
      if constexpr (std::is_same_v<T, double>)
        return e.value().to_double();
      else
        return numeric::value(e.value());
    case Expr::Kind::variable:
      return x;
    case Expr::Kind::param: {
      const auto found = params.find(e.param_name());
      if (found == params.end()) throw std::logic_error("an expression is evaluated without a value of its param " + e.param_name());
      return T(found->second);
    }
    case Expr::Kind::call:
      break;
  }
  const std::vector<Expr>& args = e.args();
  if (e.function() == Function::select) return run(run(args[0], x, params) != 0 ? args[1] : args[2], x, params);
  T values[kMostArity];
  for (std::size_t i = 0; i < args.size(); ++i) values[i] = run(args[i], x, params);
  return apply<T>(e.function(), values);
}

}  // namespace

double evaluate(const Expr& e, double x, const ParamValues& params) { return run<double>(e, x, params); }

numeric::Number evaluate_exactly(const Expr& e, const numeric::Number& x, const ParamValues& params) {
  return numeric::make(run<Float100>(e, numeric::value(x), params));
}

}  // namespace ntkc::expr
