// In an octave let p be the polynomial of degree 15 through what stands at the nodes; the rule is exact for products of two such, up to
// rho^k. So a sum over the octave is off by what the coefficients a_k differ from p(k), as a vector (Cauchy-Schwarz, whatever rho is), and
// by the rule on p(k) p'(k) rho^k: on the ellipse of parameter kEllipse about the octave Re k > 0, so that |rho^k| <= 1, and the rule,
// exact to degree 31 and positive, is off by at most n M M' kEllipse^-31 (Trefethen 2013, theorem 8.2).
//
// From some degree on jumps of derivatives (jump_series.hpp), of which a smooth function has none, leave next to nothing of all
// coefficients together. Up to it, or to kEvery, every one is computed by its recurrence.
#include "passes/duals/octave_certificate.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ntk/runtime/edges.hpp"
#include "passes/duals/every_degree.hpp"
#include "passes/duals/jump_series.hpp"
#include "passes/duals/octave_polynomial.hpp"

namespace ntkc::passes {
namespace {

namespace quadrature = ::ntk::quadrature;
namespace in_double = quadrature::in_double;
using quadrature::kOctaveNodes;

constexpr double kUnit = 0x1p-53;
constexpr std::size_t kEvery = std::size_t(1) << 17;  // degrees
constexpr double kRecurrence = 32 * kUnit;            // h_k by its recurrence, k < kEvery, in norm, tests/duals
constexpr double kRule = 104 * kUnit;                 // weights and powers of rho, tests/duals
constexpr double kSoon = 4095;                        // up to it every coefficient costs less than sharp bounds
constexpr double kEllipse = 5;
constexpr double kNothing = 3e-13;     // of the root of E[phi'^2]
constexpr double kSmall = 1e-7;        // the same, beside the root of what rounding leaves of Parseval's sum
constexpr double kLastDegrees = 1e-9;  // corrections of order 2^-34
constexpr double kBeyond = 1.6;        // coefficients that fall like k^(-3/4) or faster beyond an octave, to those in it, as vectors

double rule_error(std::size_t octave, double most) { return size_of(octave) * most * most * std::pow(kEllipse, -31); }

// Coefficients of g(s z) below `end`, without the signs that waves have not.
std::vector<double> every_coefficient(const Callable& g, double s, const in_double::Nodes& nodes, double share, std::size_t end) {
  std::vector<::ntk::Lanes> term(nodes.z.size());
  for (std::size_t i = 0; i < term.size(); ++i) term[i] = (share * nodes.weight[i]) * g(s * nodes.z[i]);
  std::vector<double> out = every_degree(nodes.z, term, end);
  for (std::size_t k = 0; k < end; ++k)
    if (k / 2 % 2 == 1) out[k] = -out[k];
  return out;
}

double square(double x) { return x * x; }

// What lies beyond the last octave, of degrees from k on, is taken for one of the powers of jumps of phi' or phi''. By what share of an
// octave's energy it is off, the others being smaller the further out.
double last_error(const JumpSeries& edge, int jumps, double k, bool odd) {
  if (jumps == 0) return square(kBeyond);  // not known
  const double leading = std::abs(edge(2, k, odd)), others = std::abs(edge(jumps, k, odd) - edge(2, k, odd));
  const double all = square(kBeyond);
  return others > 0 ? std::min(all, all * (4 * others / leading + kLastDegrees)) : all * kLastDegrees;
}

}  // namespace

double OctaveErrors::of_sum(const OctaveErrors& other) const {
  double sum = size * other.off + other.size * off + off * other.off, beyond = 0, squares = 0, other_squares = 0, rules = 0;
  const std::size_t joint = std::max(looked_at, other.looked_at);
  for (std::size_t o = 0; o < std::min(octaves.size(), other.octaves.size()); ++o) {
    const Octave &a = octaves[o], &b = other.octaves[o];
    (o < joint ? sum : beyond) += (a.size + off) * b.off + (b.size + other.off) * a.off + a.off * b.off;
    if (o >= joint) squares += square(a.size), other_squares += square(b.size);
    rules += std::sqrt(a.rule * b.rule);
  }
  const double together = (std::sqrt(squares) + off) * other.rest + (std::sqrt(other_squares) + other.off) * rest + rest * other.rest;
  return sum + std::min(beyond, together) + rules;
}

namespace {

// The numbers of octaves among those of a function.
struct Far {
  quadrature::Beyond all;
  std::size_t octaves;
  const double* at;
  Far(const Coefficients& f, const std::vector<double>& numbers)
      : all(quadrature::beyond(f.parity(), f.terms())),
        octaves(all.octaves(numbers.size() - f.terms() - quadrature::kFacts)),
        at(numbers.data() + f.terms() + quadrature::kFacts) {}
  double energy(std::size_t octave) const {
    const double* const from = at + (octave - all.first) * all.classes * kOctaveNodes;
    return std::inner_product(from, from + all.classes * kOctaveNodes, from, 0.0);
  }
};

}  // namespace

std::size_t small_from(const Coefficients& f, const std::vector<double>& numbers) {
  const Far far(f, numbers);
  std::size_t octave = far.all.first + far.octaves;
  while (octave > far.all.first && far.energy(octave - 1) <= square(kSmall) * numbers[f.terms() + quadrature::slope_root]) --octave;
  return octave;
}

std::optional<OctaveErrors> octave_errors(const Coefficients& f, double s, const std::vector<double>& numbers,
                                          const Coefficients::Errors& own, std::size_t until) {
  const Far those(f, numbers);
  const auto& [all, octaves, begin] = those;
  const double* far = begin;
  const bool smooth = f.breaks().empty();
  const double norm = std::sqrt(numbers[f.terms() + quadrature::slope_root]);
  const auto low_of = [](std::size_t o) { return std::size_t(1) << o; };
  const JumpSeries edge(f, s, kSoon, kNothing * norm);
  const auto left_from = [&](std::size_t o) { return edge.left(static_cast<double>(low_of(o)) - 1); };
  std::size_t by_edge = all.first;  // from this octave on
  while (low_of(by_edge) < kEvery && left_from(by_edge).second > (smooth && by_edge >= until ? kSmall : kNothing) * norm) ++by_edge;

  OctaveErrors out;
  std::vector<double> coefficients;
  double sums = 0;  // their rounding
  if (by_edge > all.first) {
    const std::size_t end = low_of(by_edge);
    const quadrature::Panels<Callable, std::vector<double>> panels(f.slope(), f.breaks(), s);
    const auto rule = panel_errors(f.parts(), &SmoothPart::slope, s, in_double::fine_panels(panels.cuts, end), static_cast<double>(end));
    if (!rule) return std::nullopt;
    const in_double::Nodes nodes(in_double::fine_panels(in_double::wave_cuts(panels, f.parity()), end));
    coefficients = every_coefficient(f.slope(), s, nodes, in_double::wave_share(f.parity()), end);
    sums = rounding_of_every_degree(nodes.z.size());
    out.off = rule->coefficient * std::sqrt(static_cast<double>(end)) / norm;
  }
  out.off += own.of_slope;
  double squares = 0, numbers_left = 0, last_size = 0;
  double rest = by_edge > all.first ? own.slope_tail : INFINITY;  // what coefficients from by_edge on have of Parseval's sum, relative
  if (by_edge > all.first) {
    long double whole = 0;
    for (std::size_t k = all.classes == 1 && all.low == 0 ? 1 : 0; k < coefficients.size(); k += 3 - all.classes)
      whole += static_cast<long double>(coefficients[k]) * coefficients[k];
    rest += std::max(0.0, 1 - static_cast<double>(whole) / (norm * norm));
  }
  for (std::size_t o = all.first; o < all.first + octaves; ++o) {
    const auto low = static_cast<double>(low_of(o));
    const double n = size_of(o);
    const auto [jumps, remainder] = left_from(o);
    const double energy = those.energy(o);
    double off_squares = 0, of_rule = 0;
    for (std::size_t c = 0; c < all.classes; ++c, far += kOctaveNodes) {
      const double first = low + static_cast<double>(all.low + c) - 1;  // of phi'
      const bool odd = (all.low + c) % 2 == 0;
      if (o + 1 == quadrature::kLastOctave)
        of_rule += std::inner_product(far, far + kOctaveNodes, far, 0.0) * last_error(edge, jumps, first, odd);
      if (o >= by_edge) {
        for (std::size_t i = 0; i < kOctaveNodes; ++i)
          off_squares += square(far[i] - root_weight_of(o, i) * edge(jumps, first + 2 * place_of(o, i), odd));
        of_rule += rule_error(o, edge(jumps, 0.35 * n, odd, true));
      } else {
        const OctavePolynomial p(o, far);
        double off = 0;
        for (std::size_t j = 0; j < static_cast<std::size_t>(n); ++j)
          off += square(coefficients[static_cast<std::size_t>(first) + 2 * j] - p(static_cast<double>(j)));
        off_squares += square(std::sqrt(off) + std::sqrt(n) * (kRecurrence + sums) * norm);
        of_rule += rule_error(o, p.most(kEllipse));
      }
    }
    squares += energy;
    last_size = std::sqrt(energy) / norm;
    const double size = last_size, off = (std::sqrt(off_squares) + (o >= by_edge ? remainder : 0.0)) / norm;
    out.octaves.push_back({size, off, (of_rule + kRule * energy) / (norm * norm)});
    if (o < by_edge)
      rest += 2 * size * off + off * off;
    else
      numbers_left += square(size);
  }
  const std::size_t end = all.first + octaves;
  out.smooth = smooth, out.to_the_end = smooth || (end == quadrature::kLastOctave && by_edge < end);
  if (out.to_the_end) out.octaves.push_back({smooth ? 0.0 : kBeyond * last_size, left_from(end).second / norm, 0});
  out.size = std::sqrt(squares) / norm;
  out.looked_at = by_edge - all.first;
  if (smooth) out.rest = std::min(std::sqrt(rest), left_from(by_edge).second / norm) + std::sqrt(numbers_left);
  return out;
}

}  // namespace ntkc::passes
