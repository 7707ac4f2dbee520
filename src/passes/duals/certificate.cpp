// Truncation is judged where kernels are computed, for the variances met (ntk/runtime/mehler.hpp); its Parseval difference is as exact as
// the squared norm, which is off by twice the error of kappa-dot.
//
// Computed tails L and L', which are p = kParseval times their whole or more, are off by d and d'. With L L' judged to be below t^2, the
// root of (L + d)(L' + d') is below t + t (r + r') / 2, r = d / L, and below t + e + sqrt(d d'), e the less of t (sqrt r + sqrt r') and
// sqrt(d L') + sqrt(d' L): of large tails r is small, of small ones d; r is at most the same of kappa-dot over p.
//
// Of two different functions the errors of both add up.
#include "passes/duals/certificate.hpp"

#include <algorithm>
#include <cmath>

#include "passes/duals/coefficients.hpp"

namespace ntkc::passes {
namespace {

namespace quadrature = ::ntk::quadrature;

constexpr double kUnit = 0x1p-53;

// From the smallest variances on, step by step: bounds(s from, s to) gives kappa's and kappa-dot's, reach(q) the |rho|.
template <class Bounds, class Reach>
std::optional<Certificate> grown(double tolerance, bool complete, const Bounds& bounds, const Reach& reach) {
  std::optional<Certificate> known;
  double correlation = 1, limit = INFINITY;
  for (double e = -40; e < 14;) {
    const double step = e < -4 ? 2 : 0.5, q = std::exp2(e + step);
    if (e == -40 || e >= -4) correlation = std::min(correlation, reach(q));
    if (known && !complete && correlation < std::min(known->largest_correlation, 0.9)) break;
    if (known && !complete && known->largest_correlation == 1 && correlation < 1) break;
    const auto both = bounds(std::exp2(0.5 * e), std::sqrt(q));
    if (!both) break;
    const double most = std::max(both->first, both->second);
    Certificate next{both->first, both->second, q, complete ? 1.0 : correlation};
    if (most > limit) break;
    if (!known) limit = std::max(tolerance, 2 * most);
    if (correlation == 1)
      next.sufficient = most, next.sufficient_variance = q;
    else if (known)
      next.sufficient = known->sufficient, next.sufficient_variance = known->sufficient_variance;
    known = next, e += step;
  }
  if (known && !complete) known->far_correlation = reach(kFarVariance);
  return known;
}

// Squared tails: the largest, what they are off by, and that of those of kappa-dot.
struct Left {
  double largest = 0, off = 0, slope_off = 0;
};
// What they add to what series are judged to leave out.
double judged(double left, const Left& a, const Left& b) {
  const double r = a.slope_off / quadrature::kParseval, other = b.slope_off / quadrature::kParseval;
  const double mixed = std::min(left * (std::sqrt(r) + std::sqrt(other)), std::sqrt(a.off * b.largest) + std::sqrt(b.off * a.largest));
  return std::min(0.5 * left * (r + other), mixed + std::sqrt(a.off * b.off));
}

}  // namespace

std::optional<Certificate> certificate(const expr::Expr& phi, double tolerance, double truncation, std::size_t terms, bool complete) {
  auto parts = smooth_parts(phi);
  if (!parts) return std::nullopt;
  const Coefficients f(phi, std::move(*parts), terms);
  const double left = truncation + quadrature::kParseval;
  const quadrature::Degrees degrees(f.parity(), f.parity(), terms);
  Coefficients::Errors most{};
  double tail = 0, slope_tail = 0;
  return grown(
      tolerance, complete,
      [&](double low, double high) -> std::optional<std::pair<double, double>> {
        const auto errors = f.errors(low, high);
        if (!errors) return std::nullopt;
        most.widen(*errors);
        const Left values{tail, most.tail, most.slope_tail}, slopes{slope_tail, most.slope_tail, most.slope_tail};
        return std::pair(left + most.kappa + judged(left, values, values),
                         left + most.slope + 2 * most.each * most.spread + judged(left, slopes, slopes));
      },
      [&](double q) {
        const auto reach = f.reach(q, truncation);
        tail = std::max(tail, reach.tail * reach.tail), slope_tail = std::max(slope_tail, reach.slope_tail * reach.slope_tail);
        return taken_to(degrees, reach, reach, left);
      });
}

std::optional<Certificate> certificate(const expr::Expr& phi, const expr::Expr& psi, double tolerance, double truncation, std::size_t terms,
                                       bool complete) {
  auto parts = smooth_parts(phi), others = smooth_parts(psi);
  if (!parts || !others) return std::nullopt;
  const Coefficients f(phi, std::move(*parts), terms), g(psi, std::move(*others), terms);
  const double left = truncation + quadrature::kParseval;
  const quadrature::Degrees degrees(f.parity(), g.parity(), terms);
  Coefficients::Errors a{}, b{};
  std::vector<Coefficients::Reach> of_f, of_g;  // every variance of one meets every variance of the other
  return grown(
      tolerance, complete,
      [&](double low, double high) -> std::optional<std::pair<double, double>> {
        const auto one = f.errors(low, high), other = g.errors(low, high);
        if (!one || !other) return std::nullopt;
        a.widen(*one), b.widen(*other);
        const double rounding = (4 + 2 * a.spread * b.spread) * kUnit;
        const auto largest = [](const std::vector<Coefficients::Reach>& of, double Coefficients::Reach::*tail) {
          double most = 0;
          for (const auto& reach : of) most = std::max(most, reach.*tail * (reach.*tail));
          return most;
        };
        const Left f_values{largest(of_f, &Coefficients::Reach::tail), a.tail, a.slope_tail},
            g_values{largest(of_g, &Coefficients::Reach::tail), b.tail, b.slope_tail};
        const Left f_slopes{largest(of_f, &Coefficients::Reach::slope_tail), a.slope_tail, a.slope_tail},
            g_slopes{largest(of_g, &Coefficients::Reach::slope_tail), b.slope_tail, b.slope_tail};
        return std::pair(
            left + a.of_f + b.of_f + judged(left, f_values, g_values),
            left + a.of_slope + b.of_slope + a.each * b.spread + b.each * a.spread + rounding + judged(left, f_slopes, g_slopes));
      },
      [&](double q) {
        of_f.push_back(f.reach(q, truncation)), of_g.push_back(g.reach(q, truncation));
        double least = 1;
        for (const auto& x : of_f) least = std::min(least, taken_to(degrees, x, of_g.back(), left));
        for (const auto& y : of_g) least = std::min(least, taken_to(degrees, of_f.back(), y, left));
        return least;
      });
}

}  // namespace ntkc::passes
