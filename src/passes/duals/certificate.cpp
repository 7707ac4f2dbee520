// With phi(s z) = E[phi] + s (sum of a_k h_(k+1)(z) / sqrt(k+1)) and a_k the coefficients of phi'(s z),
//   kappa = E[phi] E[phi] + s s' (sum of a_k a'_k rho^(k+1) / (k+1)),   kappa-dot = sum of a_k a'_k rho^k.
// An error e of a' changes kappa-dot by at most sum |a_k| |e_k|: by |a| |e| (Cauchy-Schwarz), and by |a|_1 max |e_k| where each e_k is
// bounded apart; |a|_1 <= sqrt(sum (k+1) a_k^2) sqrt(sum 1 / (k+1)), and sum (k+1) a_k^2 = E[phi'^2] + s^2 E[phi''^2]. In kappa the
// sqrt(k+1) stand with the errors instead. The terms of e, over the function's tails and panels:
// - errors d(z) of the values phi'(s z), of the density and of the rule's weights: as a vector no longer than the root of E[d^2] (Bessel);
//   values by expr::Rounding on cells;
// - nodes off by a unit, which h_k' = sqrt(k) h_(k-1) multiplies;
// - what lies beyond the last panel: the root of its second moment (Bessel), from bounds of phi' out to infinity;
// - quadrature (smooth_parts.hpp);
// - the recurrence of h_k and the sums over nodes: each coefficient to so many units of the root of E[phi'^2];
// - kinks, whose places are rounded: the jump of phi' over that gap;
// - the fit of tables in log q, checked where they are made (engine/series_table.hpp).
// Truncation is judged where kernels are computed, for the variances met (ntk/runtime/mehler.hpp); its Parseval difference is as exact as
// the squared norm, which is off by twice the error of kappa-dot. Bounds hold for a range of s at once, and need no knowledge of the
// panels.
//
// Computed tails L and L', which are p = kParseval times their whole or more, are off by d and d'. With L L' judged to be below t^2, the
// root of (L + d)(L' + d') is below t + t (r + r') / 2, r = d / L, and below t + e + sqrt(d d'), e the less of t (sqrt r + sqrt r') and
// sqrt(d L') + sqrt(d' L): of large tails r is small, of small ones d; r is at most the same of kappa-dot over p.
//
// Of two different functions the errors of both add up.
#include "passes/duals/certificate.hpp"

#include <algorithm>
#include <cmath>

#include "expr/tape.hpp"
#include "ntk/runtime/mehler.hpp"
#include "passes/duals/moments.hpp"

namespace ntkc::passes {
namespace {

namespace quadrature = ::ntk::quadrature;
using expr::Interval;
using ::ntk::Lanes;

constexpr double kUnit = 0x1p-53;
constexpr double kRecurrence = 48 * kUnit;  // h_k by its recurrence, k < 1024, in norm, tests/duals
constexpr double kTables = 4e-15;           // kFit of ntk/runtime/series_table.hpp

struct Callable {
  mutable expr::Tape<double> tape;
  explicit Callable(const expr::Expr& e) : tape(e, {}) {}
  double operator()(double x) const { return tape(x); }
  Lanes operator()(const Lanes& x) const {
    Lanes out;
    for (std::size_t l = 0; l < ::ntk::lanes::kCount; ++l) out.set(l, tape(x[l]));
    return out;
  }
};

class Certifier {
 public:
  Certifier(const expr::Expr& phi, std::vector<SmoothPart> parts, std::size_t terms)
      : f_(phi),
        slope_(expr::simplify(expr::derivative(phi))),
        parity_(static_cast<quadrature::Parity>(expr::parity(phi))),
        parts_(std::move(parts)),
        terms_(terms),
        gaussian_(parts_) {
    for (const SmoothPart& part : parts_)
      if (part.piece.kink_low) breaks_.push_back(part.piece.x.low);
  }

  // Relative: of kappa; of kappa-dot but for what stands with |a|_1 of another variance, each * spread; of the coefficients of phi and, but
  // for that, of phi'; of the squared tails.
  struct Errors {
    double kappa = 0, slope = 0, each = 0, spread = 0, of_f = 0, of_slope = 0, tail = 0, slope_tail = 0;
    void widen(const Errors& other) {
      for (const auto part : {&Errors::kappa, &Errors::slope, &Errors::each, &Errors::spread, &Errors::of_f, &Errors::of_slope,
                              &Errors::tail, &Errors::slope_tail})
        this->*part = std::max(this->*part, other.*part);
    }
  };

