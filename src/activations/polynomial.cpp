// Sums of the moments E[u^m v^n] (monomial.cpp), collected by powers of c.
#include <fmt/format.h>

#include "activations/powers.hpp"

namespace ntkc::activations {
namespace {

Coefficients coefficients(const graph::Args& args) {
  Coefficients c;
  for (const graph::ArgValue& value : args.find("coefficients")->second.list()) c.push_back(value.real());
  return c;
}

Form dual(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& k, int i, int j) {
  return polynomial_dual(b, differentiated(coefficients(args), i), differentiated(coefficients(args), j), K(b, k));
}

Form mean(ir::Builder& b, const graph::Args& args, Value q, int order) {
  return polynomial_mean(b, differentiated(coefficients(args), order), q);
}

Form distance(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& k) {
  return polynomial_distance(b, coefficients(args), K(b, k));
}

Form gram(ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& k) {
  return polynomial_gram(b, coefficients(args), K(b, k));
}

expr::Expr phi(const graph::Args& args) {
  expr::Expr sum = 0;
  int n = 0;
  for (const expr::Expr& c : coefficients(args)) sum = sum + c * power(expr::Expr::variable(), n++);
  return expr::simplify(sum);
}

std::optional<std::string> fault(const graph::Args& args) {
  const std::size_t count = coefficients(args).size();
  if (count >= 1 && count <= kHighestDegree + 1) return std::nullopt;
  return fmt::format("a polynomial has from 1 to {} coefficients", kHighestDegree + 1);
}

}  // namespace

Activation polynomial() {
  return {.name = "polynomial",
          .arguments = {{"coefficients", graph::ArgumentType::reals, "", "c0, c1, c2, ..., at most 33"}},
          .doc = "c0 + c1 x + c2 x^2 + ...",
          .reference = "Isserlis 1918",
          .phi = phi,
          .closed = Closed{dual, mean, distance, gram, 5e-15},
          .fault = fault,
          .examples = {"polynomial([0.5, -1, 0.25, 2])", "polynomial([3])"}};
}

}  // namespace ntkc::activations
