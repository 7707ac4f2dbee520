// a sin(b x + g): shared by sin, cos and rbf.
#pragma once
#include "activations/forms.hpp"

namespace ntkc::activations {

// With S1 = exp(-b^2 D / 2) and S2 = exp(-b^2 (q1 + q2 + 2c) / 2), E[sin bu sin bv] = (S1 - S2) / 2 and E[cos bu cos bv] = (S1 + S2) / 2.
struct Waves {
  Num sine, cosine;
  Waves(const K& k, Num rate);  // the difference without cancellation at small b^2 c
};

}  // namespace ntkc::activations
