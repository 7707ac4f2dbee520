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

Value wave_distance(const K& k, Num a, Num rate, Num along, Num across) {
  const WaveDistances d(k, rate);
  return (a * a * (along * along * d.sine + across * across * d.cosine)).v;
}

Value wave_gram(const K& k, Num a, Num rate, const expr::Expr& along, const expr::Expr& across) {
  ir::Builder& b = *a.b;
  const WaveDistances d(k, rate);
  if (across == expr::Expr(0)) return (power(a * exact(b, along), 4) * d.sine_gram).v;
  if (along == expr::Expr(0)) return (power(a * exact(b, across), 4) * d.cosine_gram).v;
  const Num along2 = square(exact(b, along)), across2 = square(exact(b, across));
  const auto moment = [&](Num q) {
    const Num m = expm1(-(2 * rate * rate * q));
    return a * a * (across2 * (2 + m) - along2 * m) / 2;
  };
  return gram_from_distance(moment(k.q1), moment(k.q2), ir::num(b, wave_distance(k, a, rate, exact(b, along), exact(b, across)))).v;
}

}  // namespace ntkc::activations