  std::optional<Errors> errors(double low, double high) const {
    const Scales s{low, high, std::min(2.0, 20 / std::sqrt(static_cast<double>(quadrature::degree_of(parity_, terms_))))};
    const std::vector<Cell> cells = gaussian_.cells(high);
    const auto beyond = gaussian_.tails(s, cells);
    const auto of_slope = quadrature_errors(parts_, &SmoothPart::slope, s), of_f = quadrature_errors(parts_, &SmoothPart::f, s);
    if (!beyond || of_slope.empty() || of_f.empty()) return std::nullopt;
    double squares = 0, inverses = 0;  // of the quadrature's errors; of degrees
    for (std::size_t j = 0; j < terms_; ++j) {
      const double degree = static_cast<double>(quadrature::degree_of(parity_, j)), k = std::max(0.0, degree - 1);
      double best = INFINITY;
      for (const QuadratureError& e : of_slope) best = std::min(best, e.factor * std::exp(std::sqrt(k) * e.height));
      squares += best * best, inverses += 1 / (k + 1);
    }
    double mean = INFINITY, square = INFINITY;
    for (const QuadratureError& e : of_f) mean = std::min(mean, e.factor);
    for (const QuadratureError& e : of_slope) square = std::min(square, e.square);
    // Twice the panels of the largest s, in vectors of two.
    const double chunk = quadrature::kTogether, nodes = 2 * quadrature::kNodes * static_cast<double>(panels(s.high));
    const double sums = kUnit * (chunk / 2 + nodes / chunk + 4);
    const double widest = std::sqrt(static_cast<double>(terms_) / inverses);  // |a|_1 is at most sqrt(terms) |a|, and apart has the root

    Errors out;
    constexpr int kParts = 4;
    for (int part = 0; part < kParts; ++part) {
      const auto at = [&](int i) { return low * std::pow(high / low, static_cast<double>(i) / kParts); };
      const double sigma = at(part + 1);
      const Moments m = moments(cells, at(part), sigma);
      if (!(m.f_least > 0) || !(m.slope_least > 0)) return std::nullopt;
      const double f_root = std::sqrt(m.f_least), slope_root = std::sqrt(m.slope_least), size = std::sqrt(m.slope);
      const double vector = std::sqrt(m.slope_off) + 2 * std::sqrt(beyond->slope) + std::sqrt(squares) + kTables * size;
      const double apart = std::sqrt(inverses) * ((kRecurrence + sums) * size + gaps(s)) + 4 * kUnit * std::sqrt(m.displaced);
      const double of_mean = std::sqrt(m.f_off) + 2 * beyond->f + mean + (32 * kUnit + kTables) * std::sqrt(m.f);
      const double spread = kinked() ? widest : std::min(widest, std::sqrt(1 + sigma * sigma * m.bend / m.slope_least));
      const double each = apart / slope_root, slope = vector / slope_root + square / m.slope_least + 32 * kUnit;
      const double parseval = 2 * (slope + each * spread) + (4 + 2 * spread * spread) * kUnit;
      const double share = sigma * sigma * m.slope / m.f_least;  // of what s^2 E[phi'^2] is of E[phi^2], halved at degree 2 and above
      const double of_f = (of_mean + sigma * (vector + apart)) / f_root, tail = share * (0.5 * parseval + 4 * kUnit);
      out.widen(
          {2 * of_f + 8 * kUnit, 2 * slope + (4 + 2 * spread * spread) * kUnit, each, spread, of_f + 4 * kUnit, slope, tail, parseval});
    }
    return out;
  }

  // What decides up to which |rho| the series are taken.
  struct Reach {
    double stop, tail, slope_tail;
  };
  Reach reach(double q, double truncation) const {
    std::vector<double> series(terms_ + quadrature::kFacts);
    const auto raw = [&](double, double* out) { quadrature::in_double::raw_series(f_, slope_, breaks_, parity_, q, terms_, out); };
    quadrature::in_double::series(f_, slope_, parity_, q, truncation, terms_, series.data(), raw);
    return {series[terms_ + quadrature::stop], series[terms_ + quadrature::tail], series[terms_ + quadrature::slope_tail]};
  }
  quadrature::Parity parity() const { return parity_; }

 private:
  std::size_t panels(double s) const { return quadrature::in_double::fine_panels(slope_, breaks_, s, parity_, terms_).size(); }

  // A kink of phi: a jump of phi'.
  double jump(std::size_t i) const {
    const double place = parts_[i].piece.x.low, slack = std::abs(place) * expr::kEndSlack;
    const Interval x{place - slack, place + slack};
    return (parts_[i].values(x)[1].value - parts_[i - 1].values(x)[1].value).most();
  }
  bool kinked() const {
    for (std::size_t i = 1; i < parts_.size(); ++i)
      if (parts_[i].piece.kink_low && jump(i) > 1e-12) return true;  // below it the place is rounded
    return false;
  }
  double gaps(const Scales& s) const {
    double sum = 0;
    for (std::size_t i = 1; i < parts_.size(); ++i) {
      const double place = std::abs(parts_[i].piece.x.low), z = place / s.high;
      if (parts_[i].piece.kink_low && place > 0)
        sum += jump(i) * expr::kEndSlack * place / s.low * 1.0865 * quadrature::kDensity * std::exp(-0.25 * z * z);
    }
    return sum;
  }

