// a sin(b x + g): shared by sin, cos and rbf.
#pragma once
#include "activations/forms.hpp"

namespace ntkc::activations {

// With S1 = exp(-b^2 D / 2) and S2 = exp(-b^2 (q1 + q2 + 2c) / 2), E[sin bu sin bv] = (S1 - S2) / 2 and E[cos bu cos bv] = (S1 + S2) / 2.
struct Waves {
  Num sine, cosine;
  Waves(const K& k, Num rate);  // the difference without cancellation at small b^2 c
};

// Squared distances and Gram determinants of sin(b u) and cos(b u), from expm1 of D and of q1 + q2 + 2c and from |exp(-b^2 q1) - exp(-b^2
// q2)|.
struct WaveDistances {
  Num sine, cosine, sine_gram, cosine_gram;
  WaveDistances(const K& k, Num rate);
};

// Of a (along sin(b u) + across cos(b u)), whose parts are uncorrelated.
Value wave_distance(const K& k, Num a, Num rate, Num along, Num across);
Value wave_gram(const K& k, Num a, Num rate, const expr::Expr& along, const expr::Expr& across);

}  // namespace ntkc::activations
