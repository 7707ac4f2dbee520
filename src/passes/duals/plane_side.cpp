#include "passes/duals/plane_side.hpp"

#include <algorithm>

namespace ntkc::passes {

using expr::Interval;

double Side::most(double x, Interval over, double height) const {
  const SmoothPart& part = *std::ranges::find_if(of_.parts(), [&](const SmoothPart& p) { return x <= p.piece.x.high; });
  return largest_on(part, f(), over, height, usual_).value_or(INFINITY);
}

double Side::most(Interval over) const {
  double out = 0;
  for (const SmoothPart& part : of_.parts()) {
    const Interval inside{std::max(over.low, part.piece.x.low), std::min(over.high, part.piece.x.high)};
    if (inside.low <= inside.high) out = std::max(out, largest_on(part, f(), inside, 0, usual_).value_or(INFINITY));
  }
  return out;
}

double Side::on_ellipses(Interval about, double reach, double height) const {
  constexpr int kColumns = 4;
  const double middle = 0.5 * (about.low + about.high), box = most(middle, {about.low - reach, about.high + reach}, height);
  if (box <= usual_) return box;
  double largest = most(middle, about, height);
  for (int i = 0; i < kColumns && std::isfinite(largest); ++i) {
    const double near = static_cast<double>(i) / kColumns, far = near + 1.0 / kColumns, high = height * std::sqrt(1 - near * near);
    largest = std::max(largest, most(middle, {about.low - far * reach, about.low - near * reach}, high));
    largest = std::max(largest, most(middle, {about.high + near * reach, about.high + far * reach}, high));
  }
  return std::min(box, largest);
}

double Side::to_break(Interval x) const {
  double least = INFINITY;
  for (const double b : breaks()) least = std::min(least, std::max({0.0, x.low - b, b - x.high}));
  return least;
}

double Side::gaps(double s) const {
  constexpr double kGap = 16 * 0x1p-53;
  double sum = 0;
  for (const double b : breaks())
    if (const double z = std::abs(b) / s; order_ == 1)
      sum += kGap * z * ::ntk::quadrature::kDensity * std::exp(-0.5 * z * z) * 2 * most({b, b});
  return sum;
}

std::optional<SideScale> side_scale(const Coefficients& f, double s) {
  const GaussianBounds gaussian(f.parts());
  const auto cells = gaussian.cells(s);
  const Moments m = moments(cells, s, s);
  const auto beyond = gaussian.tails({s, s, 2}, cells, 0), slope_beyond = gaussian.tails({s, s, 2}, cells, 1);
  if (!beyond || !slope_beyond || !(m.f_least > 0) || !(m.slope_least > 0)) return std::nullopt;
  SideScale out{s, {std::sqrt(m.f_least), std::sqrt(m.slope_least)}};
  const double off[] = {m.f_off, m.slope_off}, tail[] = {beyond->f_square, slope_beyond->slope}, next[] = {m.slope, m.bend};
  for (const int i : {0, 1}) {
    out.off[i] = std::sqrt(off[i]) / out.root[i], out.tail[i] = std::sqrt(tail[i]) / out.root[i];
    out.moved[i] = s * std::sqrt(next[i]) / out.root[i];
  }
  return out;
}

}  // namespace ntkc::passes
