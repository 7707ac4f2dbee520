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
// Bounds hold for a range of s at once, and need no knowledge of the panels.
#include "passes/duals/coefficients.hpp"

#include <cmath>

namespace ntkc::passes {

namespace quadrature = ::ntk::quadrature;
using expr::Interval;

namespace {

constexpr double kUnit = 0x1p-53;
constexpr double kRecurrence = 14 * kUnit;  // h_k by its recurrence, in norm, tests/duals
constexpr double kTables = 4e-15;           // kFit of ntk/runtime/series_table.hpp

// Of phi, or of what has phi for its slope.
quadrature::Parity parity_of(const expr::Expr& phi, bool jumps) {
  const auto parity = static_cast<quadrature::Parity>(expr::parity(phi));
  if (!jumps || parity == quadrature::Parity::none) return parity;
  return parity == quadrature::Parity::odd ? quadrature::Parity::even : quadrature::Parity::odd;
}

}  // namespace

Coefficients::Coefficients(const expr::Expr& phi, std::vector<SmoothPart> parts, std::size_t terms, bool jumps)
    : f_(phi),
      slope_(jumps ? phi : expr::simplify(expr::derivative(phi))),
      parity_(parity_of(phi, jumps)),
      parts_(std::move(parts)),
      terms_(terms),
      gaussian_(parts_) {
  for (const SmoothPart& part : parts_)
    if (part.piece.kink_low) breaks_.push_back(part.piece.x.low);
}

std::optional<Coefficients::Errors> Coefficients::errors(double low, double high) const {
  const Scales s{low, high, std::min(2.0, 20 / std::sqrt(static_cast<double>(quadrature::degree_of(parity_, terms_))))};
  const auto of_slope = quadrature_errors(parts_, &SmoothPart::slope, s), of_f = quadrature_errors(parts_, &SmoothPart::f, s);
  if (of_slope.empty() || of_f.empty()) return std::nullopt;
  OfRule rule{0, INFINITY, INFINITY};
  for (std::size_t j = 0; j < terms_; ++j) {
    const double k = std::max(0.0, static_cast<double>(quadrature::degree_of(parity_, j)) - 1);
    double best = INFINITY;
    for (const QuadratureError& e : of_slope) best = std::min(best, e.factor * std::exp(std::sqrt(k) * e.height));
    rule.squares += best * best;
  }
  for (const QuadratureError& e : of_f) rule.mean = std::min(rule.mean, e.factor);
  for (const QuadratureError& e : of_slope) rule.square = std::min(rule.square, e.square);
  return errors(s, rule);
}

std::optional<Coefficients::Errors> Coefficients::errors(double s, const double* numbers) const {
  const auto panels = quadrature::in_double::fine_panels(slope_, breaks_, s, parity_, terms_);
  const double highest = static_cast<double>(quadrature::degree_of(parity_, terms_));
  const auto of_slope = panel_errors(parts_, &SmoothPart::slope, s, panels, highest),
             of_f = panel_errors(parts_, &SmoothPart::f, s, panels, 0);
  if (!of_slope || !of_f) return std::nullopt;
  const double squares = static_cast<double>(terms_) * of_slope->coefficient * of_slope->coefficient;
  constexpr double kAsComputed = 1 + 1e-6;
  double ones = 0, degrees = 0;
  for (std::size_t j = 0; j < terms_; ++j)
    if (const std::size_t k = quadrature::degree_of(parity_, j); k > 0)
      ones += std::abs(numbers[j]), degrees += static_cast<double>(k) * numbers[j] * numbers[j];
  const double square = numbers[terms_ + quadrature::slope_root];
  return errors({s, s, 2}, {squares, of_f->coefficient, of_slope->square, kAsComputed * ones / std::sqrt(square),
                            kAsComputed * std::sqrt(degrees / square)});
}

std::optional<Coefficients::Errors> Coefficients::errors(const Scales& s, const OfRule& rule) const {
  const double low = s.low, high = s.high;
  const std::vector<Cell> cells = gaussian_.cells(high);
  const auto beyond = gaussian_.tails(s, cells);
  if (!beyond) return std::nullopt;
  double inverses = 0;  // of degrees
  for (std::size_t j = 0; j < terms_; ++j) inverses += 1 / std::max(1.0, static_cast<double>(quadrature::degree_of(parity_, j)));
  // Twice the panels of the largest s, in vectors of two, and sums of them in pairs.
  const double chunk = quadrature::kTogether, nodes = 2 * quadrature::kNodes * static_cast<double>(panels(s.high));
  const double sums = kUnit * (chunk / 2 + std::ceil(std::log2(nodes / chunk + 1)) + 2);
  // |a|_1 is at most sqrt(terms) |a|; sum (k+1) a_k^2 is at most the highest k + 1 times |a|^2.
  const double widest = std::sqrt(static_cast<double>(terms_));
  const double highest = std::sqrt(static_cast<double>(quadrature::degree_of(parity_, terms_)));

  Errors out;
  const int count = std::max(1, static_cast<int>(std::ceil(8 * std::log2(high / low))));  // small parts of the range
  for (int part = 0; part < count; ++part) {
    const auto at = [&](int i) { return low * std::pow(high / low, static_cast<double>(i) / count); };
    const double sigma = at(part + 1);
    const Moments m = moments(cells, at(part), sigma);
    if (!(m.f_least > 0) || !(m.slope_least > 0)) return std::nullopt;
    const double f_root = std::sqrt(m.f_least), slope_root = std::sqrt(m.slope_least), size = std::sqrt(m.slope);
    const double vector = std::sqrt(m.slope_off) + 2 * std::sqrt(beyond->slope) + std::sqrt(rule.squares) + kTables * size;
    const double of_mean = std::sqrt(m.f_off) + 2 * beyond->f + rule.mean + (32 * kUnit + kTables) * std::sqrt(m.f);
    const double bent = kinked() ? highest : std::sqrt(1 + sigma * sigma * m.bend / m.slope_least);
    const double decay = std::min({bent, highest, rule.decay}), spread = std::min({widest, std::sqrt(inverses) * decay, rule.spread});
    const double apart = (kRecurrence + sums) * size + gaps(s), displaced = 4 * kUnit * std::sqrt(m.displaced);
    const double slope = vector / slope_root + rule.square / m.slope_least + 32 * kUnit;
    const double together = (apart * spread + displaced * decay) / slope_root;
    const double parseval = 2 * (slope + together) + (4 + 2 * decay * decay) * kUnit;
    const double share = sigma * sigma * m.slope / m.f_least;  // of what s^2 E[phi'^2] is of E[phi^2], halved at degree 2 and above
    // As a vector of phi's coefficients, a_k / sqrt(k + 1).
    const double divided = std::sqrt(inverses) * apart + displaced;
    const double of_f = (of_mean + sigma * (vector + divided)) / f_root, tail = share * (0.5 * parseval + 4 * kUnit);
    out.widen({2 * of_f + 8 * kUnit, of_f + 4 * kUnit, slope, tail, parseval, apart / slope_root, displaced / slope_root, spread, decay});
  }
  return out;
}

Coefficients::Reach Coefficients::reach(double q, double truncation) const {
  std::vector<double> series(terms_ + quadrature::kFacts);
  const auto raw = [&](double, double* out) { quadrature::in_double::raw_series(f_, slope_, breaks_, parity_, q, terms_, out); };
  quadrature::in_double::series(f_, slope_, parity_, q, truncation, terms_, series.data(), raw);
  return {series[terms_ + quadrature::stop], series[terms_ + quadrature::tail], series[terms_ + quadrature::slope_tail]};
}

std::size_t Coefficients::panels(double s) const { return quadrature::in_double::fine_panels(slope_, breaks_, s, parity_, terms_).size(); }

double Coefficients::jump(std::size_t i) const {
  const double place = parts_[i].piece.x.low, slack = std::abs(place) * expr::kEndSlack;
  const Interval x{place - slack, place + slack};
  return (parts_[i].values(x)[1].value - parts_[i - 1].values(x)[1].value).most();
}

bool Coefficients::kinked() const {
  for (std::size_t i = 1; i < parts_.size(); ++i)
    if (parts_[i].piece.kink_low && jump(i) > 1e-12) return true;  // below it the place is rounded
  return false;
}

double Coefficients::gaps(const Scales& s) const {
  double sum = 0;
  for (std::size_t i = 1; i < parts_.size(); ++i) {
    const double place = std::abs(parts_[i].piece.x.low), z = place / s.high;
    if (parts_[i].piece.kink_low && place > 0)
      sum += jump(i) * expr::kEndSlack * place / s.low * 1.0865 * quadrature::kDensity * std::exp(-0.25 * z * z);
  }
  return sum;
}

double taken_to(const quadrature::Degrees& degrees, const Coefficients::Reach& a, const Coefficients::Reach& b, double allowed) {
  const std::size_t n = degrees.needed(static_cast<std::size_t>(a.stop), static_cast<std::size_t>(b.stop));
  if (n > degrees.count) return 0;
  const double beyond = static_cast<double>(degrees.first + degrees.step * n);
  const auto until = [&](double tails, double power) { return std::min(1.0, std::pow(allowed / tails, 1 / power)); };
  return std::min(until(a.tail * b.tail, beyond), until(a.slope_tail * b.slope_tail, beyond - 1));
}

// Computed tails L and L', which are p = kParseval times their whole or more, are off by d and d'. With L L' judged to be below t^2, the
// root of (L + d)(L' + d') is below t + t (r + r') / 2, r = d / L, and below t + e + sqrt(d d'), e the less of t (sqrt r + sqrt r') and
// sqrt(d L') + sqrt(d' L): of large tails r is small, of small ones d.
double judged(double left, const LeftOut& a, const LeftOut& b) {
  const double r = a.relative, other = b.relative;
  const double mixed = std::min(left * (std::sqrt(r) + std::sqrt(other)), std::sqrt(a.off * b.largest) + std::sqrt(b.off * a.largest));
  return std::min(0.5 * left * (r + other), mixed + std::sqrt(a.off * b.off));
}

}  // namespace ntkc::passes
