// Polynomials of jointly Gaussian variables: monomial, polynomial, hermite; rectified powers use the moments.
#pragma once
#include <vector>

#include "activations/forms.hpp"

namespace ntkc::activations {

inline constexpr int kHighestDegree = 32;  // (2n - 1)!! of higher powers leaves the range in which variances of 100 have finite squares

std::optional<std::string> degree_fault(const graph::Args& args);  // of an argument n
numeric::Number choose(int n, int k);
numeric::Number factorial(int n);
numeric::Number odd_factorial(int n);          // (n - 1)!! for even n: E[z^n]
expr::Expr power(const expr::Expr& x, int n);  // 1, x, x^2, ...

Num power_gap(const K& k, int n);                         // (s1 s2)^n - c^n, s = sqrt(q)
std::vector<numeric::Number> moment_coefficients(int n);  // E[u^n v^n] = sum over k of m_k c^k (q1 q2)^((n - k)/2)

// sum over k of k! A_k(q1) B_k(q2) c^k, where A_k(q) = E[f^(k)(u)] / k! (Isserlis 1918; Price 1958).
using Coefficients = std::vector<expr::Expr>;  // of a polynomial, from the constant term
Coefficients differentiated(Coefficients c, int times);
Value polynomial_dual(ir::Builder& b, const Coefficients& f, const Coefficients& g, const K& k);
// sum over k of k! [(a_k(q1) - a_k(q2))^2 + 2 A_k(q1) A_k(q2) ((s1 s2)^k - c^k)], a_k(q) = A_k(q) s^k. The determinant: see
// differences.hpp.
Value polynomial_distance(ir::Builder& b, const Coefficients& f, const K& k);
Value polynomial_gram(ir::Builder& b, const Coefficients& f, const K& k);
Value polynomial_mean(ir::Builder& b, const Coefficients& f, Value q);

}  // namespace ntkc::activations
