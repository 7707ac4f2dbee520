// Below kEvery every coefficient is computed by its recurrence. In an octave let p be the polynomial of degree 15 through what stands at
// the nodes; the rule is exact for products of two such, up to rho^k. So a sum over the octave is off by what the coefficients a_k differ
// from p(k), as a vector (Cauchy-Schwarz, whatever rho is), and by the rule on p(k) p'(k) rho^k: on the ellipse of parameter kEllipse about
// the octave Re k > 0, so that |rho^k| <= 1, and the rule, exact to degree 31 and positive, is off by at most n M M' kEllipse^-31
// (Trefethen 2013, theorem 8.2).
//
// Where phi' = g has a kink at 0, integration by parts gives a_k = (the first m jumps) + E[g^(m) h_(k-m)] / sqrt(k ... (k-m+1)), the last
// of which are a vector no longer than the root of E[g^(m)^2] over that root (Bessel); derivatives are bounded by Cauchy's estimate. Jumps
// come from Taylor coefficients by sums over a circle. From some octave on this is all that is needed. Between it and kEvery coefficients
// are looked at at a few degrees of an octave.
#include "passes/duals/octave_certificate.hpp"

#include <algorithm>
#include <cmath>
#include <deque>

#include "ntk/runtime/quadrature.hpp"

namespace ntkc::passes {
namespace {

namespace quadrature = ::ntk::quadrature;
namespace in_double = quadrature::in_double;
using quadrature::kOctaveNodes;

constexpr double kUnit = 0x1p-53;
constexpr std::size_t kEvery = 2048;          // degrees
constexpr double kRecurrence = 96 * kUnit;    // h_k by its recurrence, k < kEvery, in norm, tests/duals
constexpr double kRule = 104 * kUnit;         // weights and powers of rho, tests/duals
constexpr std::size_t kFarthestSampled = 20;  // octaves below it may be looked at at a few degrees
constexpr double kBetweenDegrees = 2;         // what coefficients may be further off between those
constexpr double kEllipse = 5;
constexpr double kNothing = 1e-15;     // of the root of E[phi'^2]
constexpr double kLastDegrees = 1e-9;  // of the last octave: corrections of order 2^-34

double place_of(std::size_t octave, std::size_t i) {
  return quadrature::octave_rule(octave).place[i / ::ntk::lanes::kCount][i % ::ntk::lanes::kCount];
}
double root_weight_of(std::size_t octave, std::size_t i) {
  return quadrature::octave_rule(octave).root_weight[i / ::ntk::lanes::kCount][i % ::ntk::lanes::kCount];
}
double size_of(std::size_t octave) { return std::ldexp(0.5, static_cast<int>(octave)); }  // degrees of one parity

// p, over the places 0, 1, ... of an octave, by the barycentric formula.
class Interpolant {
 public:
  Interpolant(std::size_t octave, const double* numbers) : last_(size_of(octave) - 1) {
    for (std::size_t i = 0; i < kOctaveNodes; ++i) {
      at_[i] = place_of(octave, i), value_[i] = numbers[i] / root_weight_of(octave, i), weight_[i] = 1;
      for (std::size_t k = 0; k < kOctaveNodes; ++k)
        if (k != i) weight_[i] /= (at_[i] - place_of(octave, k)) * 4 / last_;
    }
  }
  double operator()(double place) const {
    double above = 0, below = 0;
    for (std::size_t i = 0; i < kOctaveNodes; ++i) {
      if (place == at_[i]) return value_[i];
      const double share = weight_[i] / (place - at_[i]);
      above += share * value_[i], below += share;
    }
    return above / below;
  }
  // A bound of its modulus on the ellipse, by its Chebyshev coefficients.
  double most() const {
    double sum = 0;
    for (std::size_t m = 0; m < kOctaveNodes; ++m) {
      double c = 0;
      for (std::size_t j = 0; j < kOctaveNodes; ++j) {
        const double angle = M_PI * (static_cast<double>(j) + 0.5) / kOctaveNodes;
        c += (*this)(0.5 * last_ * (1 + std::cos(angle))) * std::cos(static_cast<double>(m) * angle);
      }
      sum += std::abs(c) * (m == 0 ? 1 : 2) / kOctaveNodes * std::pow(kEllipse, static_cast<double>(m));
    }
    return sum;
  }

