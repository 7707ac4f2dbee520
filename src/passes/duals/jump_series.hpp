// Coefficients of phi' far out, from the jumps of its derivatives at 0 (a smooth function has none), and what these leave.
//
// Of g(z) = phi'(s z), integration by parts gives a_k = (the first m jumps) + E[g^(m) h_(k-m)] / sqrt(k ... (k-m+1)), the last of which are
// a vector no longer than the root of E[(g^(m))^2] over that root (Bessel); derivatives are bounded by Cauchy's estimate, jumps come from
// Taylor coefficients by sums over a circle.
#pragma once
#include <utility>
#include <vector>

#include "passes/duals/coefficients.hpp"

namespace ntkc::passes {

class JumpSeries {
 public:
  // Sharp bounds are looked for if others leave more than `enough` of the coefficients from k on.
  JumpSeries(const Coefficients& f, double s, double k, double enough);
  // How many jumps leave least, and what they leave of all coefficients from k on, as a vector.
  std::pair<int, double> left(double k) const;
  // The first m jumps at coefficient k, not a whole one perhaps, without the signs that waves have not; at_most: the sum of moduli.
  double operator()(int m, double k, bool odd, bool at_most = false) const;

 private:
  struct Ball {  // around all places of a part, over z, and the root of the mean square of what is largest there
    double radius, root;
  };
  std::vector<Ball> balls_;
  std::vector<double> jumps_;
};

}  // namespace ntkc::passes
