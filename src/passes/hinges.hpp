// Expectations of piecewise linear functions of Gaussians as IR.
//
// A function is anchored at 0 and its hinges face outward, f(x) = offset + slope x + sum of weight max(side x - distance, 0), distance >=
// 0, so that at small variances the hinges vanish instead of cancelling. At large ones, where all kinks are within a deviation of 0, what
// hinges at 0 would give is taken off and cancels by itself: so nothing of the size of the variance is left of a function that is bounded.
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
  Num offset, slope, turn;  // turn: the sum of weights, by which the slope at infinity exceeds that at minus infinity
  std::vector<OutwardHinge> hinges;
  Outward(ir::Builder& b, const expr::PiecewiseLinear& f);
};

// Of a standard normal, what it is for h = 0, taken off where h is small, and the rest: P(z > h), and E[max(z - h, 0)] + half h.
struct Tail {
  Num half, rest, hinge;  // half: 1/2 or 0; the hinge's own value at 0 is taken off, too
  explicit Tail(Num h);
};

// f(u), u ~ N(0, q).
struct HingeSide {
  const Outward& f;
  Num s;                   // the root of q, not 0
  std::vector<Num> at;     // distance / s
  std::vector<Tail> tail;  // of each
  HingeSide(const Outward& f, Num q);
  Num mean() const;   // E[f(u)]
  Num slope() const;  // E[f'(u)]
};

Num hinge_dual(const HingeSide& u, const HingeSide& v, const K& k);        // E[f(u) g(v)]
Num hinge_slope_dual(const HingeSide& u, const HingeSide& v, const K& k);  // E[f'(u) g'(v)]
Num hinge_distance(const HingeSide& u, const HingeSide& v, const K& k);    // E[(f(u) - f(v))^2], near-duplicates to the digits of D

}  // namespace ntkc::passes
