// Second moments of an activation and its slope over a Gaussian, from below and above, of its rounding and of what lies far out.
#pragma once
#include "passes/duals/smooth_parts.hpp"

namespace ntkc::passes {

// Bounds for every s of a range.
struct Moments {
  double f_least = 0, slope_least = 0, f = 0, slope = 0, bend = 0;
  double f_off = 0, slope_off = 0;  // of the errors of values, density and weights of the rule
  double displaced = 0;             // of z phi'
};
struct Tails {          // beyond the last panel
  double f = 0;         // E[|f|]
  double f_square = 0;  // E[f^2]
  double slope = 0;     // E[phi'^2]
};

// Of |f| and |phi'| the least and the largest value over a cell of x, and the errors of values computed there.
struct Cell {
  expr::Interval x, f, slope;
  double bend, f_error, slope_error;
};

class GaussianBounds {
 public:
  explicit GaussianBounds(const std::vector<SmoothPart>& parts);
  std::vector<Cell> cells(double high) const;  // for s up to `high`
  // Of the panels of phi (order 0) or phi' (1). nullopt: too large, or not known.
  std::optional<Tails> tails(const Scales& s, const std::vector<Cell>& cells, std::size_t order = 1) const;

 private:
  expr::Interval sizes(expr::Interval x, std::size_t which) const;
  bool continued(const Scales& s, double side, double end, double least, std::size_t order) const;

  const std::vector<SmoothPart>& parts_;
  expr::Bounds right_, left_;  // of phi' / x^8 and phi / x^8
};

Moments moments(const std::vector<Cell>& cells, double low, double high);

}  // namespace ntkc::passes
