// Scalar expressions: what an activation computes, what an argument is worth. Immutable, shared, built by operators.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "numeric/number.hpp"

namespace ntkc::expr {

enum class Function : std::uint8_t {
#define NTK_FUNCTION(name, arity) name,
#include "expr/functions.def"
#undef NTK_FUNCTION
};
std::string_view name(Function function);
int arity(Function function);
inline constexpr std::size_t kMostArguments = 6;
const Function* find_function(std::string_view name);  // nullptr if there is none

// A constant, the activation's argument x, a run-time param by its qualified name, or a function of expressions.
// Truth values are numbers: 0 is false, anything else true; comparisons give 0 or 1.
class Expr {
 public:
  enum class Kind : std::uint8_t { constant, variable, param, call };

  Expr(numeric::Number value);
  Expr(double value) : Expr(numeric::Number(value)) {}
  Expr(int value) : Expr(numeric::Number(value)) {}
  static Expr variable();
  static Expr param(std::string name);
  static Expr call(Function function, std::vector<Expr> args);  // folds constants (in 100 digits), nothing else

  Kind kind() const;
  const numeric::Number& value() const;   // of a constant
  const std::string& param_name() const;  // of a param
  Function function() const;              // of a call
  const std::vector<Expr>& args() const;  // of a call
  bool is_constant() const { return kind() == Kind::constant; }
  bool is(Function f) const { return kind() == Kind::call && function() == f; }
  const void* identity() const { return node_.get(); }  // for memo tables

  friend bool operator==(const Expr& a, const Expr& b);  // structural
  friend bool depends_on_variable(const Expr& e);

 private:
  struct Node;
  explicit Expr(std::shared_ptr<const Node> node) : node_(std::move(node)) {}
  std::shared_ptr<const Node> node_;
};

Expr operator+(Expr a, Expr b);
Expr operator-(Expr a, Expr b);
Expr operator*(Expr a, Expr b);
Expr operator/(Expr a, Expr b);
Expr operator-(Expr a);
Expr operator<(Expr a, Expr b);
#define NTK_FUNCTION_1(name) \
  inline Expr name(Expr a) { return Expr::call(Function::name, {std::move(a)}); }
NTK_FUNCTION_1(sqrt)
NTK_FUNCTION_1(cbrt)
NTK_FUNCTION_1(exp)
NTK_FUNCTION_1(expm1)
NTK_FUNCTION_1(log)
NTK_FUNCTION_1(log1p)
NTK_FUNCTION_1(sin)
NTK_FUNCTION_1(cos)
NTK_FUNCTION_1(atan)
NTK_FUNCTION_1(tanh)
NTK_FUNCTION_1(erf)
NTK_FUNCTION_1(abs)
NTK_FUNCTION_1(sign)
NTK_FUNCTION_1(step)
NTK_FUNCTION_1(sigmoid)
NTK_FUNCTION_1(softplus)
NTK_FUNCTION_1(norm_cdf)
NTK_FUNCTION_1(norm_pdf)
#undef NTK_FUNCTION_1
inline Expr pow(Expr a, Expr b) { return Expr::call(Function::pow, {std::move(a), std::move(b)}); }
inline Expr min(Expr a, Expr b) { return Expr::call(Function::min, {std::move(a), std::move(b)}); }
inline Expr max(Expr a, Expr b) { return Expr::call(Function::max, {std::move(a), std::move(b)}); }
inline Expr select(Expr c, Expr a, Expr b) { return Expr::call(Function::select, {std::move(c), std::move(a), std::move(b)}); }

using ParamValues = std::map<std::string, double>;
double evaluate(const Expr& e, double x, const ParamValues& params);  // in double (std::), for engines and tests
numeric::Number evaluate_exactly(const Expr& e, const numeric::Number& x, const ParamValues& params);  // in 100 digits

Expr substitute(const Expr& e, const Expr& x);  // the variable := x
Expr substitute_params(const Expr& e, const std::map<std::string, Expr>& values);
std::set<std::string> params_of(const Expr& e);
bool depends_on_variable(const Expr& e);

Expr simplify(const Expr& e);    // equal for all real x and params (where the input is defined)
Expr derivative(const Expr& e);  // with respect to the variable; at kinks either side
Expr derivative_by(const Expr& e, const std::string& param);
inline Expr derivative(Expr e, int order) {
  for (int i = 0; i < order; ++i) e = derivative(e);
  return e;
}

// Places where e (as a function of the variable) or its derivative may not be smooth: expressions free of the variable.
struct Breaks {
  std::vector<Expr> kinks;  // e is continuous there, e' is not (or a higher derivative)
  std::vector<Expr> jumps;  // e is not continuous there
  bool complete = true;     // false: a condition's zeros are not known
  bool endless = false;     // only places within kFarthestZero (ntk/runtime/zeros.hpp) are listed: they are not known to have an end
};
Breaks breaks(const Expr& e);
inline bool is_continuous(const Breaks& places) { return places.complete && places.jumps.empty(); }

// Whether e consists of polynomials between its breaks, of degrees that ntk/runtime/pieces.hpp holds: by its structure, for all values of
// its params. false: it does not, or that was not seen.
inline constexpr int kHighestPiece = 3;
bool is_piecewise_polynomial(const Expr& e);

enum class Parity : std::uint8_t { none, odd, even };
Parity parity(const Expr& e);  // none: neither, or not seen

// The same as numbers for given params, ascending, strictly between low and high. Where `breaks` is not complete, zeros of the remaining
// conditions are found by their changes of sign on the grid of ntk/runtime/zeros.hpp and bisection.
std::vector<double> break_points(const Expr& e, const ParamValues& params, double low, double high);

std::string to_text(const Expr& e);  // in the language's syntax; parses back to the same value

}  // namespace ntkc::expr
