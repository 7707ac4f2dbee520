#include "expr/complex.hpp"

#include <boost/math/constants/constants.hpp>

namespace ntkc::expr {
namespace {

using Complex = std::complex<double>;
using Places = std::optional<std::vector<Complex>>;
constexpr double kPi = boost::math::constants::pi<double>();

// a and b of e = a x + b.
std::optional<std::pair<double, double>> linear(const Expr& e) {
  const Expr slope = simplify(derivative(e));
  if (!slope.is_constant() || !params_of(e).empty()) return std::nullopt;
  return std::pair(slope.value().to_double(), evaluate(e, 0, {}));
}

// f(a x + b), f singular at i times `height` and, above it, only on the imaginary axis.
Places on_axis(const Expr& argument, double height) {
  const auto l = linear(argument);
  if (!l || l->first == 0) return std::nullopt;
  return std::vector{Complex(-l->second / l->first, height / std::abs(l->first))};
}

Places joined(const std::vector<Expr>& args) {
  std::vector<Complex> all;
  for (const Expr& arg : args) {
    const Places places = singularities(arg);
    if (!places) return std::nullopt;
    all.insert(all.end(), places->begin(), places->end());
  }
  return all;
}

}  // namespace

Places singularities(const Expr& e) {
  if (e.kind() == Expr::Kind::param) return std::nullopt;
  if (e.kind() != Expr::Kind::call) return std::vector<Complex>();
  switch (e.function()) {
    case Function::add:
    case Function::sub:
    case Function::mul:
    case Function::neg:
    case Function::exp:
    case Function::expm1:
    case Function::sin:
    case Function::cos:
    case Function::sinh:
    case Function::cosh:
    case Function::erf:
    case Function::erfc:
    case Function::norm_cdf:
    case Function::norm_pdf:
      return joined(e.args());
    case Function::div:
      return e.args()[1].is_constant() ? singularities(e.args()[0]) : std::nullopt;
    case Function::pow: {
      const Expr& n = e.args()[1];
      const bool whole = n.is_constant() && n.value().to_double() >= 0 && n.value().to_double() == std::floor(n.value().to_double());
      return whole ? singularities(e.args()[0]) : std::nullopt;
    }
    case Function::tanh:
      return on_axis(e.args()[0], kPi / 2);
    case Function::sigmoid:
    case Function::softplus:
      return on_axis(e.args()[0], kPi);
    case Function::atan:
      return on_axis(e.args()[0], 1);
    default:
      return std::nullopt;
  }
}

std::optional<Complex> evaluate(const Expr& e, Complex z) {
  if (e.kind() == Expr::Kind::variable) return z;
  if (e.kind() == Expr::Kind::constant) return Complex(e.value().to_double());
  if (e.kind() == Expr::Kind::param) return std::nullopt;
  std::vector<Complex> a;
  for (const Expr& arg : e.args()) {
    const auto value = evaluate(arg, z);
    if (!value) return std::nullopt;
    a.push_back(*value);
  }
  switch (e.function()) {
    case Function::add:
      return a[0] + a[1];
    case Function::sub:
      return a[0] - a[1];
    case Function::mul:
      return a[0] * a[1];
    case Function::div:
      return a[0] / a[1];
    case Function::neg:
      return -a[0];
    case Function::pow:
      return e.args()[1].is_constant() && a[1].real() == std::floor(a[1].real()) ? std::optional(std::pow(a[0], int(a[1].real())))
                                                                                 : std::nullopt;
    case Function::exp:
      return std::exp(a[0]);
    case Function::expm1:
      return std::exp(a[0]) - 1.0;
    case Function::sin:
      return std::sin(a[0]);
    case Function::cos:
      return std::cos(a[0]);
    case Function::sinh:
      return std::sinh(a[0]);
    case Function::cosh:
      return std::cosh(a[0]);
    case Function::tanh:
      return std::tanh(a[0]);
    case Function::sigmoid:
      return a[0].real() < 0 ? std::exp(a[0]) / (1.0 + std::exp(a[0])) : 1.0 / (1.0 + std::exp(-a[0]));
    case Function::norm_pdf:
      return std::exp(-0.5 * a[0] * a[0]) / std::sqrt(2 * kPi);
    default:
      return std::nullopt;
  }
}

}  // namespace ntkc::expr
