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
// the squared norm, which adds twice the error of kappa-dot. Bounds hold for a range of s at once, and need no knowledge of the panels.
#include "passes/duals/certificate.hpp"

#include <algorithm>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>

#include "expr/tape.hpp"
#include "ntk/runtime/mehler.hpp"
#include "passes/duals/smooth_parts.hpp"

namespace ntkc::passes {
namespace {

namespace quadrature = ::ntk::quadrature;
using expr::Interval;
using ::ntk::Lanes;

constexpr double kUnit = 0x1p-53;
constexpr double kRule = 104 * kUnit;       // the weights of the rule, tests/duals
constexpr double kRecurrence = 48 * kUnit;  // h_k by its recurrence, k < 1024, in norm, tests/duals
constexpr double kTables = 4e-15;           // kFit of engine/series_table.cpp
constexpr double kLast = 14;                // in z: cells end there
constexpr double kDensity = quadrature::kDensity;

double bell(double z) { return kDensity * std::exp(-0.5 * z * z); }
double mass(double a, double b) { return std::abs(0.5 * (std::erf(b / M_SQRT2) - std::erf(a / M_SQRT2))); }

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

// Bounds of second moments for every s of the range.
struct Moments {
  double f_least = 0, slope_least = 0, f = 0, slope = 0, bend = 0;
  double f_off = 0, slope_off = 0;  // of the errors of values, density and weights
  double displaced = 0;             // of z phi'
  double scale = 0;                 // the largest |phi'| exp(-z^2/4)
};

class Certifier {
 public:
  Certifier(const expr::Expr& phi, std::vector<SmoothPart> parts, std::size_t terms)
      : f_(phi),
        slope_(expr::simplify(expr::derivative(phi))),
        parity_(static_cast<quadrature::Parity>(expr::parity(phi))),
        parts_(std::move(parts)),
        terms_(terms),
        right_(far(parts_.back().piece.f, false)),
        left_(far(parts_.front().piece.f, true)) {
    for (const SmoothPart& part : parts_)
      if (part.piece.kink_low) breaks_.push_back(part.piece.x.low);
  }

  // Of one side, relative: to the root of E[phi^2], and of E[phi'^2] but for `each`, which `spread` multiplies: what bounds |a|_1 by |a|.
  // share: the most that s^2 E[phi'^2] is of E[phi^2].
  struct Errors {
    double kappa = 0, slope = 0, each = 0, spread = 0, share = 0;
    void widen(const Errors& other) {
      kappa = std::max(kappa, other.kappa), slope = std::max(slope, other.slope), each = std::max(each, other.each);
      spread = std::max(spread, other.spread), share = std::max(share, other.share);
    }
  };

  std::optional<Errors> errors(double low, double high) const {
    const Scales s{low, high, std::min(2.0, 20 / std::sqrt(static_cast<double>(quadrature::degree_of(parity_, terms_))))};
    const Moments m = moments(s);
    const auto beyond = tails(s, m.scale);
    const auto of_slope = quadrature_errors(parts_, &SmoothPart::slope, s), of_f = quadrature_errors(parts_, &SmoothPart::f, s);
    if (!beyond || of_slope.empty() || of_f.empty() || !(m.f_least > 0) || !(m.slope_least > 0)) return std::nullopt;
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
    const double slope = std::sqrt(m.slope), f = std::sqrt(m.f), f_least = std::sqrt(m.f_least), slope_least = std::sqrt(m.slope_least);
    // Twice the panels of the largest s, in vectors of two.
    const double chunk = quadrature::kTogether, nodes = 2 * quadrature::kNodes * static_cast<double>(panels(s.high));
    const double sums = kUnit * (chunk / 2 + nodes / chunk + 4);
    const double vector = std::sqrt(m.slope_off) + 2 * std::sqrt(beyond->slope) + std::sqrt(squares) + kTables * slope;
    const double each = (kRecurrence + sums) * slope + gaps(s), displaced = 4 * kUnit * std::sqrt(m.displaced);
    const double of_mean = std::sqrt(m.f_off) + 2 * beyond->f + mean + (32 * kUnit + kTables) * f;
    const double bend = kinked() ? INFINITY : std::sqrt(1 + s.high * s.high * m.bend / m.slope_least);
    const double share = s.high * s.high * m.slope / m.f_least;
    return Errors{(of_mean + s.high * (vector + std::sqrt(inverses) * each + displaced)) / f_least,
                  vector / slope_least + square / m.slope_least + 32 * kUnit, (std::sqrt(inverses) * each + displaced) / slope_least,
                  std::min(bend, std::sqrt(static_cast<double>(terms_))), share};
  }

