#include "activations/forms.hpp"

namespace ntkc::activations {

Num power(Num x, int n) {
  if (n == 0) return number(*x.b, 1);
  if (n == 1) return x;
  const Num half = power(x, n / 2);
  return n % 2 ? half * half * x : half * half;
}

Num sum_of_squares(const K& k) {
  const Num zero = number(*k.c.b, 0);
  return select(less(k.c, zero), (square(k.q1 - k.q2) + 4 * k.gram) / k.D, k.q1 + k.q2 + 2 * k.c);
}

}  // namespace ntkc::activations
