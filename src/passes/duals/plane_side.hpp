// One of the two functions of an integral over the plane, phi or phi', and bounds of it on ellipses.
#pragma once
#include <cmath>

#include "passes/duals/coefficients.hpp"

namespace ntkc::passes {

// Half-width and height of the Bernstein ellipse of parameter r about [-1, 1], and what Gauss-Legendre is off by there, relative to the
// half-width and the modulus (Trefethen 2008, theorem 4.5).
inline double across(double r) { return 0.5 * (r + 1 / r); }
inline double upward(double r) { return 0.5 * (r - 1 / r); }
inline double legendre(double r) { return 64.0 / 15 * std::pow(r, -2.0 * ::ntk::quadrature::kNodes) / (1 - 1 / (r * r)); }

class Side {
 public:
  // usual: bounds below it need not be sharp.
  Side(const Coefficients& function, std::size_t order, double usual) : of_(function), order_(order), usual_(usual) {}
  std::size_t order() const { return order_; }
  double usual() const { return usual_; }
  const Callable& values() const { return order_ == 0 ? of_.f() : of_.slope(); }
  const std::vector<double>& breaks() const { return of_.breaks(); }

  // The largest value of the part that holds at x, continued, over a strip; that over real x. Infinite: not known.
  double most(double x, expr::Interval over, double height) const;
  double most(expr::Interval over) const;
  // On all ellipses of this half-width and height about points of an interval: over a box or, where that is large, columns.
  double on_ellipses(expr::Interval about, double reach, double height) const;
  double to_break(expr::Interval x) const;
  // What rounded places of kinks leave: jumps of phi' over some units.
  double gaps(double s) const;

 private:
  expr::Continued SmoothPart::*f() const { return order_ == 0 ? &SmoothPart::f : &SmoothPart::slope; }
  const Coefficients& of_;
  std::size_t order_;
  double usual_;
};

// What is known of both orders at one variance: roots of moments and, relative to them, rounding, tails and what moved arguments do.
struct SideScale {
  double s = 0, root[2] = {0, 0}, off[2] = {0, 0}, tail[2] = {0, 0}, moved[2] = {0, 0};
};
std::optional<SideScale> side_scale(const Coefficients& f, double s);

}  // namespace ntkc::passes
