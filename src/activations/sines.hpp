// a sin(b x + c) and a cos(b x + c) by their parts along sin(b x) and cos(b x).
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

// What phi = a (along sin(b x) + across cos(b x)) is made of; the two parts are uncorrelated.
struct Wave {
  expr::Expr a, b, along, across;
};
Form wave_dual(ir::Builder& b, const Wave& wave, const ir::Builder::Covariance& covariance, int i, int j);
Form wave_mean(ir::Builder& b, const Wave& wave, Value q, int order);
Form wave_distance(ir::Builder& b, const Wave& wave, const ir::Builder::Covariance& covariance);
Form wave_gram(ir::Builder& b, const Wave& wave, const ir::Builder::Covariance& covariance);

// The closed forms of a function with the arguments (a, b, c).
template <Wave (*wave)(const graph::Args&)>
Closed wave_forms() {
  return {
      .dual = [](ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& k, int i,
                 int j) { return wave_dual(b, wave(args), k, i, j); },
      .mean = [](ir::Builder& b, const graph::Args& args, Value q, int order) { return wave_mean(b, wave(args), q, order); },
      .distance = [](ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& k) { return wave_distance(b, wave(args), k); },
      .gram = [](ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& k) { return wave_gram(b, wave(args), k); }};
}

}  // namespace ntkc::activations
