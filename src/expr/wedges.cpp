// The wedge functions by quadrature in 75 digits, with Mills' ratio M from erfc; and those of the runtime. Formulas:
// ntk/runtime/wedges.hpp.
#include "ntk/runtime/wedges.hpp"

#include <boost/math/constants/constants.hpp>
#include <boost/math/special_functions/erf.hpp>

#include "expr/apply.hpp"

namespace ntkc::expr {

using numeric::Float100;
using Float75 = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<75>>;

static Float75 mills(const Float75& x) {
  static const Float75 root = sqrt(boost::math::constants::pi<Float75>() / 2), half = sqrt(Float75(0.5));
  return root * exp(Float75(x * x / 2)) * erfc(Float75(x * half));
}

Float100 wedge(Function f, const Float100* args) {
  const bool one = arity(f) == 2;
  const Float75& pi = boost::math::constants::pi<Float75>();
  const Float75 t1(args[0]), t2(args[one ? 0 : 1]),
      w = f == Function::wedge_apart ? Float75(pi - Float75(args[3])) : Float75(args[one ? 1 : 2]);
  if (w <= 0) return 0;
  const auto decaying = [](const Float75& c) { return Float75(1 - c * mills(c)); };
  const auto radial = [&](const Float75& from_a, const Float75& from_b) -> Float75 {
    const Float75 sine = sin(from_a), a = t1 * sine, b = t2 * sin(from_b), c = a + b;
    switch (f) {
      case Function::wedge_saturating:
        return a * (mills(a) - mills(c)) + b * (mills(b) - mills(c));
      case Function::wedge_linear:
        return sine * (mills(0) - mills(b) + b * (1 - b * mills(b)));
      case Function::wedge_square:
        return 2 * b * (mills(b) - mills(2 * b));
      case Function::wedge_apart:
        return decaying(2 * a) - 2 * decaying(c) + decaying(2 * b);
      default:
        return decaying(c);
    }
  };
  // The trapezoidal rule in x with a = w / (1 + exp(-pi sinh x)) (Takahasi & Mori 1974); beyond |x| = 4.25 less than 1e-40 is left.
  constexpr int kSteps = 24;
  Float75 sum = 0;
  for (int i = -102; i <= 102; ++i) {
    const Float75 x = Float75(i) / kSteps, e = exp(Float75(pi * sinh(x))), a = w / (1 + 1 / e), b = w / (1 + e);
    sum += radial(a, b) * a * b * cosh(x);
  }
  return Float100(Float75(sum / (2 * w * kSteps)));
}

double wedge(Function f, const double* args) {
  switch (f) {
    case Function::wedge_saturating:
      return ::ntk::math::wedge_saturating(args[0], args[1], args[2]);
    case Function::wedge_linear:
      return ::ntk::math::wedge_linear(args[0], args[1]);
    case Function::wedge_square:
      return ::ntk::math::wedge_square(args[0], args[1]);
    case Function::wedge_apart:
      return ::ntk::math::wedge_apart(args[0], args[1], args[2], args[3]);
    default:
      return ::ntk::math::wedge_decaying(args[0], args[1], args[2]);
  }
}

}  // namespace ntkc::expr