 private:
  double last_, at_[kOctaveNodes], value_[kOctaveNodes], weight_[kOctaveNodes];
};

double rule_error(std::size_t octave, double most) { return size_of(octave) * most * most * std::pow(kEllipse, -31); }

// The jumps of the derivatives of phi'(s z) at z = 0, and bounds of what is left after some of them.
class Edge {
 public:
  static constexpr int kMost = 32;
  Edge() = default;
  Edge(const Coefficients& f, double s) {
    const auto& parts = f.parts();
    const auto right = std::ranges::find_if(parts, [](const SmoothPart& p) { return p.piece.x.low == 0; });
    for (double radius = 16; radius > 1e-2 * s && balls_.size() < 4; radius *= 0.7)
      if (const auto most = largest_near(parts, &SmoothPart::slope, s, radius)) balls_.push_back({radius / s, *most});
    if (balls_.empty() || right == parts.begin() || right == parts.end()) return;
    const auto above = taylor(right->slope, balls_[0].radius * s), below = taylor(std::prev(right)->slope, balls_[0].radius * s);
    double factor = 1;
    for (int m = 0; m < kMost; ++m) {
      jumps_.push_back(factor * (above[m] - below[m]));
      factor *= s * (m + 1);
    }
  }
  // How many jumps leave least, and what they leave of all coefficients from k on, as a vector.
  std::pair<int, double> left(double k) const {
    std::pair<int, double> best{0, INFINITY};
    for (const Ball& ball : balls_) {
      double bound = kGaussian * ball.most;
      for (int m = 1; m <= static_cast<int>(jumps_.size()); ++m) {
        bound *= m / (ball.radius * std::sqrt(k - m + 1));
        if (bound < best.second) best = {m, bound};
      }
    }
    return best;
  }
  // The first m jumps at coefficient k; at_most: the sum of moduli.
  double operator()(int m, double k, bool odd, bool at_most = false) const {
    double product = quadrature::kDensity, total = 0, sign = odd ? 1 : -1;
    for (int i = 0; i < m; ++i) {
      product /= std::sqrt(k - i);
      if ((i % 2 == 0) != odd) continue;
      const double term = jumps_[i] * product * quadrature::hermite_at_zero(0.5 * (k - 1 - i));
      total += at_most ? std::abs(term) : sign * term, sign = -sign;
    }
    return total;
  }

 private:
  // sqrt(30 / sqrt(2 pi)): the root of the second moment of what is below exp(z^2/4) for |z| < 15.
  static constexpr double kGaussian = 3.46;
  struct Ball {
    double radius, most;  // over z
  };
  static std::vector<double> taylor(const expr::Continued& f, double radius) {
    constexpr int kPlaces = 96;
    const double inner = 0.5 * radius;
    std::vector<double> out(kMost);
    for (int i = 0; i < kPlaces; ++i) {
      const double angle = 2 * M_PI * (i + 0.5) / kPlaces, x = inner * std::cos(angle), y = inner * std::sin(angle);
      const auto value = f({{x, x}, {y, y}});
      if (!value) continue;
      const double re = 0.5 * (value->re.low + value->re.high), im = 0.5 * (value->im.low + value->im.high);
      for (int m = 0; m < kMost; ++m) out[m] += (re * std::cos(m * angle) + im * std::sin(m * angle)) / kPlaces;
    }
    for (int m = 0; m < kMost; ++m) out[m] *= std::pow(inner, -m);
    return out;
  }
  std::vector<Ball> balls_;
  std::vector<double> jumps_;
};

// Coefficients of g(s z) below kEvery by the recurrence, without the signs that waves have not.
std::vector<double> every_coefficient(const Callable& g, double s, const std::vector<double>& cuts, double share) {
  using ::ntk::Lanes;
  const in_double::Nodes nodes(in_double::fine_panels(cuts, kEvery));
  const std::size_t count = nodes.z.size();
  std::vector<Lanes> h(count, Lanes(1.0)), before(count, Lanes(0.0)), term(count);
  for (std::size_t i = 0; i < count; ++i) term[i] = (share * nodes.weight[i]) * g(s * nodes.z[i]);
  std::vector<double> out(kEvery);
  for (std::size_t k = 0; k < kEvery; ++k) {
    const double d = static_cast<double>(k), up = 1 / std::sqrt(d + 1), back = std::sqrt(d / (d + 1));
    Lanes sums[4];
    for (std::size_t i = 0; i < count; ++i) {
      sums[i % 4] = sums[i % 4] + term[i] * h[i];
      before[i] = up * (nodes.z[i] * h[i]) - back * before[i];
    }
    std::swap(h, before);
    const double total = quadrature::sum((sums[0] + sums[1]) + (sums[2] + sums[3]));
    out[k] = k / 2 % 2 == 1 ? -total : total;
  }
  return out;
}

double square(double x) { return x * x; }

// A function at one variance of the grid.
class At {
 public:
  Coefficients::Errors series;
  double share;  // q E[phi'^2] / E[phi^2]
  Coefficients::Reach reach;
  bool terms_suffice;
  std::optional<OctaveErrors> octaves;  // unless there are none, or they do not suffice