  Callable f_, slope_;
  quadrature::Parity parity_;
  std::vector<SmoothPart> parts_;
  std::size_t terms_;
  GaussianBounds gaussian_;
  std::vector<double> breaks_;
};

// That |rho| (ntk/runtime/mehler.hpp).
double correlation(const quadrature::Degrees& degrees, const Certifier::Reach& a, const Certifier::Reach& b, double allowed) {
  const std::size_t n = degrees.needed(static_cast<std::size_t>(a.stop), static_cast<std::size_t>(b.stop));
  if (n > degrees.count) return 0;
  const double beyond = static_cast<double>(degrees.first + degrees.step * n);
  const auto until = [&](double tails, double power) { return std::min(1.0, std::pow(allowed / tails, 1 / power)); };
  return std::min(until(a.tail * b.tail, beyond), until(a.slope_tail * b.slope_tail, beyond - 1));
}

// From the smallest variances on, step by step: bounds(s from, s to) gives kappa's and kappa-dot's, reach(q) the |rho|.
template <class Bounds, class Reach>
std::optional<Certificate> grown(double tolerance, const Bounds& bounds, const Reach& reach) {
  std::optional<Certificate> known;
  double correlation = 1, limit = INFINITY;
  for (double e = -40; e < 14;) {
    const double step = e < -4 ? 1 : 0.5, q = std::exp2(e + step);
    if (e == -40 || e >= -4) correlation = std::min(correlation, reach(q));
    if (known && correlation < std::min(known->largest_correlation, 0.9)) break;
    if (known && known->largest_correlation == 1 && correlation < 1) break;
    const auto both = bounds(std::exp2(0.5 * e), std::sqrt(q));
    if (!both) break;
    const Certificate next{both->first, both->second, q, correlation};
    if (std::max(next.kappa, next.kappa_dot) > limit) break;
    if (!known) limit = std::max(tolerance, 2 * std::max(next.kappa, next.kappa_dot));
    known = next, e += step;
  }
  if (known) known->far_correlation = reach(kFarVariance);
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
  const Certifier f(phi, std::move(*parts), terms);
  const double left = truncation + quadrature::kParseval;
  const quadrature::Degrees degrees(f.parity(), f.parity(), terms);
  Certifier::Errors most{};
  double tail = 0, slope_tail = 0;
  return grown(
      tolerance,
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
        return complete ? 1.0 : correlation(degrees, reach, reach, left);
      });
}

std::optional<Certificate> certificate(const expr::Expr& phi, const expr::Expr& psi, double tolerance, double truncation, std::size_t terms,
                                       bool complete) {
  auto parts = smooth_parts(phi), others = smooth_parts(psi);
  if (!parts || !others) return std::nullopt;
  const Certifier f(phi, std::move(*parts), terms), g(psi, std::move(*others), terms);
  const double left = truncation + quadrature::kParseval;
  const quadrature::Degrees degrees(f.parity(), g.parity(), terms);
  Certifier::Errors a{}, b{};
  std::vector<Certifier::Reach> of_f, of_g;  // every variance of one meets every variance of the other
  return grown(
      tolerance,
      [&](double low, double high) -> std::optional<std::pair<double, double>> {
        const auto one = f.errors(low, high), other = g.errors(low, high);
        if (!one || !other) return std::nullopt;
        a.widen(*one), b.widen(*other);
        const double rounding = (4 + 2 * a.spread * b.spread) * kUnit;
        const auto largest = [](const std::vector<Certifier::Reach>& of, double Certifier::Reach::*tail) {
          double most = 0;
          for (const auto& reach : of) most = std::max(most, reach.*tail * (reach.*tail));
          return most;
        };
        const Left f_values{largest(of_f, &Certifier::Reach::tail), a.tail, a.slope_tail},
            g_values{largest(of_g, &Certifier::Reach::tail), b.tail, b.slope_tail};
        const Left f_slopes{largest(of_f, &Certifier::Reach::slope_tail), a.slope_tail, a.slope_tail},
            g_slopes{largest(of_g, &Certifier::Reach::slope_tail), b.slope_tail, b.slope_tail};
        return std::pair(
            left + a.of_f + b.of_f + judged(left, f_values, g_values),
            left + a.of_slope + b.of_slope + a.each * b.spread + b.each * a.spread + rounding + judged(left, f_slopes, g_slopes));
      },
      [&](double q) {
        of_f.push_back(f.reach(q, truncation)), of_g.push_back(g.reach(q, truncation));
        double least = 1;
        if (complete) return least;
        for (const auto& x : of_f) least = std::min(least, correlation(degrees, x, of_g.back(), left));
        for (const auto& y : of_g) least = std::min(least, correlation(degrees, of_f.back(), y, left));
        return least;
      });
}

}  // namespace ntkc::passes
