#include "passes/duals/modulus.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ntkc::passes {

using expr::Interval;

namespace {

double at_middle(const expr::Continued& f, Interval x, Interval y) {
  const double re = 0.5 * (x.low + x.high), im = 0.5 * (y.low + y.high);
  const auto value = f({{re, re}, {im, im}});
  return value ? value->most() : 0;
}

// f on both halves of a box, along its longer side.
template <class F>
auto halves(Interval x, Interval y, const F& f) {
  const bool across = x.high - x.low > y.high - y.low;
  const double middle = across ? 0.5 * (x.low + x.high) : 0.5 * (y.low + y.high);
  return std::pair(f(across ? Interval{x.low, middle} : x, across ? y : Interval{y.low, middle}),
                   f(across ? Interval{middle, x.high} : x, across ? y : Interval{middle, y.high}));
}

bool is_analytic(const expr::Continued& f, Interval x, Interval y, int depth) {
  if (f({x, y})) return true;
  if (depth == 0) return false;
  bool all = true;
  halves(x, y, [&](Interval u, Interval v) { return all = all && is_analytic(f, u, v, depth - 1); });
  return all;
}

// The largest |f| on a side of a box, halved until the bound is near the largest value seen.
double on_side(const expr::Continued& f, Interval x, Interval y, double usual, double& seen, int depth) {
  constexpr double kClose = 2;
  const auto value = f({x, y});
  const double most = value ? value->most() : INFINITY;
  const auto is_close = [&] { return std::isfinite(most) && most <= std::max(usual, kClose * seen); };
  if (depth == 0 || is_close()) return most;
  seen = std::max(seen, at_middle(f, x, y));
  if (is_close()) return most;
  const auto [a, b] = halves(x, y, [&](Interval u, Interval v) { return on_side(f, u, v, usual, seen, depth - 1); });
  return std::max(a, b);
}

}  // namespace

std::optional<double> largest_modulus(const expr::Continued& f, Interval x, double height, double usual) {
  constexpr int kDepth = 10, kSideDepth = 8;  // of halvings
  constexpr double kLoose = 30;
  const Interval y{0, height};
  const auto value = f({x, y});
  const double most = value ? value->most() : INFINITY;
  if (std::isfinite(most) && (most <= usual || most <= kLoose * at_middle(f, x, y))) return most;
  if (!value && !is_analytic(f, x, y, kDepth)) return std::nullopt;
  const double worth = value ? usual : 0;
  double seen = at_middle(f, x, y);  // no more than on the border
  double border = on_side(f, x, {height, height}, worth, seen, kSideDepth);
  if (height > 0)
    for (const double end : {x.low, x.high})
      border = std::max(border, on_side(f, {end, end}, y, std::max(worth, border), seen, kSideDepth));
  const double least = std::min(most, border);
  return std::isfinite(least) ? std::optional(least) : std::nullopt;
}

}  // namespace ntkc::passes
