// E[u^m v^n] = sum over k of k! C(m, k) C(n, k) (m - k - 1)!! (n - k - 1)!! c^k q1^((m - k)/2) q2^((n - k)/2).
#include "activations/powers.hpp"

namespace ntkc::activations {
namespace {

Coefficients coefficients(const graph::Args& args) {
  Coefficients c(integer(args, "n") + 1, expr::Expr(0));
  c.back() = 1;
  return c;
}

Form dual(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& k, int i, int j) {
  return polynomial_dual(b, differentiated(coefficients(args), i), differentiated(coefficients(args), j), K(b, k));
}

Form mean(ir::Builder& b, const graph::Args& args, Value q, int order) {
  return polynomial_mean(b, differentiated(coefficients(args), order), q);
}

// n = 1: D and gram; n = 2: 3 (q1 - q2)^2 + 4 gram and 4 gram (2 q1 q2 + c^2).
Form distance(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance) {
  const K k(b, covariance);
  switch (integer(args, "n")) {
    case 0:
      return b.constant(0);
    case 1:
      return k.D.v;
    case 2:
      return (3 * square(k.q1 - k.q2) + 4 * k.gram).v;
    default:
      return std::nullopt;
  }
}

Form gram(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& covariance) {
  const K k(b, covariance);
  switch (integer(args, "n")) {
    case 0:
      return b.constant(0);
    case 1:
      return k.gram.v;
    case 2:
      return (4 * k.gram * (2 * k.q1 * k.q2 + k.c * k.c)).v;
    default:
      return std::nullopt;
  }
}

}  // namespace

Activation monomial() {
  return {.name = "monomial",
          .arguments = {{"n", graph::ArgumentType::count, "", "the exponent, at most 32"}},
          .doc = "x^n",
          .reference = "Isserlis 1918",
          .phi = [](const graph::Args& args) { return power(expr::Expr::variable(), integer(args, "n")); },
          .closed = Closed{dual, mean, distance, gram, 5e-16},
          .fault = degree_fault,
          .examples = {"monomial(n = 1)", "monomial(n = 2)", "monomial(n = 3)", "monomial(n = 6)"}};
}

}  // namespace ntkc::activations
