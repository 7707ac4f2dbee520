#include "passes/hinges.hpp"

#include "activations/differences.hpp"

namespace ntkc::passes {
namespace {

using activations::less;
using activations::number;
using activations::select;
using activations::square;
using expr::Function;
using ir::apply;

Num above(Num h) { return apply(Function::norm_cdf, -h); }                     // P(z > h)
Num hinge_mean(Num h) { return apply(Function::norm_pdf, h) - h * above(h); }  // E[max(z - h, 0)]
Num most(Num a, Num b) { return apply(Function::max, a, b); }
Num least(Num a, Num b) { return apply(Function::min, a, b); }
Num normal(Function f, Num h, Num k, Num c, Num gram) { return {h.b, h.b->call(f, {h.v, k.v, c.v, gram.v})}; }
bool is_zero(Num x) { return x.b->is_constant(x.v, 0); }
Num sum(ir::Builder& b, const auto& range, auto term) {
  Num total = number(b, 0);
  for (std::size_t i = 0; i < range.size(); ++i) total = total + term(i);
  return total;
}

// P(U > h, V > k) of covariance side c; at the origin (Sheppard 1899) an angle.
Num orthant(Num h, Num k, Num side, const K& x) {
  const Num c = side * x.c;
  if (is_zero(h) && is_zero(k)) return apply(Function::angle, x.gram, -c) / (2 * ir::pi(*h.b));
  return normal(Function::normal_orthant, h, k, c, x.gram);
}
// E[(U - h)+ (V - k)+] of covariance side c; at the origin (Cho & Saul 2009) (sin t - t cos t) / 2 pi, t the angle from -1.
Num hinges(Num h, Num k, Num side, const K& x) {
  const Num c = side * x.c;
  if (is_zero(h) && is_zero(k)) return apply(Function::sin_minus_x_cos, apply(Function::angle, x.gram, -c)) / (2 * ir::pi(*h.b));
  return normal(Function::normal_hinges, h, k, c, x.gram);
}

// 1 for hinges of one side, else 0.
Num same_side(const OutwardHinge& a, const OutwardHinge& b) { return 0.5 * (1 + a.side * b.side); }

// E[f'(u)^2]
Num square_slope(const HingeSide& u) {
  ir::Builder& b = *u.s.b;
  const auto& hinges = u.f.hinges;
  return square(u.f.slope) + sum(b, hinges, [&](std::size_t i) {
           const Num crossed = sum(b, hinges, [&](std::size_t j) {
             return same_side(hinges[i], hinges[j]) * hinges[j].weight * above(most(u.at[i], u.at[j]));
           });
           return hinges[i].weight * (2 * u.f.slope * hinges[i].side * above(u.at[i]) + crossed);
         });
}

// |P(z > x / s1) - P(z > x / s2)|: for small steps by Taylor's series at the middle. The term left out is (step middle)^6 / 322560.
Num above_gap(Num x, const HingeSide& u, const HingeSide& v, Num root_gap) {
  const Num h = x / u.s, k = x / v.s, step = x * root_gap / (u.s * v.s), t = square(step);
  const Num middle = least(0.5 * (h + k), number(*x.b, 50)), m = square(middle);
  const Num series = apply(Function::norm_pdf, middle) * step * (1 + t * ((m - 1) / 24 + t * (m * m - 6 * m + 3) / 1920));
  return select(less(t * (1 + m), number(*x.b, 1e-4)), series, apply(Function::abs, above(h) - above(k)));
}

// (q1 - q2) (E[f'(u)^2] - E[f'(v)^2]), term by term.
Num slope_gap(const HingeSide& u, const HingeSide& v, const K& k) {
  ir::Builder& b = *u.s.b;
  const auto& hinges = u.f.hinges;
  const Num root_gap = sqrt(activations::square_norm_gap(k)), gap = root_gap * (u.s + v.s);
  return gap * sum(b, hinges, [&](std::size_t i) {
           const Num crossed = sum(b, hinges, [&](std::size_t j) {
             const Num far = most(hinges[i].distance, hinges[j].distance);
             return same_side(hinges[i], hinges[j]) * hinges[j].weight * above_gap(far, u, v, root_gap);
           });
           return hinges[i].weight * (2 * u.f.slope * hinges[i].side * above_gap(hinges[i].distance, u, v, root_gap) + crossed);
         });
}

}  // namespace

Outward::Outward(ir::Builder& b, const expr::PiecewiseLinear& f)
    : offset(activations::exact(b, f.offset)), slope(activations::exact(b, f.slope)) {
  const Num zero = number(b, 0), one = number(b, 1);
  for (const expr::Hinge& h : f.hinges) {
    const Num place = activations::exact(b, h.place), weight = activations::exact(b, h.weight), left = less(place, zero);
    offset = offset - select(left, weight * place, zero);
    slope = slope + select(left, weight, zero);
    hinges.push_back({weight, select(left, -one, one), apply(Function::abs, place)});
  }
}

// Of no variance nothing is left: 1e-300 keeps quotients finite.
HingeSide::HingeSide(const Outward& form, Num q) : f(form), s(sqrt(most(q, number(*q.b, 1e-300)))) {
  for (const OutwardHinge& h : f.hinges) at.push_back(h.distance / s);
}

Num HingeSide::mean() const {
  return f.offset + s * sum(*s.b, at, [&](std::size_t i) { return f.hinges[i].weight * hinge_mean(at[i]); });
}

Num HingeSide::slope() const {
  return f.slope + sum(*s.b, at, [&](std::size_t i) { return f.hinges[i].weight * f.hinges[i].side * above(at[i]); });
}

Num hinge_dual(const HingeSide& u, const HingeSide& v, const K& k) {
  const Num straight =
      u.f.offset * v.mean() + (u.mean() - u.f.offset) * v.f.offset + k.c * (u.f.slope * v.slope() + (u.slope() - u.f.slope) * v.f.slope);
  return straight + u.s * v.s * sum(*u.s.b, u.at, [&](std::size_t i) {
                      const OutwardHinge& left = u.f.hinges[i];
                      return left.weight * sum(*u.s.b, v.at, [&](std::size_t j) {
                               const OutwardHinge& right = v.f.hinges[j];
                               return right.weight * hinges(u.at[i], v.at[j], left.side * right.side, k);
                             });
                    });
}

Num hinge_slope_dual(const HingeSide& u, const HingeSide& v, const K& k) {
  return u.f.slope * v.slope() + (u.slope() - u.f.slope) * v.f.slope + sum(*u.s.b, u.at, [&](std::size_t i) {
           const OutwardHinge& left = u.f.hinges[i];
           return left.weight * sum(*u.s.b, v.at, [&](std::size_t j) {
                    const OutwardHinge& right = v.f.hinges[j];
                    const Num side = left.side * right.side;
                    return side * right.weight * orthant(u.at[i], v.at[j], side, k);
                  });
         });
}

// f(u) - f(v) is the integral of f' from v to u. With X_j the part of [v, u] in piece j, of slope b_j,
//   (sum of b_j X_j)^2 = (u - v) sum of b_j^2 X_j - 1/2 sum of (b_i - b_j)^2 X_i X_j;
// Stein's lemma gives the first, (q1 - c) E[f'(u)^2] + (q2 - c) E[f'(v)^2]; summed by parts, the second is that of w_i w_j times the
// expectation of what of [v, u] lies below the lower kink times what lies above the upper one, of the order of D^(3/2).
Num hinge_distance(const HingeSide& u, const HingeSide& v, const K& k) {
  ir::Builder& b = *u.s.b;
  const Num crossed = sum(b, u.at, [&](std::size_t i) {
    const OutwardHinge& one = u.f.hinges[i];
    return one.weight * sum(b, u.at, [&](std::size_t j) {
             const OutwardHinge& two = u.f.hinges[j];
             const Num far = most(one.distance, two.distance), near = -(one.side * two.side) * least(one.distance, two.distance);
             const Num against = number(b, -1);
             return two.weight * (hinges(far / u.s, near / v.s, against, k) + hinges(far / v.s, near / u.s, against, k));
           });
  });
  return 0.5 * (k.D * (square_slope(u) + square_slope(v)) + slope_gap(u, v, k)) - u.s * v.s * crossed;
}

}  // namespace ntkc::passes
