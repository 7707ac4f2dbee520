// Expectations over one or two Gaussians by definition, to about 30 digits.
//
// In standard units z = u / s, the line is cut at the breaks of the functions into panels of 32 Gauss-Legendre nodes, halved until the
// functions' Legendre coefficients end below 1e-17 (the rule is exact to twice the degree, so products of two such ends are what is lost);
// tails are dropped beyond |z| = 12.6 (e^-79) or, of functions that grow, where f(s z)^2 times the density is that small a part of its
// largest value. In two variables the density is a third function of width tau = sqrt(1 - rho^2), resolved by panels of 4.5 tau, so that
// breaks are sides of rectangles. For tau below 0.05 only strips around the breaks are treated so, and elsewhere v given u is integrated by
// Gauss-Hermite.
#pragma once
#include <vector>

#include "expr/expr.hpp"
#include "numeric/real.hpp"

namespace ntkc::reference {

using Float50 = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;

struct Side {  // f(u), u ~ N(0, q)
  expr::Expr f = expr::Expr(0);
  std::vector<numeric::Float100> breaks;
  numeric::Float100 q;
};

Side make_side(const expr::Expr& phi, int order, const numeric::Float100& q, const expr::ParamValues& params);          // of phi^(order)
numeric::Float100 integral(const Side& u, const expr::ParamValues& params);                                             // E[f(u)]
numeric::Float100 integral(const Side& u, const Side& v, const numeric::Float100& c, const expr::ParamValues& params);  // E[f(u) g(v)]

}  // namespace ntkc::reference
