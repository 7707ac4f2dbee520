#include "passes/duals/jump_series.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "ntk/runtime/waves.hpp"

namespace ntkc::passes {
namespace {

namespace quadrature = ::ntk::quadrature;

constexpr int kMost = 40;  // jumps

struct Taylor {
  std::vector<double> coefficients;
  double most = 0;  // on the circle
};
// Values below the axis are the conjugates of those above.
Taylor taylor(const expr::Continued& f, double radius) {
  constexpr int kPlaces = 96;  // on the upper half of the circle
  static const std::array<double, 4 * kPlaces> cosines = [] {
    std::array<double, 4 * kPlaces> out;
    for (int i = 0; i < 4 * kPlaces; ++i) out[i] = std::cos(M_PI * i / (2 * kPlaces));
    return out;
  }();
  const auto cosine = [](int i) { return cosines[i % (4 * kPlaces)]; };  // of so many halves of the angle between places
  const auto sine = [&](int i) { return cosine(i + 3 * kPlaces); };
  std::vector<double> out(kMost);
  double most = 0;
  for (int i = 0; i < kPlaces; ++i) {
    const int halves = 2 * i + 1;
    const double x = radius * cosine(halves), y = radius * sine(halves);
    const auto value = f({{x, x}, {y, y}});
    if (!value) continue;
    const double re = 0.5 * (value->re.low + value->re.high), im = 0.5 * (value->im.low + value->im.high);
    most = std::max(most, std::hypot(re, im));
    for (int m = 0; m < kMost; ++m) out[m] += (re * cosine(m * halves) + im * sine(m * halves)) / kPlaces;
  }
  for (int m = 0; m < kMost; ++m) out[m] *= std::pow(radius, -m);
  return {out, most};
}
// Each coefficient from the circle that keeps most of its digits.
std::vector<double> taylor_within(const expr::Continued& f, double radius) {
  std::vector<double> out(kMost), least(kMost, INFINITY);
  for (const double share : {0.5, 0.3, 0.18, 0.108, 0.065, 0.039, 0.023, 0.014}) {
    const Taylor here = taylor(f, share * radius);
    for (int m = 0; m < kMost; ++m)
      if (const double lost = here.most * std::pow(share, -m); lost < least[m]) least[m] = lost, out[m] = here.coefficients[m];
  }
  return out;
}

}  // namespace

JumpSeries::JumpSeries(const Coefficients& f, double s, double k, double enough) {
  constexpr double kLargest = 16, kSmallest = 1e-2, kSmaller = 0.7;
  const auto& parts = f.parts();
  const auto add = [&](double radius, int sharpened) {
    const auto square = moment_near(parts, &SmoothPart::slope, s, radius, sharpened);
    if (square) balls_.push_back({radius / s, std::sqrt(*square)});
    return square.has_value();
  };
  double radius = kLargest;
  while (radius > kSmallest * s && !add(radius, 0)) radius *= kSmaller;
  if (balls_.empty()) return;
  jumps_.assign(kMost, 0.0);
  for (const double share : {0.7, 0.5, 0.35, 0.25, 0.17, 0.12}) add(share * radius, 0);
  if (left(k).second > enough) {
    constexpr int kSharpened = 12;
    if (radius < kLargest)  // a pole is near: as near to it as these steps tell
      for (const double step : {0.84, 0.915, 0.956, 0.978})
        if (add(radius / step, 0)) radius /= step;
    const double near[] = {0.99, 0.96, 0.92, 0.85, 0.7, 0.5}, far[] = {0.6, 0.42, 0.3, 0.21, 0.15, 0.1};
    for (const double share : radius < kLargest ? near : far) add(share * radius, kSharpened);
  }
  const auto right = std::ranges::find_if(parts, [](const SmoothPart& p) { return p.piece.x.low == 0; });
  if (f.breaks().empty()) return;
  if (right == parts.begin() || right == parts.end()) {
    jumps_.clear();
    return;
  }
  const auto above = taylor_within(right->slope, radius), below = taylor_within(std::prev(right)->slope, radius);
  double factor = 1;
  for (int m = 0; m < kMost; ++m) {
    jumps_[m] = factor * (above[m] - below[m]);
    factor *= s * (m + 1);
  }
}

std::pair<int, double> JumpSeries::left(double k) const {
  std::pair<int, double> best{0, INFINITY};
  for (const Ball& ball : balls_) {
    double bound = ball.root;
    for (int m = 1; m <= static_cast<int>(jumps_.size()); ++m) {
      bound *= m / (ball.radius * std::sqrt(k - m + 1));
      if (bound < best.second) best = {m, bound};
    }
  }
  return best;
}

double JumpSeries::operator()(int m, double k, bool odd, bool at_most) const {
  double product = quadrature::kDensity, total = 0, sign = odd ? 1 : -1;
  for (int i = 0; i < m; ++i) {
    product /= std::sqrt(k - i);
    if ((i % 2 == 0) != odd) continue;
    const double term = jumps_[i] * product * quadrature::hermite_at_zero(0.5 * (k - 1 - i));
    total += at_most ? std::abs(term) : sign * term, sign = -sign;
  }
  return total;
}

}  // namespace ntkc::passes
