// E[phi^(i)(u) phi^(j)(v)] = a^2 b^(i+j) exp(b^2 ((q1 + q2) / 2 + c)).
#include "activations/forms.hpp"

namespace ntkc::activations {
namespace {

Form dual(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance, int i, int j) {
  const K k(b, covariance);
  const Num a = real(b, args, "a"), rate = real(b, args, "b");
  return (a * a * power(rate, i + j) * exp(rate * rate * ((k.q1 + k.q2) / 2 + k.c))).v;
}

Form mean(ir::Builder& b, const graph::Args& args, Value q, int order) {
  const Num a = real(b, args, "a"), rate = real(b, args, "b");
  return (a * power(rate, order) * exp(rate * rate * ir::num(b, q) / 2)).v;
}

// a^2 exp(b^2 (q1 + q2)) (2 cosh(b^2 (q1 - q2)) - 2 exp(-b^2 D / 2)), each less 1.
Form distance(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance) {
  const K k(b, covariance);
  const Num a = real(b, args, "a"), rate = square(real(b, args, "b"));
  const Num sinh = apply(Function::sinh, rate * (k.q1 - k.q2) / 2);
  return (2 * a * a * exp(rate * (k.q1 + k.q2)) * (2 * sinh * sinh - expm1(-(rate * k.D / 2)))).v;
}

Form gram(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance) {
  const K k(b, covariance);
  const Num a = real(b, args, "a"), rate = square(real(b, args, "b"));
  return (-(power(a, 4) * exp(2 * rate * (k.q1 + k.q2)) * expm1(-(rate * k.D)))).v;
}

}  // namespace

Activation exp() {
  using enum graph::ArgumentType;
  return {.name = "exp",
          .arguments = {{"a", real, "1", "factor"}, {"b", real, "1", "rate"}},
          .doc = "a exp(b x)",
          .reference = "the moment generating function of the normal distribution",
          .phi =
              [](const graph::Args& args) {
                return expr::simplify(activations::real(args, "a") * expr::exp(activations::real(args, "b") * expr::Expr::variable()));
              },
          .closed = Closed{dual, mean, distance, gram,
                           2.2e-14},  // the rounding of exponents, wherever the second moment is below the largest double
          .examples = {"exp", "exp(a = 0.7, b = 0.4)"}};
}

}  // namespace ntkc::activations
