// E[f(u)] and E[f(u) g(v)] by definition, in double: Gauss-Legendre panels split at the breaks, v given u.
// Panels are at most half a standard deviation wide, so 20 nodes leave about 1e-15 for the functions of the registry at variances up to 4.
#pragma once
#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>

#include "expr/expr.hpp"

namespace ntkc::test {

template <class F>
double panels(double low, double high, std::vector<double> cuts, double widest, const F& f) {
  cuts.push_back(low);
  cuts.push_back(high);
  std::sort(cuts.begin(), cuts.end());
  double sum = 0;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    const double a = std::clamp(cuts[i], low, high), b = std::clamp(cuts[i + 1], low, high);
    const int n = static_cast<int>(std::ceil((b - a) / widest));
    for (int k = 0; k < n; ++k)
      sum += boost::math::quadrature::gauss<double, 20>::integrate(f, a + (b - a) * k / n, a + (b - a) * (k + 1) / n);
  }
  return sum;
}

inline double density(double z) { return std::exp(-z * z / 2) / std::sqrt(2 * M_PI); }

struct Scaled {  // f(s z)
  expr::Expr f;
  double s;
  std::vector<double> breaks;
  Scaled(expr::Expr e, double q) : f(std::move(e)), s(std::sqrt(q)) {
    for (const double b : expr::break_points(f, {}, -40 * s, 40 * s)) breaks.push_back(b / s);
  }
  double operator()(double z) const { return expr::evaluate(f, s * z, {}); }
};

inline double expectation(const expr::Expr& e, double q) {
  const Scaled f(e, q);
  return panels(-12, 12, f.breaks, 0.5, [&](double z) { return density(z) * f(z); });
}

inline double expectation(const expr::Expr& a, const expr::Expr& b, double q1, double q2, double rho) {
  const Scaled f(a, q1), g(b, q2);
  const double tau = std::sqrt((1 - rho) * (1 + rho));
  if (tau == 0) {
    std::vector<double> cuts = f.breaks;
    for (const double c : g.breaks) cuts.push_back(c * rho);
    return panels(-12, 12, cuts, 0.5, [&](double z) { return density(z) * f(z) * g(rho * z); });
  }
  std::vector<double> cuts = f.breaks;
  if (rho != 0)
    for (const double c : g.breaks)
      for (int k = -8; k <= 8; ++k) cuts.push_back((c + k * tau) / rho);
  return panels(-10, 10, cuts, 1, [&](double z) {
    std::vector<double> inner;
    for (const double c : g.breaks) inner.push_back((c - rho * z) / tau);
    return density(z) * f(z) * panels(-10, 10, inner, 1, [&](double w) { return density(w) * g(rho * z + tau * w); });
  });
}

}  // namespace ntkc::test