  static std::optional<At> make(const Coefficients& f, double q, double truncation) {
    const auto own = f.errors(std::sqrt(q));
    return own ? std::optional(At(f, q, truncation, *own)) : std::nullopt;
  }
  void look_at_octaves(const Coefficients& f, double q, double truncation) {
    if (looked_at || count_ == 0) return;
    looked_at = true;
    in_double::raw_octaves(f.f(), f.slope(), f.breaks(), f.parity(), q, f.terms(), raw_.data(), count_);
    const auto facts = finished(f, q, truncation);
    if (enough(truncation, facts[quadrature::far_tail], facts[quadrature::far_slope_tail])) octaves = octave_errors(f, std::sqrt(q), raw_);
  }

 private:
  At(const Coefficients& f, double q, double truncation, const Coefficients::Errors& own) : series(own) {
    const quadrature::Beyond all = quadrature::beyond(f.parity(), f.terms());
    count_ = all.numbers(all.octaves(f.breaks().empty(), f.breaks() == std::vector{0.0}));
    raw_.resize(f.terms() + quadrature::kFacts + count_);
    in_double::raw_series(f.f(), f.slope(), f.breaks(), f.parity(), q, f.terms(), raw_.data());
    share = q * raw_[f.terms() + quadrature::slope_root] / raw_[f.terms() + quadrature::root];
    const auto facts = finished(f, q, truncation);
    reach = {facts[quadrature::stop], facts[quadrature::tail], facts[quadrature::slope_tail]};
    terms_suffice = enough(truncation, reach.tail, reach.slope_tail);
  }
  std::vector<double> finished(const Coefficients& f, double q, double truncation) const {
    std::vector<double> numbers = raw_;
    in_double::finish_series(false, f.parity(), std::sqrt(q), truncation, f.terms(), numbers.data(), count_);
    return {numbers.begin() + static_cast<std::ptrdiff_t>(f.terms()), numbers.end()};
  }
  static bool enough(double truncation, double tail, double slope_tail) {
    return square(std::max(tail, slope_tail)) <= truncation + quadrature::kParseval;
  }
  std::size_t count_;
  std::vector<double> raw_;
  bool looked_at = false;
};

}  // namespace

std::optional<OctaveErrors> octave_errors(const Coefficients& f, double s, const std::vector<double>& numbers) {
  const quadrature::Beyond all = quadrature::beyond(f.parity(), f.terms());
  const double* far = numbers.data() + f.terms() + quadrature::kFacts;
  const std::size_t octaves = all.octaves(numbers.size() - f.terms() - quadrature::kFacts);
  const double norm = std::sqrt(numbers[f.terms() + quadrature::slope_root]);
  const quadrature::Panels<Callable, std::vector<double>> panels(f.slope(), f.breaks(), s);
  const auto cuts = in_double::wave_cuts(panels, f.parity());
  const double share = in_double::wave_share(f.parity());
  const auto rule = panel_errors(f.parts(), &SmoothPart::slope, s, in_double::fine_panels(panels.cuts, kEvery), kEvery);
  const auto own = f.errors(s);
  if (!rule || !own) return std::nullopt;
  const auto coefficients = every_coefficient(f.slope(), s, cuts, share);
  const Edge edge = f.breaks().empty() ? Edge() : Edge(f, s);

  double squares = 0, off_squares = 0, of_rule = 0;
  for (std::size_t o = all.first; o < all.first + octaves; ++o) {
    const double low = std::ldexp(1.0, static_cast<int>(o)), n = size_of(o);
    const auto [jumps, remainder] = edge.left(low - 1);
    const bool every = low < kEvery, by_edge = !every && remainder <= kNothing * norm;
    double energy = 0;
    for (std::size_t i = 0; i < all.classes * kOctaveNodes; ++i) energy += square(far[i]);
    if (energy == 0) break;
    if (!every && !by_edge && o >= kFarthestSampled) return std::nullopt;
    if (by_edge) off_squares += square(remainder);
    std::optional<in_double::WaveSums> waves;
    if (!every && !by_edge) waves.emplace(f.slope(), s, cuts, std::size_t(2) << o, share);
    for (std::size_t c = 0; c < all.classes; ++c, far += kOctaveNodes) {
      const double first = low + static_cast<double>(all.low + c) - 1;  // of phi'
      const bool odd = (all.low + c) % 2 == 0;
      double off = 0;
      if (by_edge) {
        for (std::size_t i = 0; i < kOctaveNodes; ++i)
          off += square(far[i] - root_weight_of(o, i) * edge(jumps, first + 2 * place_of(o, i), odd));
        of_rule += rule_error(o, edge(jumps, 0.35 * n, odd, true));
      } else {
        const Interpolant p(o, far);
        if (every) {
          const auto at = static_cast<std::size_t>(first);
          for (std::size_t j = 0; j < static_cast<std::size_t>(n); ++j) off += square(coefficients[at + 2 * j] - p(static_cast<double>(j)));
          off = square(std::sqrt(off) + std::sqrt(n) * kRecurrence * norm);
        } else {
          for (const double j : {0.0, 0.5 * (place_of(o, 0) + place_of(o, 1)), 0.5 * (place_of(o, 3) + place_of(o, 4)),
                                 0.5 * (place_of(o, 7) + place_of(o, 8)), 0.5 * (place_of(o, 11) + place_of(o, 12)), n - 1})
            off = std::max(off, std::abs((*waves)(first + 2 * std::round(j), odd) - p(std::round(j))));
          off = square(kBetweenDegrees * off) * n;
        }
        of_rule += rule_error(o, p.most());
      }
      off_squares += off;
    }
    squares += energy;
    if (o + 1 == quadrature::kLastOctave) of_rule += kLastDegrees * energy;
  }
  const double of_quadrature = rule->coefficient * std::exp2(0.5 * kFarthestSampled);
  OctaveErrors out;
  out.size = std::sqrt(squares) / norm;
  out.off = (std::sqrt(off_squares) + of_quadrature) / norm + own->of_slope;
  out.rule = of_rule / (norm * norm) + kRule * out.size * out.size;
  return out;
}

std::vector<FarCertificate> far_certificates(const expr::Expr& phi, const expr::Expr& psi, double truncation, std::size_t terms) {
  constexpr double kBetweenVariances = 2, kTables = 2 * 5e-14;  // kFarFit of ntk/runtime/series_table.hpp
  std::deque<Coefficients> sides;                               // which do not move
  for (const auto* f : {&phi, &psi}) {
    auto parts = smooth_parts(*f);
    if (!parts) return {};
    if (sides.empty() || phi != psi) sides.emplace_back(*f, std::move(*parts), terms);
  }
  const bool alike = sides.front().parity() == sides.back().parity() && sides.front().breaks() == sides.back().breaks();
  const quadrature::Degrees degrees(sides.front().parity(), sides.back().parity(), terms);
  std::vector<FarCertificate> out;
  std::vector<std::vector<At>> met(sides.size());
  for (std::size_t n = 0; n < std::size(kVariances); ++n) {
    bool terms_suffice = true;
    for (std::size_t i = 0; i < sides.size(); ++i) {
      auto next = At::make(sides[i], kVariances[n], truncation);
      if (!next) return out;
      terms_suffice = terms_suffice && next->terms_suffice;
      met[i].push_back(std::move(*next));
    }
    if (!terms_suffice && alike)  // every variance of one may meet this one of the other
      for (std::size_t i = 0; i < sides.size(); ++i)
        for (std::size_t k = 0; k <= n; ++k) met[i][k].look_at_octaves(sides[i], kVariances[k], truncation);
    FarCertificate most{kVariances[n]};
    for (const At& a : met.front())
      for (const At& b : met.back()) {
        const bool beyond = !a.terms_suffice || !b.terms_suffice;
        if (beyond && !(a.octaves && b.octaves))
          most.plane = std::min(most.plane, taken_to(degrees, a.reach, b.reach, truncation + quadrature::kParseval));
        const double sum = beyond && a.octaves && b.octaves ? a.octaves->of_sum(*b.octaves) : 0.0;
        const double share = std::sqrt(a.share * b.share) / static_cast<double>(terms);
        const double tails = truncation + quadrature::kParseval + std::sqrt(a.series.slope_tail * b.series.slope_tail) + sum;
        const double slope = a.series.of_slope + b.series.of_slope + a.series.each * b.series.spread + b.series.each * a.series.spread;
        most.octaves = std::max(most.octaves, std::max(1.0, share) * sum);
        most.kappa = std::max(most.kappa, a.series.of_f + b.series.of_f + share * (sum + tails));
        most.kappa_dot = std::max(most.kappa_dot, slope + sum + tails);
      }
    const double tables = most.octaves > 0 ? kTables : 0.0;
    for (double* error : {&most.kappa, &most.kappa_dot, &most.octaves}) *error = kBetweenVariances * *error + tables;
    out.push_back(most);
  }
  return out;
}

}  // namespace ntkc::passes