  // The series suffice whatever the correlation.
  bool suffices(double q, double truncation) const {
    std::vector<double> series(terms_ + quadrature::kFacts);
    const auto raw = [&](double, double* out) { quadrature::in_double::raw_series(f_, slope_, breaks_, parity_, q, terms_, out); };
    quadrature::in_double::series(f_, slope_, parity_, q, truncation, terms_, series.data(), raw);
    const double left = series[terms_ + quadrature::slope_tail];
    return left * left <= truncation + quadrature::kParseval;
  }

 private:
  // phi and phi' over x^8, to the left of -x.
  static expr::Bounds far(const expr::Expr& f, bool left) {
    const expr::Expr x = expr::Expr::variable(), there = left ? -x : x;
    const auto of = [&](const expr::Expr& e) { return expr::simplify(expr::substitute(e, there)) * expr::pow(x, -8); };
    return expr::Bounds({of(expr::derivative(f)), of(f)});
  }

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
        sum += jump(i) * expr::kEndSlack * place / s.low * 1.0865 * kDensity * std::exp(-0.25 * z * z);
    }
    return sum;
  }

  template <class Visit>
  void cells(const Scales& s, const Visit& visit) const {
    std::vector<double> edges;
    for (double z = -kLast; z <= kLast; z += std::abs(z + 0.01) < 7 ? 0.125 : 0.5) edges.push_back(z * s.high);
    for (const SmoothPart& part : parts_) {
      double low = std::max(edges.front(), part.piece.x.low);
      for (const double edge : edges) {
        const double high = std::min(edge, part.piece.x.high);
        if (!(low < high)) continue;
        visit(part, Interval{low, high});
        low = high;
      }
    }
  }

  Moments moments(const Scales& s) const {
    Moments m;
    cells(s, [&](const SmoothPart& part, Interval x) {
      const auto values = part.values(x);
      const double near = x.least() / s.high, far = x.most() / s.low;
      const double most = (x.high - x.low) / s.low * bell(near);
      const double least = std::min(mass(x.low / s.low, x.high / s.low), mass(x.low / s.high, x.high / s.high));
      const auto square = [](double v) { return v * v; };
      const double f = values[0].value.most(), slope = values[1].value.most();
      m.f_least += least * square(values[0].value.least()), m.slope_least += least * square(values[1].value.least());
      m.f += most * square(f), m.slope += most * square(slope), m.bend += most * square(values[2].value.most());
      m.displaced += most * square(far * slope);
      m.scale = std::max(m.scale, slope * std::exp(-0.25 * near * near));
      const double weights = kRule + kUnit * (8 + far * far), off = 4 * kUnit * x.most();
      m.f_off += most * square(part.f_rounding(x, off).error + weights * f);
      m.slope_off += most * square(part.slope_rounding(x, off).error + weights * slope);
    });
    return m;
  }

  // The least and the largest |f| over x, of phi' or phi.
  Interval range(Interval x, std::size_t which) const {
    Interval out{INFINITY, 0};
    for (const SmoothPart& part : parts_) {
      const Interval inside{std::max(x.low, part.piece.x.low), std::min(x.high, part.piece.x.high)};
      if (!(inside.low <= inside.high)) continue;
      const Interval value = part.values(inside)[which].value;
      out = {std::min(out.low, value.least()), std::max(out.high, value.most())};
    }
    return out;
  }

