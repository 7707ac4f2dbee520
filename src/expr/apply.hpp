// The value of every function at numbers of type T: double (std::) or a Boost.Multiprecision type (found by its namespace).
#pragma once
#include <algorithm>
#include <cmath>
#include <limits>

#include "expr/bivariate.hpp"
#include "expr/expr.hpp"
#include "numeric/real.hpp"

namespace ntkc::expr {

// Arguments of a function, at most.
inline constexpr std::size_t kMostArity = std::max({
#define NTK_FUNCTION(name, arity) arity,
#include "expr/functions.def"
#undef NTK_FUNCTION
    0});

double wedge(Function f, const double* args);  // of the runtime
numeric::Float100 wedge(Function f, const numeric::Float100* args);
template <class T>
T wedge(Function f, const T* args) {
  numeric::Float100 exact[kMostArity];
  for (int i = 0; i < arity(f); ++i) exact[i] = numeric::Float100(args[i]);
  return static_cast<T>(wedge(f, exact));
}

namespace detail {

// sin x - x cos x = sum over k of (-1)^(k+1) 2k x^(2k+1) / (2k+1)!; below 1 the series, because the two terms cancel.
template <class T>
T sin_minus_x_cos(const T& x) {
  using std::abs, std::cos, std::sin;
  if (abs(x) >= 1) return sin(x) - x * cos(x);
  const T square = x * x;
  T term = x * square / 3, sum = term;
  for (int k = 2; k < 200 && abs(term) > abs(sum) * std::numeric_limits<T>::epsilon() / 4; ++k) {
    term *= -square / ((2 * k - 2) * (2 * k + 1));
    sum += term;
  }
  return sum;
}

template <class T>
T half_turn() {
  using std::atan;
  return 4 * atan(T(1));
}

}  // namespace detail

template <class T>
T apply(Function f, const T* a) {
  using std::abs, std::acos, std::asin, std::atan, std::atan2, std::cbrt, std::cos, std::cosh, std::erf, std::erfc, std::exp, std::expm1,
      std::log, std::log1p, std::pow, std::sin, std::sinh, std::sqrt, std::tan, std::tanh;
  const T& x = a[0];
  const int count = arity(f);
  if (f != Function::select)  // libraries of high precision throw or hang at NaN
    for (int i = 0; i < count; ++i)
      if (a[i] != a[i]) return a[i];
  switch (f) {
    case Function::add:
      return x + a[1];
    case Function::sub:
      return x - a[1];
    case Function::mul:
      return x * a[1];
    case Function::div:
      return x / a[1];
    case Function::neg:
      return -x;
    case Function::pow:
      return pow(x, a[1]);
    case Function::sqrt:
      return sqrt(x);
    case Function::cbrt:
      return cbrt(x);
    case Function::exp:
      return exp(x);
    case Function::expm1:
      return expm1(x);
    case Function::log:
      return log(x);
    case Function::log1p:
      return x < -1 ? std::numeric_limits<T>::quiet_NaN() : log1p(x);
    case Function::sin:
      return sin(x);
    case Function::cos:
      return cos(x);
    case Function::tan:
      return tan(x);
    case Function::asin:
      return asin(x);
    case Function::acos:
      return acos(x);
    case Function::atan:
      return atan(x);
    case Function::atan2:
      return atan2(x, a[1]);
    case Function::sinh:
      return sinh(x);
    case Function::cosh:
      return cosh(x);
    case Function::tanh:
      return tanh(x);
    case Function::erf:
      return erf(x);
    case Function::erfc:
      return erfc(x);
    case Function::abs:
      return abs(x);
    case Function::sign:
      return x > 0 ? T(1) : x < 0 ? T(-1) : T(0);
    case Function::step:
      return x > 0 ? T(1) : T(0);
    case Function::min:
      return a[1] < x ? a[1] : x;
    case Function::max:
      return x < a[1] ? a[1] : x;
    case Function::sigmoid:
      return x < 0 ? T(exp(x) / (1 + exp(x))) : T(1 / (1 + exp(-x)));
    case Function::softplus:
      return (x > 0 ? x : T(0)) + log1p(T(exp(-abs(x))));
    case Function::norm_cdf:
      return erfc(T(-x / sqrt(T(2)))) / 2;
    case Function::norm_pdf:
      return exp(T(-x * x / 2)) / sqrt(T(2 * detail::half_turn<T>()));
    case Function::less:
      return T(x < a[1] ? 1 : 0);
    case Function::less_equal:
      return T(x <= a[1] ? 1 : 0);
    case Function::equal:
      return T(x == a[1] ? 1 : 0);
    case Function::logical_and:
      return T(x != 0 && a[1] != 0 ? 1 : 0);
    case Function::logical_or:
      return T(x != 0 || a[1] != 0 ? 1 : 0);
    case Function::logical_not:
      return T(x == 0 ? 1 : 0);
    case Function::select:
      return x != 0 ? a[1] : a[2];
    case Function::angle:
      return x <= 0 && a[1] == 0 ? T(detail::half_turn<T>() / 2) : atan2(T(sqrt(x > 0 ? x : T(0))), a[1]);
    case Function::sin_minus_x_cos:
      return detail::sin_minus_x_cos(x);
    case Function::normal_orthant:
      return detail::normal_pair(0, x, a[1], a[2], a[3]);
    case Function::normal_hinges:
      return detail::normal_pair(1, x, a[1], a[2], a[3]);
    case Function::normal_bends:
      return detail::normal_bends(x, a[1], a[2], a[3], a[4], a[5]);
#define NTK_FUNCTION(name, arity)
#define NTK_FORM(name, arity)
#define NTK_WEDGE(name, arity) case Function::name:
#include "expr/functions.def"
#undef NTK_FUNCTION
      return static_cast<T>(wedge(f, a));
  }
  return std::numeric_limits<T>::quiet_NaN();
}

}  // namespace ntkc::expr
