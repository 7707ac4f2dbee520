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

Num above(Num h) { return apply(Function::norm_cdf, -h); }  // P(z > h)
Num most(Num a, Num b) { return apply(Function::max, a, b); }
Num least(Num a, Num b) { return apply(Function::min, a, b); }
Num normal(Function f, Num h, Num k, Num c, Num gram) { return {h.b, h.b->call(f, {h.v, k.v, c.v, gram.v})}; }
bool is_zero(Num x) { return x.b->is_constant(x.v, 0); }
bool is_known(Num x) { return x.b->node(x.v).op == ir::Op::constant; }
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
  const auto& hinges = u.f.hinges;
  Num halves = square(u.f.slope), rest = number(*u.s.b, 0);
  const auto add = [&](Num weight, const Tail& tail) { halves = halves + weight * tail.half, rest = rest + weight * tail.rest; };
  for (std::size_t i = 0; i < hinges.size(); ++i) {
    add(2 * u.f.slope * hinges[i].side * hinges[i].weight, u.tail[i]);
    for (std::size_t j = 0; j < hinges.size(); ++j)
      add(same_side(hinges[i], hinges[j]) * hinges[i].weight * hinges[j].weight, i == j ? u.tail[i] : Tail(most(u.at[i], u.at[j])));
  }
  return halves + rest;
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
    : offset(activations::exact(b, f.offset)), slope(activations::exact(b, f.slope)), turn(number(b, 0)) {
  const Num zero = number(b, 0), one = number(b, 1);
  for (const expr::Hinge& h : f.hinges) {
    const Num place = activations::exact(b, h.place), weight = activations::exact(b, h.weight), left = less(place, zero);
    offset = offset - select(left, weight * place, zero);
    slope = slope + select(left, weight, zero);
    turn = turn + weight;
    hinges.push_back({weight, select(left, -one, one), apply(Function::abs, place)});
  }
}

// Both by expm1 and erf, whose terms are of the order of h^2 and h, for h < 1.
Tail::Tail(Num h) : half(h), rest(h), hinge(h) {
  ir::Builder& b = *h.b;
  const Num near = less(h, number(b, 1)), zero = number(b, 0), within = 0.5 * apply(Function::erf, h * sqrt(number(b, 0.5)));
  const Num density = apply(Function::norm_pdf, h), at_zero = apply(Function::norm_pdf, zero);
  half = select(near, number(b, 0.5), zero);
  rest = select(near, -within, above(h));
  hinge = select(near, at_zero * apply(Function::expm1, -0.5 * square(h)) + h * within, density - h * above(h));
}

// Of no variance nothing is left: 1e-300 keeps quotients finite.
HingeSide::HingeSide(const Outward& form, Num q) : f(form), s(sqrt(most(q, number(*q.b, 1e-300)))) {
  for (const OutwardHinge& h : f.hinges) at.push_back(h.distance / s), tail.emplace_back(at.back());
}

Num HingeSide::mean() const {
  Num level = f.offset, halves = number(*s.b, 0), rest = halves;
  for (std::size_t i = 0; i < at.size(); ++i) {
    const OutwardHinge& h = f.hinges[i];
    level = level - h.weight * tail[i].half * h.distance;
    halves = halves + h.weight * tail[i].half, rest = rest + h.weight * tail[i].hinge;
  }
  return level + s * (2 * apply(Function::norm_pdf, number(*s.b, 0)) * halves + rest);
}

Num HingeSide::slope() const {
  Num halves = f.slope, rest = number(*s.b, 0);
  for (std::size_t i = 0; i < at.size(); ++i) {
    const Num weight = f.hinges[i].weight * f.hinges[i].side;
    halves = halves + weight * tail[i].half, rest = rest + weight * tail[i].rest;
  }
  return halves + rest;
}

namespace {

// A hinge as the second order sees it; from: 1 where it is counted from a hinge at 0, all of which together are the turn.
struct Bend {
  Num weight, side, at, from;
};
std::vector<Bend> bends(const HingeSide& u) {
  const Num zero = number(*u.s.b, 0), one = number(*u.s.b, 1);
  Num far = zero;
  for (const Num h : u.at) far = most(far, h);
  const Num from = select(less(far, one), one, zero);
  std::vector<Bend> out;
  for (std::size_t i = 0; i < u.at.size(); ++i) out.push_back({u.f.hinges[i].weight, u.f.hinges[i].side, u.at[i], from});
  if (!is_zero(u.f.turn)) out.push_back({from * u.f.turn, one, zero, zero});
  return out;
}

// Two functions that turn have kernels of the size of the variances, beside which nothing of hinges is lost.
bool turn(const HingeSide& u, const HingeSide& v) {
  return is_known(u.f.turn) && is_known(v.f.turn) && !is_zero(u.f.turn) && !is_zero(v.f.turn);
}

Num dual_of_hinges(const HingeSide& u, const HingeSide& v, const K& k) {
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

}  // namespace

Num hinge_dual(const HingeSide& u, const HingeSide& v, const K& k) {
  if (turn(u, v)) return dual_of_hinges(u, v, k);
  const auto left = bends(u), right = bends(v);
  ir::Builder& b = *u.s.b;
  const Num second = sum(b, left, [&](std::size_t i) {
    const Bend& x = left[i];
    return x.weight * sum(b, right, [&](std::size_t j) {
             const Bend& y = right[j];
             const Num c = x.side * y.side * k.c;
             return y.weight * Num{&b, b.call(Function::normal_bends, {x.at.v, y.at.v, c.v, k.gram.v, x.from.v, y.from.v})};
           });
  });
  return u.mean() * v.mean() + k.c * (u.slope() * v.slope()) + u.s * v.s * second;
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
// expectation of what of [v, u] lies below the lower kink times what lies above the upper one, of the order of D^(3/2). Where a function is
// bounded and u and v are far from each other, the second moments are the smaller terms.
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
  const Num straight = 0.5 * k.D * (square_slope(u) + square_slope(v));
  const Num close = straight + 0.5 * slope_gap(u, v, k) - u.s * v.s * crossed;
  if (turn(u, v)) return close;
  const ir::Value zero = b.constant(0);
  const Num moments =
      hinge_dual(u, u, K(b, {k.q1.v, k.q1.v, k.q1.v, zero, zero})) + hinge_dual(v, v, K(b, {k.q2.v, k.q2.v, k.q2.v, zero, zero}));
  return select(less(straight, moments), close, moments - 2 * hinge_dual(u, v, k));
}

}  // namespace ntkc::passes
