#include "activations/sines.hpp"

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

}  // namespace ntkc::activations
