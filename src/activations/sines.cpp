#include "activations/sines.hpp"

#include "activations/differences.hpp"

namespace ntkc::activations {
namespace {

Num difference(const K& k, Num square_rate, Num s1, Num s2) {
  const Num twice = 2 * square_rate * k.c, zero = number(*k.c.b, 0);
  return select(less(k.c, zero), s2 * expm1(twice), -(s1 * expm1(-twice)));
}

struct Exponentials {
  Num square_rate, s1, s2;
  Exponentials(const K& k, Num rate)
      : square_rate(rate * rate), s1(exp(-(square_rate * k.D / 2))), s2(exp(-(square_rate * sum_of_squares(k) / 2))) {}
};

Num sine_of(const K& k, const Exponentials& e) { return difference(k, e.square_rate, e.s1, e.s2) / 2; }

}  // namespace

Waves::Waves(const K& k, Num rate)
    : sine(sine_of(k, Exponentials(k, rate))), cosine([&] {
        const Exponentials e(k, rate);
        return (e.s1 + e.s2) / 2;
      }()) {}

WaveDistances::WaveDistances(const K& k, Num rate) : sine(k.c), cosine(k.c), sine_gram(k.c), cosine_gram(k.c) {
  const Num r = rate * rate, total = sum_of_squares(k), least = apply(Function::min, k.q1, k.q2);
  const Num gap = square(exp(-(r * least)) * expm1(-(r * variance_gap(k))));
  const Num near = expm1(-(r * k.D / 2)), far = expm1(-(r * total / 2));
  sine = -(near * (2 + far)) - gap / 2;
  cosine = near * far + gap / 2;
  const Num product = expm1(-(r * k.D)) * expm1(-(r * total));
  sine_gram = positive_part((product - gap) / 4);
  cosine_gram = (product + gap) / 4;
}

Form wave_dual(ir::Builder& b, const Wave& wave, const ir::Builder::Covariance& covariance, int i, int j) {
  const Num a = exact(b, wave.a), rate = exact(b, wave.b), along = exact(b, wave.along), across = exact(b, wave.across);
  const Waves e(K(b, covariance), rate);
  if (i == 0 && j == 0) return (a * a * (along * along * e.sine + across * across * e.cosine)).v;
  if (i == 1 && j == 1) return (a * a * rate * rate * (along * along * e.cosine + across * across * e.sine)).v;
  return std::nullopt;
}

Form wave_mean(ir::Builder& b, const Wave& wave, Value q, int order) {
  const Num a = exact(b, wave.a), rate = exact(b, wave.b), damping = exp(-(rate * rate * ir::num(b, q) / 2));
  if (order == 0) return (a * exact(b, wave.across) * damping).v;
  if (order == 1) return (a * rate * exact(b, wave.along) * damping).v;
  return std::nullopt;
}

Form wave_distance(ir::Builder& b, const Wave& wave, const ir::Builder::Covariance& covariance) {
  const Num a = exact(b, wave.a), along = exact(b, wave.along), across = exact(b, wave.across);
  const WaveDistances d(K(b, covariance), exact(b, wave.b));
  return (a * a * (along * along * d.sine + across * across * d.cosine)).v;
}

Form wave_gram(ir::Builder& b, const Wave& wave, const ir::Builder::Covariance& covariance) {
  const K k(b, covariance);
  const Num a = exact(b, wave.a), rate = exact(b, wave.b), along = exact(b, wave.along), across = exact(b, wave.across);
  const WaveDistances d(k, rate);
  if (wave.across == expr::Expr(0)) return (power(a * along, 4) * d.sine_gram).v;
  if (wave.along == expr::Expr(0)) return (power(a * across, 4) * d.cosine_gram).v;
  const auto moment = [&](Num q) {
    const Num m = expm1(-(2 * rate * rate * q));
    return a * a * (square(across) * (2 + m) - square(along) * m) / 2;
  };
  return gram_from_distance(moment(k.q1), moment(k.q2), ir::num(b, *wave_distance(b, wave, covariance))).v;
}

}  // namespace ntkc::activations
