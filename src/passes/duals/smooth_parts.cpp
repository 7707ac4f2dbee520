// A panel of half-width h is integrated with n nodes to within (64/15) h M rho^(-2n) / (1 - rho^(-2)), M the largest modulus on the
// Bernstein ellipse of parameter rho (Trefethen 2008, theorem 4.5). Ellipses of all panels lie in a strip around the axis, those of narrow
// pieces, whose panels are no wider than they are, as high as the others' and so with a larger rho. There the
// density times h_k(x + iy) is at most 1.0865 / sqrt(2 pi) exp(-x^2/4 + y^2/2 + sqrt(k) |y|): by Cramer's bound on the axis, and by
// Taylor's formula with h_k' = sqrt(k) h_(k-1) off it. The function itself is bounded by boxes that cover the strip.
#include "passes/duals/smooth_parts.hpp"

#include <algorithm>
#include <cmath>

#include "ntk/runtime/panels.hpp"
#include "passes/duals/modulus.hpp"

namespace ntkc::passes {
namespace {

using expr::Interval;

constexpr double kCramer = 1.0865 * 0.39894228040143268;
constexpr double kFarthest = 15;  // in z; what lies beyond 14 is left to the tails (certificate.cpp), and panels are narrower than 1

double square(double x) { return x * x; }
double rule_error(double rho, double height) {
  return 64.0 / 15 * std::pow(rho, -2.0 * ::ntk::quadrature::kNodes) / (1 - 1 / (rho * rho)) * std::exp(0.5 * height * height);
}

std::optional<std::vector<SmoothPart>> made(const std::optional<std::vector<expr::AnalyticPiece>>& pieces, bool jumps) {
  if (!pieces) return std::nullopt;
  std::vector<SmoothPart> parts;
  for (const expr::AnalyticPiece& p : *pieces) {
    const expr::Expr slope = jumps ? p.f : expr::derivative(p.f), bend = expr::derivative(slope);
    parts.push_back({p, slope, expr::Continued(p.f), expr::Continued(slope), expr::Bounds({p.f, slope, bend}, false), expr::Rounding(p.f),
                     expr::Rounding(slope)});
  }
  return parts;
}

struct Slot {
  Interval x;
  double most;  // of |f| exp(-x^2 / 4 s^2)
};

}  // namespace

std::optional<std::vector<SmoothPart>> smooth_parts(const expr::Expr& phi) { return made(expr::analytic_pieces(phi), false); }
std::optional<Parts> parts_of(const expr::Expr& phi) {
  if (auto smooth = smooth_parts(phi)) return Parts{std::move(*smooth), false};
  if (auto jumping = made(expr::analytic_pieces(phi, true), true)) return Parts{std::move(*jumping), true};
  return std::nullopt;
}

std::vector<QuadratureError> quadrature_errors(const std::vector<SmoothPart>& parts, expr::Continued SmoothPart::*f, const Scales& s) {
  std::vector<QuadratureError> errors;
  const double half = 0.5 * s.widest, width = 0.5 * s.high;
  for (const double rho : {2.5, 3.0, 3.5, 4.0, 6.0}) {
    const double height = half * 0.5 * (rho - 1 / rho);
    double sum = 0, squares = 0;
    for (const SmoothPart& part : parts) {
      const bool between = part.piece.kink_low && part.piece.kink_high;
      const double own_half = between ? std::min(half, 0.5 * (part.piece.x.high - part.piece.x.low) / s.low) : half;
      const double t = height / own_half, own_rho = t + std::sqrt(t * t + 1), beyond = own_half * (0.5 * (own_rho + 1 / own_rho) - 1);
      const double rule = rule_error(own_rho, height);
      const double low = std::max(part.piece.x.low, -kFarthest * s.high), high = std::min(part.piece.x.high, kFarthest * s.high);
      if (!(low < high)) continue;
      const auto extension = [&](bool kink) { return s.high * (beyond + (kink ? 0 : s.widest)); };
      const double first = low - extension(part.piece.kink_low && low == part.piece.x.low),
                   last = high + extension(part.piece.kink_high && high == part.piece.x.high);
      const int count = static_cast<int>(std::ceil((last - first) / width));
      std::vector<Slot> slots;
      double usual = 0;
      for (int i = 0; i < count; ++i) {
        const Interval x{first + (last - first) * i / count, first + (last - first) * (i + 1) / count};
        const auto most = largest_modulus(part.*f, x, s.high * height, usual);
        if (!most) return errors;  // nor is it on a larger ellipse
        usual = 4 * *most;
        const double nearest = x.least() / s.high;
        slots.push_back({x, *most * std::exp(-0.25 * nearest * nearest)});
      }
      for (const Slot& cell : slots) {
        const double length = (std::min(cell.x.high, high) - std::max(cell.x.low, low)) / s.low, reach = s.high * (beyond + s.widest);
        if (!(length > 0)) continue;
        double most = 0;
        for (const Slot& other : slots)
          if (other.x.high >= cell.x.low - reach && other.x.low <= cell.x.high + reach) most = std::max(most, other.most);
        sum += rule * 0.5 * length * most, squares += rule * 0.5 * length * most * most;
      }
    }
    errors.push_back({kCramer * sum, height, kCramer * squares});
    constexpr double kNothing = 1e-17, kDegrees = 32;  // the root of the highest degree
    if (rule_error(rho, height) * std::exp(kDegrees * height) < kNothing) break;
  }
  return errors;
}

std::optional<double> largest_on(const SmoothPart& part, expr::Continued SmoothPart::*f, Interval x, double height, double usual) {
  return largest_modulus(part.*f, x, height, usual);
}

std::optional<PanelError> panel_errors(const std::vector<SmoothPart>& parts, expr::Continued SmoothPart::*f, double s,
                                       const std::vector<std::pair<double, double>>& panels, double degree) {
  constexpr double kNothing = 1e-17, kUsual = 1e3;
  PanelError sum;
  for (const auto& [low, high] : panels) {
    const double middle = 0.5 * (low + high), half = 0.5 * (high - low);
    const SmoothPart& part = *std::ranges::find_if(parts, [&](const SmoothPart& p) { return s * middle <= p.piece.x.high; });
    // All of the integral and of the sum; or what ellipses tell.
    const auto real = largest_on(part, f, {s * low, s * high}, 0);
    const double usual = real ? kUsual * *real : INFINITY;
    const double size = real ? *real * std::exp(-0.25 * square(std::max(0.0, std::abs(middle) - half))) : INFINITY;
    PanelError best{4 * kCramer * half * size, 4 * kCramer * half * size * size};
    for (const double rho : {4.0, 3.0, 2.5, 2.0}) {
      const double reach = half * 0.5 * (rho + 1 / rho), height = half * 0.5 * (rho - 1 / rho);
      const auto most = largest_on(part, f, {s * (middle - reach), s * (middle + reach)}, s * height, usual);
      if (!most) continue;
      const double nearest = std::max(0.0, std::abs(middle) - reach), factor = rule_error(rho, height), waves = std::sqrt(degree) * height;
      const double there = *most * std::exp(-0.25 * square(nearest));
      best.coefficient = std::min(best.coefficient, kCramer * factor * half * std::exp(waves) * there);
      best.square = std::min(best.square, kCramer * factor * half * there * there);
      if (factor * std::exp(waves) * *most < kNothing * usual) break;
    }
    if (!std::isfinite(best.coefficient)) return std::nullopt;
    sum.coefficient += best.coefficient, sum.square += best.square;
  }
  return sum;
}

// Over cells, of which those that add most are bounded sharply, then halved.
std::optional<double> moment_near(const std::vector<SmoothPart>& parts, expr::Continued SmoothPart::*f, double s, double radius,
                                  int sharpened) {
  struct Cell {
    const SmoothPart* part;
    Interval x;
    double square;
    bool sharp;
  };
  std::vector<Cell> cells;  // a heap
  const auto add = [&](const SmoothPart& part, Interval x, bool sharp) {
    const auto most = largest_on(part, f, {x.low - radius, x.high + radius}, radius, sharp ? 0 : INFINITY);
    if (!most) return false;
    const double mass = 0.5 * std::abs(std::erf(x.high / s / M_SQRT2) - std::erf(x.low / s / M_SQRT2));
    cells.push_back({&part, x, *most * *most * mass, sharp});
    std::ranges::push_heap(cells, {}, &Cell::square);
    return true;
  };
  for (const SmoothPart& part : parts) {
    const double first = std::max(part.piece.x.low, -kFarthest * s), last = std::min(part.piece.x.high, kFarthest * s);
    if (!(first < last)) continue;
    const int count = static_cast<int>(std::ceil((last - first) / std::max(s, radius)));
    for (int i = 0; i < count; ++i)
      if (!add(part, {first + (last - first) * i / count, first + (last - first) * (i + 1) / count}, false)) return std::nullopt;
  }
  for (int i = 0; i < sharpened; ++i) {
    std::ranges::pop_heap(cells, {}, &Cell::square);
    const Cell widest = cells.back();
    const double middle = 0.5 * (widest.x.low + widest.x.high);
    cells.pop_back();
    const bool known = widest.sharp ? add(*widest.part, {widest.x.low, middle}, true) && add(*widest.part, {middle, widest.x.high}, true)
                                    : add(*widest.part, widest.x, true);
    if (!known) return std::nullopt;
  }
  double sum = 0;
  for (const Cell& cell : cells) sum += cell.square;
  return sum;
}

}  // namespace ntkc::passes
