// Below kEvery every coefficient is computed by its recurrence. In an octave let p be the polynomial of degree 15 through what stands at
// the nodes; the rule is exact for products of two such, up to rho^k. So a sum over the octave is off by what the coefficients a_k differ
// from p(k), as a vector (Cauchy-Schwarz, whatever rho is), and by the rule on p(k) p'(k) rho^k: on the ellipse of parameter kEllipse about
// the octave Re k > 0, so that |rho^k| <= 1, and the rule, exact to degree 31 and positive, is off by at most n M M' kEllipse^-31
// (Trefethen 2013, theorem 8.2).
//
// Where phi' has a kink at 0, jumps (jump_series.hpp) are all that is needed from some octave on. Between it and kEvery coefficients are
// looked at at a few degrees of an octave.
#include "passes/duals/octave_certificate.hpp"

#include <algorithm>
#include <cmath>

#include "ntk/runtime/edges.hpp"
#include "passes/duals/jump_series.hpp"

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
  const JumpSeries edge = f.breaks().empty() ? JumpSeries() : JumpSeries(f, s);

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

}  // namespace ntkc::passes
