#include "passes/duals/moments.hpp"

#include <algorithm>
#include <cmath>

#include "ntk/runtime/panels.hpp"

namespace ntkc::passes {
namespace {

using expr::Interval;

constexpr double kUnit = 0x1p-53;
constexpr double kRule = 2 * kUnit;  // the weights of the rule, tests/duals
constexpr double kLast = 14;         // in z: cells end there
constexpr double kNear = 0.7;

double bell(double z) { return 0.39894228040143268 * std::exp(-0.5 * z * z); }
double mass_between(double a, double b) { return std::abs(0.5 * (std::erf(b / M_SQRT2) - std::erf(a / M_SQRT2))); }
double mass_beyond(double z) { return 0.5 * std::erfc(z / M_SQRT2); }
double square(double x) { return x * x; }
Interval sizes_of(Interval x) { return {x.least(), x.most()}; }

// phi' and phi, over x^8, to the left or right of |x|.
expr::Bounds far(const SmoothPart& part, bool left) {
  const expr::Expr x = expr::Expr::variable(), there = left ? -x : x;
  const auto of = [&](const expr::Expr& e) { return expr::simplify(expr::substitute(e, there)) * expr::pow(x, -8); };
  return expr::Bounds({of(part.slope_form), of(part.piece.f)});
}

// Halved where the least and the largest slope are far apart.
void add_cells(const SmoothPart& part, Interval x, int depth, std::vector<Cell>& out) {
  const auto values = part.values(x);
  const Interval slope = sizes_of(values[1].value);
  if (const double middle = 0.5 * (x.low + x.high); depth > 0 && slope.low < kNear * slope.high) {
    add_cells(part, {x.low, middle}, depth - 1, out);
    return add_cells(part, {middle, x.high}, depth - 1, out);
  }
  const double off = 4 * kUnit * x.most();  // of s z, and of the node
  out.push_back(
      {x, sizes_of(values[0].value), slope, values[2].value.most(), part.f_rounding(x, off).error, part.slope_rounding(x, off).error});
}

}  // namespace

GaussianBounds::GaussianBounds(const std::vector<SmoothPart>& parts)
    : parts_(parts), right_(far(parts.back(), false)), left_(far(parts.front(), true)) {}

std::vector<Cell> GaussianBounds::cells(double high) const {
  std::vector<double> edges;
  double z = -kLast;
  while (z <= kLast) {
    edges.push_back(z * high);
    z += z >= -6 && z < 6 ? 0.125 : 1;
  }
  std::vector<Cell> out;
  for (const SmoothPart& part : parts_) {
    double low = std::max(edges.front(), part.piece.x.low);
    std::vector<double> own = edges;
    constexpr int kShares = 8;  // of a narrow piece
    if (const double width = part.piece.x.high - part.piece.x.low; width < high)
      for (int i = 1; i <= kShares; ++i) own.push_back(part.piece.x.low + width * i / kShares);
    std::sort(own.begin(), own.end());
    for (const double edge : own) {
      const double end = std::min(edge, part.piece.x.high);
      if (!(low < end)) continue;
      add_cells(part, {low, end}, 3, out);
      low = end;
    }
  }
  return out;
}

Moments moments(const std::vector<Cell>& cells, double low, double high) {
  Moments m;
  for (const Cell& c : cells) {
    const double near = c.x.least() / high, far = c.x.most() / low;
    // The mass of a cell has one maximum over s, so that it is least at an end.
    const double most = (c.x.high - c.x.low) / low * bell(near);
    const double least = std::min(mass_between(c.x.low / low, c.x.high / low), mass_between(c.x.low / high, c.x.high / high));
    m.f_least += least * square(c.f.low), m.slope_least += least * square(c.slope.low);
    m.f += most * square(c.f.high), m.slope += most * square(c.slope.high), m.bend += most * square(c.bend);
    m.displaced += most * square(far * c.slope.high);
    const double weights = kRule + kUnit * (8 + far * far);  // exp(-z^2/2) is wrong by z^2 units
    m.f_off += most * square(c.f_error + weights * c.f.high);
    m.slope_off += most * square(c.slope_error + weights * c.slope.high);
  }
  return m;
}

// The least and the largest |phi| (which = 0) or |phi'| (1) over x.
Interval GaussianBounds::sizes(Interval x, std::size_t which) const {
  Interval out{INFINITY, 0};
  for (const SmoothPart& part : parts_) {
    const Interval inside{std::max(x.low, part.piece.x.low), std::min(x.high, part.piece.x.high)};
    if (!(inside.low <= inside.high)) continue;
    const Interval size = sizes_of(part.values(inside)[which].value);
    out = {std::min(out.low, size.low), std::max(out.high, size.high)};
  }
  return out;
}

// Panels end at 9 or further out, as long as |phi'| (or |phi|) exp(-z^2/4) is more than 1e-17 of its largest value at some node of the next
// two units (ntk/runtime/panels.hpp). For every s one of these nodes shows it.
bool GaussianBounds::continued(const Scales& s, double side, double end, double least, std::size_t order) const {
  constexpr int kParts = 16;
  for (int i = 0; i < kParts; ++i) {
    const double from = s.low + (s.high - s.low) * i / kParts, to = s.low + (s.high - s.low) * (i + 1) / kParts;
    bool seen = false;
    for (std::size_t pack = 0; pack < ::ntk::quadrature::kPacks && !seen; ++pack) {
      const double z = end + 1 + ::ntk::quadrature::rule().node[pack][0];
      const Interval x = side > 0 ? Interval{from * z, to * z} : Interval{-to * z, -from * z};
      seen = sizes(x, order).low * std::exp(-0.25 * z * z) > least;
    }
    if (!seen) return false;
  }
  return true;
}

std::optional<Tails> GaussianBounds::tails(const Scales& s, const std::vector<Cell>& cells, std::size_t order) const {
  double scale = 0;
  for (const Cell& c : cells) scale = std::max(scale, (order == 1 ? c.slope : c.f).high * std::exp(-0.25 * square(c.x.least() / s.high)));
  Tails out;
  for (const double side : {-1.0, 1.0}) {
    double end = 9;
    while (end < kLast - 1 && continued(s, side, end, 1.01e-17 * scale, order)) end += 2;
    double low = end * s.low, f = 0;
    for (const SmoothPart& part : parts_)  // panels reach these kinks, whatever s
      if (const double kink = side * part.piece.x.low; part.piece.kink_low && kink < ::ntk::quadrature::kCovered * s.low)
        low = std::max(low, std::nextafter(kink, expr::kInfinity));
    const auto add = [&](double high) {  // x from low to high, at z from low / s.high or `end` on
      const Interval x = side > 0 ? Interval{low, high} : Interval{-high, -low};
      const double weight = mass_beyond(std::max(end, low / s.high));
      out.slope += square(sizes(x, 1).high) * weight, f += square(sizes(x, 0).high) * weight;
      low = high;
    };
    while (low < 60 * s.low) add(low + (low < 20 * s.low ? 0.5 : 10) * s.low);
    if (low < 1) add(1);
    const auto far = (side > 0 ? right_ : left_)({low, expr::kInfinity});
    if (!std::isfinite(far[0].value.most()) || !std::isfinite(far[1].value.most())) return std::nullopt;
    constexpr double kNothing = 1e-280;  // at z > 40, for s < 1e3, (s z)^16 exp(-z^2/2) is below it
    out.slope += kNothing * square(far[0].value.most()), f += kNothing * square(far[1].value.most());
    out.f += std::sqrt(f * mass_beyond(end)), out.f_square += f;
  }
  return std::isfinite(out.slope) && std::isfinite(out.f) ? std::optional(out) : std::nullopt;
}

}  // namespace ntkc::passes
