// Truncation is judged where kernels are computed, for the variances met (ntk/runtime/mehler.hpp); its Parseval difference is as exact as
// the squared norm, which is off by twice the error of kappa-dot.
//
// Of two different functions the errors of both add up.
#include "passes/duals/certificate.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "passes/duals/coefficients.hpp"

namespace ntkc::passes {
namespace {

namespace quadrature = ::ntk::quadrature;

constexpr double kUnit = 0x1p-53;

// From the smallest variances on, step by step: bounds(s from, s to, how) gives kappa's and kappa-dot's, reach(q, first) the |rho|, of all
// that was met since the first.
enum class How : unsigned char { first, next, again };  // again: instead of the last
template <class Bounds, class Reach>
std::optional<Certificate> grown(double tolerance, bool complete, const Bounds& bounds, const Reach& reach) {
  constexpr double kFirst = -40, kFine = -4, kLast = 14, kShort = 0.5,
                   kTails = 8;  // what is told of a function that begins as a tail, over the tolerance
  std::optional<Certificate> known;
  double correlation = 1, limit = INFINITY, e = kFirst, step = 2;
  bool again = false;
  while (e < kLast) {
    if (e >= kFine) step = kShort;
    const double q = std::exp2(e + step);
    if (!known || e >= kFine) correlation = std::min(known ? correlation : 1.0, reach(q, !known));
    if (known && !complete && correlation < std::min(known->largest_correlation, 0.9)) break;
    if (known && !complete && known->largest_correlation == 1 && correlation < 1) break;
    const auto both = bounds(std::exp2(0.5 * e), std::sqrt(q), !known ? How::first : again ? How::again : How::next);
    const double most = both ? std::max(both->first, both->second) : INFINITY;
    if (known && !(most <= limit) && step > kShort) {  // once more, in short steps
      step = kShort, again = true;
      continue;
    }
    if (known && !(most <= limit)) break;
    const double from = e;
    e += step;
    if (!both || (from > kFirst && !known && !(most <= kTails * tolerance))) continue;
    const double smallest = known ? known->smallest_variance : from > kFirst ? std::exp2(from) : 0.0;
    Certificate next{both->first, both->second, smallest, q, complete ? 1.0 : correlation};
    if (!known) limit = std::max(tolerance, 2 * most);
    if (correlation == 1)
      next.sufficient = most, next.sufficient_variance = q;
    else if (known)
      next.sufficient = known->sufficient, next.sufficient_variance = known->sufficient_variance;
    known = next, again = false;
  }
  if (known && !complete) known->far_correlation = reach(kFarVariance, false);
  return known;
}

// The largest squared tails of those met.
double largest(const std::vector<Coefficients::Reach>& of, double Coefficients::Reach::*tail) {
  double most = 0;
  for (const auto& reach : of) most = std::max(most, reach.*tail * (reach.*tail));
  return most;
}
// The least of kappa-dot (of a phi that jumps, which has none, of kappa), halved for variances between those met.
double least(const std::vector<Coefficients::Reach>& of) {
  double out = INFINITY;
  for (const auto& reach : of) {
    const double tail = std::isfinite(reach.slope_tail) ? reach.slope_tail : reach.tail;
    out = std::min(out, 0.5 * tail * tail);
  }
  return out;
}

}  // namespace

std::optional<Certificate> certificate(const expr::Expr& phi, double tolerance, double truncation, std::size_t terms, bool complete) {
  auto parts = parts_of(phi);
  if (!parts) return std::nullopt;
  const bool jumps = parts->jumps;
  const Coefficients f(phi, std::move(parts->parts), terms, jumps);
  const double left = truncation + quadrature::kParseval;
  const quadrature::Degrees degrees(f.parity(), f.parity(), terms);
  Coefficients::Errors most{}, before{};
  std::vector<Coefficients::Reach> met;
  return grown(
      tolerance, complete,
      [&](double low, double high, How how) -> std::optional<std::pair<double, double>> {
        if (how != How::next) most = how == How::first ? Coefficients::Errors{} : before;
        before = most;
        const auto errors = f.errors(low, high);
        if (!errors) return std::nullopt;
        most.widen(*errors);
        const double relative = off_relatively(least(met), most.slope_tail);
        const LeftOut values{largest(met, &Coefficients::Reach::tail), most.tail, relative},
            slopes{largest(met, &Coefficients::Reach::slope_tail), most.slope_tail, relative};
        const double of_values = left + most.kappa + judged(left, values, values),
                     of_slopes = left + Coefficients::slope(most, most) + judged(left, slopes, slopes);
        return jumps ? std::pair(of_slopes, 0.0) : std::pair(of_values, of_slopes);
      },
      [&](double q, bool first) {
        if (first) met.clear();
        met.push_back(f.reach(q, truncation));
        return taken_to(degrees, met.back(), met.back(), left);
      });
}

std::optional<Certificate> certificate(const expr::Expr& phi, const expr::Expr& psi, double tolerance, double truncation, std::size_t terms,
                                       bool complete) {
  auto parts = parts_of(phi), others = parts_of(psi);
  if (!parts || !others) return std::nullopt;
  const bool jump[2] = {parts->jumps, others->jumps};
  const Coefficients f(phi, std::move(parts->parts), terms, jump[0]), g(psi, std::move(others->parts), terms, jump[1]);
  const double left = truncation + quadrature::kParseval;
  const quadrature::Degrees degrees(f.parity(), g.parity(), terms);
  Coefficients::Errors a{}, b{};
  std::pair<Coefficients::Errors, Coefficients::Errors> before;
  std::vector<Coefficients::Reach> of_f, of_g;  // every variance of one meets every variance of the other
  return grown(
      tolerance, complete,
      [&](double low, double high, How how) -> std::optional<std::pair<double, double>> {
        if (how != How::next) std::tie(a, b) = how == How::first ? std::pair<Coefficients::Errors, Coefficients::Errors>() : before;
        before = {a, b};
        const auto one = f.errors(low, high), other = g.errors(low, high);
        if (!one || !other) return std::nullopt;
        a.widen(*one), b.widen(*other);
        // Of coefficients of the functions, as vectors, and of their squared tails.
        const auto off = [&](const Coefficients::Errors& e, bool jumps) {
          const double degrees = static_cast<double>(terms);
          return jumps ? e.of_slope + e.each * std::sqrt(degrees) + e.displaced * std::sqrt(2 * degrees) : e.of_f;
        };
        const auto tails = [&](const Coefficients::Errors& e, const std::vector<Coefficients::Reach>& of, bool slopes) {
          const double relative = off_relatively(least(of), e.slope_tail);
          return slopes ? LeftOut{largest(of, &Coefficients::Reach::slope_tail), e.slope_tail, relative}
                        : LeftOut{largest(of, &Coefficients::Reach::tail), e.tail, relative};
        };
        const double of_values = left + off(a, jump[0]) + off(b, jump[1]) + judged(left, tails(a, of_f, jump[0]), tails(b, of_g, jump[1]));
        const double of_slopes = left + Coefficients::slope(a, b) + judged(left, tails(a, of_f, true), tails(b, of_g, true));
        return std::pair(of_values, jump[0] || jump[1] ? 0.0 : of_slopes);
      },
      [&](double q, bool first) {
        if (first) of_f.clear(), of_g.clear();
        of_f.push_back(f.reach(q, truncation)), of_g.push_back(g.reach(q, truncation));
        double least = 1;
        for (const auto& x : of_f) least = std::min(least, taken_to(degrees, x, of_g.back(), left));
        for (const auto& y : of_g) least = std::min(least, taken_to(degrees, of_f.back(), y, left));
        return least;
      });
}

}  // namespace ntkc::passes
