// Expectations of piecewise linear functions of Gaussians as IR.
//
// A function is anchored at 0 and its hinges face outward, f(x) = offset + slope x + sum of weight max(side x - distance, 0), distance >=
// 0, so that at small variances the hinges vanish instead of cancelling.
#pragma once
#include "activations/forms.hpp"
#include "expr/piecewise.hpp"

namespace ntkc::passes {

using activations::K;
using ir::Num;

struct OutwardHinge {
  Num weight, side, distance;  // side: 1 or -1
};
struct Outward {
  Num offset, slope;
  std::vector<OutwardHinge> hinges;
  Outward(ir::Builder& b, const expr::PiecewiseLinear& f);
};

// f(u), u ~ N(0, q).
struct HingeSide {
  const Outward& f;
  Num s;                // the root of q, not 0
  std::vector<Num> at;  // distance / s
  HingeSide(const Outward& f, Num q);
  Num mean() const;   // E[f(u)]
  Num slope() const;  // E[f'(u)]
};

Num hinge_dual(const HingeSide& u, const HingeSide& v, const K& k);        // E[f(u) g(v)]
Num hinge_slope_dual(const HingeSide& u, const HingeSide& v, const K& k);  // E[f'(u) g'(v)]
Num hinge_distance(const HingeSide& u, const HingeSide& v, const K& k);    // E[(f(u) - f(v))^2], near-duplicates to the digits of D

}  // namespace ntkc::passes
