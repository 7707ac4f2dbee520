// At each place of a grid of variances and correlations the conditional expectations of ntk/runtime/conditional.hpp are run twice more:
// with numbers that carry their rounding, and with bounds on Bernstein ellipses, which give the error of the rule. Beside them stand the
// tails that are dropped over v, 8.5 deviations away, and over u, where its density is exp(-48).
#include <algorithm>
#include <cmath>

#include "expr/pieces.hpp"
#include "ntk/runtime/conditional.hpp"
#include "passes/duals/certificate.hpp"
#include "passes/duals/erring.hpp"
#include "passes/duals/majorant.hpp"

namespace ntkc::passes {
namespace {

namespace in_double = ::ntk::quadrature::in_double;
using ::ntk::quadrature::Cubic, ::ntk::quadrature::kCoefficients, ::ntk::quadrature::Piece, ::ntk::quadrature::Pieces;

constexpr double kBetweenPlaces = 2;  // what errors may be more between the places of the grid

std::optional<Pieces> pieces_of(const expr::Expr& phi) {
  const auto parts = expr::analytic_pieces(phi, true);
  if (!parts) return std::nullopt;
  Pieces out;
  for (const expr::AnalyticPiece& part : *parts) {
    const double low = part.x.low, high = part.x.high;
    if (std::isfinite(low)) out.places.push_back(low);
    Piece piece{low, high, low > 0 ? low : high < 0 ? high : 0.0, {}};
    expr::Expr derivative = part.f;
    double factorial = 1;
    for (std::size_t n = 0; n < kCoefficients; ++n) {
      piece.c[n] = expr::evaluate(derivative, piece.anchor, {}) / factorial;
      derivative = expr::simplify(expr::derivative(derivative)), factorial *= static_cast<double>(n + 1);
    }
    out.pieces.push_back(piece);
  }
  return out;
}

double size(const Cubic& c, double x) {
  double sum = 0;
  for (std::size_t n = kCoefficients; n-- > 0;) sum = sum * x + std::fabs(c[n]);
  return sum;
}

double beyond(double deviations) { return std::erfc(deviations * M_SQRT1_2); }  // P(|z| > deviations)

// E[|f(u) g(v)|] of tails over v: E[(z - 8.5)+^n] and less of what a place jumps by, if v or its mean is beyond the place at all.
double dropped_inside(const Pieces& g, double s2, double width, double f_root) {
  constexpr double kTail = 1e-17;
  const auto narrow = [&](const Piece& p) { return p.high - p.low < in_double::kNarrow * width; };
  const auto share = [&](double t) { return std::min(kTail, std::sqrt(2 * kTail * beyond(std::fabs(t) / s2))); };
  double sum = 0;
  for (std::size_t k = 0; k < g.places.size(); ++k) {
    const double t = g.places[k];
    const Cubic left = narrow(g.pieces[k]) ? Cubic{} : g.pieces[k].about(t),
                right = narrow(g.pieces[k + 1]) ? Cubic{} : g.pieces[k + 1].about(t);
    Cubic jump{};
    for (std::size_t n = 0; n < kCoefficients; ++n) jump[n] = right[n] - left[n];
    sum += share(t) * size(jump, width);
  }
  for (const Piece& p : g.pieces)
    if (narrow(p)) sum += share(p.anchor) * size(p.about(p.low), p.high - p.low);
  return f_root * sum;
}

// The same of what lies far out in each piece of f. There |v| <= s2 z (1 + |w|), E[(1 + |w|)^3] < 12, and pieces of g that are further out
// still are as rare as it is to get there.
double dropped_outside(const Pieces& f, const Pieces& g, double s1, double s2) {
  constexpr double kPowers = 12;
  double sum = 0;
  for (const Piece& p : f.pieces) {
    const double nearest = p.anchor / s1, reach = std::sqrt(nearest * nearest + 96);
    if (p.low >= -reach * s1 && p.high <= reach * s1) continue;
    double others = 0;
    for (const Piece& q : g.pieces) {
      const double further = std::max(0.0, std::fabs(q.anchor) / s2 - reach);
      others += size(q.c, reach * s2 + std::fabs(q.anchor)) * std::exp(-0.25 * further * further);
    }
    sum += size(p.c, reach * s1 + std::fabs(p.anchor)) * kPowers * others * std::exp(-0.5 * reach * reach);
  }
  return sum;
}

double root(const Pieces& f, double q) { return std::sqrt(std::max(0.0, in_double::Conditional(f, f, q, q, q, 0).product())); }

// Relative to the roots of the second moments, from a deviation on that leaves more than a tail.
PiecesCertificate worst_error(const Pieces& f, const Pieces& g, double to) {
  constexpr double kLeast = 1e-6, kNothing = 1e-100, kWorthTelling = 1e-11;  // deviations; a root that is a tail
  const double most = std::sqrt(to);
  std::vector<double> deviations = {kLeast, most};
  double nearest = INFINITY, farthest = 0;
  for (const Pieces* side : {&f, &g})
    for (const double t : side->places)
      if (t != 0) nearest = std::min(nearest, std::fabs(t)), farthest = std::max(farthest, std::fabs(t));
  double next = nearest / 16;
  while (next < 64 * farthest) {
    if (kLeast < next && next < most) deviations.push_back(next);
    next *= 2;
  }
  std::ranges::sort(deviations, std::greater());
  PiecesCertificate out;
  for (const double s : deviations) {
    double worst = 0;
    for (const double ratio : {1.0, 6.0}) {
      const double s1 = ratio * s, q1 = s1 * s1, q2 = s * s;
      for (const auto& [x, y] : {std::pair(&f, &g), std::pair(&g, &f)}) {
        const double x_root = root(*x, q1), y_root = root(*y, q2);
        if (!(x_root > kNothing && y_root > kNothing)) worst = INFINITY;
        if (s1 > most * 1.001 || !std::isfinite(worst)) continue;
        for (const double below_one : {0.0, 1e-10, 1e-6, 1e-3, 0.03, 0.3, 1.0})
          for (const double side : {-1.0, 1.0}) {
            const double c = side * (1 - below_one) * s1 * s, gram = q1 * q2 * below_one * (2 - below_one), width = std::sqrt(gram / q1);
            const double rounding = in_double::ConditionalOf<Erring>(*x, *y, q1, q2, c, gram).product().error;
            const double rule = in_double::ConditionalOf<Majorant>(*x, *y, q1, q2, c, gram).product().most;
            const double left = dropped_inside(*y, s, width, x_root) + dropped_outside(*x, *y, s1, s);
            worst = std::max(worst, (rounding + rule + left) / (x_root * y_root));
          }
        if (&f == &g) break;
      }
    }
    if (!(kBetweenPlaces * worst <= kWorthTelling)) break;
    out.error = std::max(out.error, kBetweenPlaces * worst), out.smallest_variance = s > kLeast ? s * s : 0.0;
  }
  return out;
}

}  // namespace

std::optional<PiecesCertificate> pieces_certificate(const expr::Expr& phi, const expr::Expr& psi, double to) {
  const auto f = pieces_of(phi), g = pieces_of(psi);
  if (!f || !g) return std::nullopt;
  const auto both = [same = phi == psi, to](const Pieces& a, const Pieces& b) { return worst_error(a, same ? a : b, to); };
  PiecesCertificate out = both(*f, *g);
  if (expr::is_continuous(expr::breaks(phi)) && expr::is_continuous(expr::breaks(psi))) {
    const PiecesCertificate slopes = both(f->slope(), g->slope());
    out.error = std::max(out.error, slopes.error), out.smallest_variance = std::max(out.smallest_variance, slopes.smallest_variance);
  }
  return out.error > 0 ? std::optional(out) : std::nullopt;
}

}  // namespace ntkc::passes