  // Panels end at 9 or further out, as long as phi' exp(-z^2/4) is more than 1e-17 of its largest value at some node of the next two units
  // (ntk/runtime/panels.hpp). For every s one of these nodes shows it.
  bool continued(const Scales& s, double side, double end, double least) const {
    constexpr int kParts = 16;
    for (int i = 0; i < kParts; ++i) {
      const double from = s.low + (s.high - s.low) * i / kParts, to = s.low + (s.high - s.low) * (i + 1) / kParts;
      bool seen = false;
      for (const std::size_t pack : {0, 1, 2}) {
        const double z = end + 1 + quadrature::rule().node[pack][4];
        const Interval x = side > 0 ? Interval{from * z, to * z} : Interval{-to * z, -from * z};
        seen = seen || range(x, 1).low * std::exp(-0.25 * z * z) > least;
      }
      if (!seen) return false;
    }
    return true;
  }

  // Second moments beyond the last panel.
  struct Tails {
    double slope = 0, f = 0;
  };
  std::optional<Tails> tails(const Scales& s, double scale) const {
    Tails out;
    for (const double side : {-1.0, 1.0}) {
      const auto at = [&](double low, double high) { return side > 0 ? Interval{low, high} : Interval{-high, -low}; };
      double end = 9;
      while (end < kLast - 1 && continued(s, side, end, 1.01e-17 * scale)) end += 2;
      double low = end * s.low;
      double f = 0;
      const auto add = [&](double high, double slope, double value) {
        const double z = std::max(end, low / s.high), weight = mass_beyond(z);
        out.slope += slope * slope * weight, f += value * value * weight;
        low = high;
      };
      for (; low < 60 * s.low;) {
        const double high = low + (low < 20 * s.low ? 0.5 : 10) * s.low;
        const Interval x = at(low, high);
        add(high, range(x, 1).high, range(x, 0).high);
      }
      if (low < 1) add(1, range(at(low, 1), 1).high, range(at(low, 1), 0).high);
      const auto far = (side > 0 ? right_ : left_)({low, expr::kInfinity});
      for (std::size_t i : {0, 1})  // at z > 40, where (s z)^16 exp(-z^2/2) is below 1e-280
        if (!std::isfinite(far[i].value.most())) return std::nullopt;
      out.slope += 1e-280 * far[0].value.most() * far[0].value.most();
      out.f += std::sqrt(f * mass_beyond(end));
    }
    return std::isfinite(out.slope) && std::isfinite(out.f) ? std::optional(out) : std::nullopt;
  }
  static double mass_beyond(double z) { return 0.5 * std::erfc(z / M_SQRT2); }

  Callable f_, slope_;
  quadrature::Parity parity_;
  std::vector<SmoothPart> parts_;
  std::size_t terms_;
  expr::Bounds right_, left_;
  std::vector<double> breaks_;
};

}  // namespace

std::optional<Certificate> certificate(const expr::Expr& phi, double truncation, std::size_t terms) {
  auto parts = smooth_parts(phi);
  if (!parts) return std::nullopt;
  const Certifier certifier(phi, std::move(*parts), terms);
  std::optional<Certificate> known;
  Certifier::Errors most{};
  for (double e = -40; e < 14;) {
    const double step = e < -4 ? 1 : 0.5, q = std::exp2(e + step);
    if ((e == -40 || e >= -4) && !certifier.suffices(q, truncation)) break;
    const auto errors = certifier.errors(std::exp2(0.5 * e), std::sqrt(q));
    if (!errors) break;
    most.widen(*errors);
    const double left = truncation + quadrature::kParseval, slope = 2 * (most.slope + most.each * most.spread);
    known = Certificate{left + 2 * most.kappa + most.share * (0.5 * slope + 4 * kUnit) + 8 * kUnit,
                        left + 2 * slope + (8 + 4 * most.spread * most.spread) * kUnit, q};
    e += step;
  }
  return known;
}

}  // namespace ntkc::passes
