// Activations as sums of functions whose expectations with one another are known.
#pragma once
#include "activations/forms.hpp"

namespace ntkc::activations {

// factor * f(rate x): f is x^degree, sin, cos, 1 - cos, exp, exp - 1, erf, exp(x^2) with the rate inside it (exp(rate x^2)), its derivative
// 2 rate x exp(rate x^2), x erf(rate x), or an activation of the registry without arguments, differentiated `degree` times.
struct Part {
  enum class Kind : std::uint8_t {
    power,
    sine,
    cosine,
    versine,
    exponential,
    rise,
    erf,
    linear_erf,
    gaussian,
    gaussian_slope,
    row
  } kind = Kind::power;
  expr::Expr factor = 1, rate = 1;
  int degree = 0;
  const Activation* row = nullptr;
};
using Parts = std::vector<Part>;

// phi as such a sum, like parts collected; nullopt: it is none.
std::optional<Parts> parts(const expr::Expr& phi);
std::optional<Parts> parts_by_algebra(const expr::Expr& phi);  // without conditions: products of waves, exponentials and powers
std::optional<Parts> parts_of_halves(const expr::Expr& phi);   // a x^n on one side of 0 and b x^n on the other, n = 0 or 1

// The same as one built-in activation with its arguments, where there is one.
std::optional<graph::ActivationUse> as_built_in(const Parts& parts);

// E[f(u) g(v)] of two sums, differentiated i and j times; nullopt where that of some two parts is not known.
std::optional<Num> expectation(ir::Builder& b, const Parts& f, int i, const Parts& g, int j, const ir::Builder::Covariance& k);
std::optional<Num> expectation(ir::Builder& b, const Parts& f, int i, Value q);

// Distance and Gram determinant of a sum, without cancellation at near-duplicates, where all pairs of parts have such forms.
std::optional<Num> sum_distance(ir::Builder& b, const Parts& parts, const ir::Builder::Covariance& k);
std::optional<Num> sum_gram(ir::Builder& b, const Parts& parts, const ir::Builder::Covariance& k);

// How much of the sum's digits cancel: the largest (sum of |parts|)^2 / kappa over variances from 1e-12 to 1e4, parts measured by the root
// of their second moments, of the function and its derivative; infinite where that is not known at compile time.
double cancellation(const Parts& parts);

// The parts of an activation of which not too much cancels.
std::optional<Parts> recognized(const graph::ActivationUse& use);

}  // namespace ntkc::activations
