// An activation as parts on which it is analytic, ready for bounds, and its quadrature over them.
#pragma once
#include <vector>

#include "expr/box.hpp"
#include "expr/pieces.hpp"
#include "expr/rounding.hpp"

namespace ntkc::passes {

struct SmoothPart {
  expr::AnalyticPiece piece;
  expr::Expr slope_form;
  expr::Continued f, slope;
  expr::Bounds values;  // of f, its slope and its bend (second derivative)
  expr::Rounding f_rounding, slope_rounding;
};
// nullopt: not known to be continuous and analytic between its breaks.
std::optional<std::vector<SmoothPart>> smooth_parts(const expr::Expr& phi);
// The same of a function that may jump, whose series is made from itself as that of others is from their slopes: it stands for its own.
struct Parts {
  std::vector<SmoothPart> parts;
  bool jumps;
};
std::optional<Parts> parts_of(const expr::Expr& phi);

// Standard deviations from `low` to `high`, and the widest panel over z = x / s.
struct Scales {
  double low, high, widest;
};

// What Gauss-Legendre quadrature of f(s z) h_k(z) density(z) may be off for every s, however its panels lie, if they end at kinks:
// to the coefficient of degree k it adds at most factor exp(sqrt(k) height).
struct QuadratureError {
  double factor = 0, height = 0;
  double square = 0;  // to the second moment
};
// One for each ellipse on which f is known to be analytic; empty if there is none.
std::vector<QuadratureError> quadrature_errors(const std::vector<SmoothPart>& parts, expr::Continued SmoothPart::*f, const Scales& s);

// The same on these panels over z, for one s: to any coefficient up to that degree, and to the second moment. nullopt: not known to be
// analytic around a panel.
struct PanelError {
  double coefficient = 0, square = 0;
};
std::optional<PanelError> panel_errors(const std::vector<SmoothPart>& parts, expr::Continued SmoothPart::*f, double s,
                                       const std::vector<std::pair<double, double>>& panels, double degree);

// The largest |f| of a part, continued, over x + iy, |y| <= height, sharpened where it is above `usual`. nullopt: not known to be analytic
// there.
std::optional<double> largest_on(const SmoothPart& part, expr::Continued SmoothPart::*f, expr::Interval x, double height,
                                 double usual = std::numeric_limits<double>::infinity());

// The mean over x ~ N(0, s^2) of the square of the largest |f| within `radius` of x, in every part continued; so
// many cells of x are sharpened. nullopt: not analytic there.
std::optional<double> moment_near(const std::vector<SmoothPart>& parts, expr::Continued SmoothPart::*f, double s, double radius,
                                  int sharpened);

}  // namespace ntkc::passes
