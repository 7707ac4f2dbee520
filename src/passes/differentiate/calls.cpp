// Tangents of scalar functions. Where a root or an angle is that of 0, what stands under it is 0 for all values of the param (the diagonal,
// zero samples), and so is its tangent.
#include <algorithm>
#include <stdexcept>
#include <vector>

#include "passes/differentiate/tangents.hpp"

namespace ntkc::passes {
namespace {

using expr::Function;
using ir::Num;

Num call(Function f, std::initializer_list<Num> x) {
  std::vector<ir::Value> args;
  for (const Num& a : x) args.push_back(a.v);
  return {x.begin()->b, x.begin()->b->call(f, args)};
}
Num less(Num x, Num y) { return call(Function::less, {x, y}); }
Num select(Num condition, Num yes, Num no) { return call(Function::select, {condition, yes, no}); }
Num above(Num h) { return call(Function::norm_cdf, {-h}); }  // P(z > h)
Num density(Num h) { return call(Function::norm_pdf, {h}); }
Num exp(Num x) { return call(Function::exp, {x}); }
Num positive(Num x) { return call(Function::max, {x, num(*x.b, x.b->constant(1e-300))}); }  // keeps 0 / 0 at 0

// Of two standard normals U, V with the covariance c / r, r^2 = c^2 + gram; r - c and r + c without cancellation.
struct Pair {
  Num h, k, c, root, r, zero, minus, plus;
  Pair(std::span<const Num> x)
      : h(x[0]),
        k(x[1]),
        c(x[2]),
        root(sqrt(x[3])),
        r(sqrt(x[2] * x[2] + x[3])),
        zero(num(*h.b, h.b->constant(0))),
        minus(select(less(zero, c), x[3] / positive(r + c), r - c)),
        plus(select(less(c, zero), x[3] / positive(r - c), r + c)) {}
  // The density of U at h, times P(V > k | U = h), and the mirror. Near rho = +-1 both arguments are the same small difference over the
  // root, of opposite signs: where their sum counts its rounding cancels.
  Num given_h() const {
    return density(h) * above(select(less(c, zero), r * (h + k) - h * plus, r * (k - h) + h * minus) / positive(root));
  }
  Num given_k() const {
    return density(k) * above(select(less(c, zero), r * (h + k) - k * plus, k * minus - r * (k - h)) / positive(root));
  }
  // 2 pi s times the density of both at (h, k), s the sine of the angle (Plackett 1954).
  Num meeting() const { return exp(-0.25 * ((h - k) * (h - k) * r / positive(minus) + (h + k) * (h + k) * r / positive(plus))); }
};

}  // namespace

// P(U > h, V > k).
Num Tangents::of_orthant(std::span<const Num> x, std::span<const Num> dx) {
  const Pair p(x);
  const Num angle = tangent(b_.call(Function::angle, {x[3].v, x[2].v}));
  return -(p.given_h() * dx[0] + p.given_k() * dx[1] + p.meeting() / (2.0 * pi(b_)) * angle);
}

// E[(U - h)+ (V - k)+]: by h and k less E[(V - k)+; U > h] and E[(U - h)+; V > k], by the correlation P(U > h, V > k).
Num Tangents::of_hinges(std::span<const Num> x, std::span<const Num> dx) {
  const Pair p(x);
  const Num both = call(Function::normal_orthant, {x[0], x[1], x[2], x[3]}), rho = p.c / positive(p.r);
  const Num by_h = p.given_k() + rho * p.given_h() - p.k * both, by_k = p.given_h() + rho * p.given_k() - p.h * both;
  const Num angle = tangent(b_.call(Function::angle, {x[3].v, x[2].v}));
  return -(by_h * dx[0] + by_k * dx[1] + p.root / positive(p.r) * both * angle);
}

// The hinges less what independent ones have and what the correlation adds to first order, at (h, k), (0, k), (h, 0) and (0, 0).
Num Tangents::of_bends(std::span<const Num> x, std::span<const Num> dx) {
  const Num angle = tangent(b_.call(Function::angle, {x[3].v, x[2].v}));
  const auto mean = [](Num h) { return density(h) - h * above(h); };
  const auto at = [&](Num h, Num k, Num dh, Num dk) {
    const Num places[] = {h, k, x[2], x[3]}, tangents[] = {dh, dk, dx[2], dx[3]};
    const Pair p(places);
    const Num rho = p.c / positive(p.r);
    return of_hinges(places, tangents) + (above(h) * mean(k) + rho * density(h) * above(k)) * dh +
           (mean(h) * above(k) + rho * above(h) * density(k)) * dk + p.root / positive(p.r) * above(h) * above(k) * angle;
  };
  return at(x[0], x[1], dx[0], dx[1]) - x[4] * at(zero(), x[1], zero(), dx[1]) - x[5] * at(x[0], zero(), dx[0], zero()) +
         x[4] * x[5] * at(zero(), zero(), zero(), zero());
}

Num Tangents::of_call(ir::Value v) {
  const ir::Node node = b_.node(v);  // a copy: new values move the old ones
  std::vector<Num> x, dx;
  for (const ir::Value operand : node.operands) x.push_back(num(b_, operand)), dx.push_back(tangent(operand));
  if (std::ranges::all_of(dx, [&](Num t) { return vanishes(t); })) return zero();
  const Num value = num(b_, v);
  switch (node.function) {
    case Function::add:
      return dx[0] + dx[1];
    case Function::sub:
      return dx[0] - dx[1];
    case Function::mul:
      return x[0].v == x[1].v ? 2.0 * x[0] * dx[0] : dx[0] * x[1] + x[0] * dx[1];
    case Function::div:
      return (dx[0] - value * dx[1]) / x[1];
    case Function::pow: {
      const Num base = x[1] * call(Function::pow, {x[0], x[1] - 1.0}) * dx[0];
      return vanishes(dx[1]) ? base : base + value * call(Function::log, {x[0]}) * dx[1];
    }
    case Function::sqrt:
      return select(less(zero(), value), dx[0] / (2.0 * value), zero());
    case Function::atan2:
      return (dx[0] * x[1] - x[0] * dx[1]) / (x[0] * x[0] + x[1] * x[1]);
    case Function::angle: {
      const Num root = sqrt(x[0]), product = x[0] + x[1] * x[1];
      return select(less(zero(), product), (x[1] * tangent(root.v) - root * dx[1]) / product, zero());
    }
    case Function::min:
      return select(less(x[1], x[0]), dx[1], dx[0]);
    case Function::max:
      return select(less(x[0], x[1]), dx[1], dx[0]);
    case Function::select:
      return select(x[0], dx[1], dx[2]);
    case Function::normal_orthant:
      return of_orthant(x, dx);
    case Function::normal_hinges:
      return of_hinges(x, dx);
    case Function::normal_bends:
      return of_bends(x, dx);
    case Function::less:
    case Function::less_equal:
    case Function::equal:
    case Function::logical_and:
    case Function::logical_or:
      return zero();
    default:
      if (x.size() != 1) throw std::logic_error("differentiate: a function without a rule");
  }
  const expr::Expr slope = derivative(expr::Expr::call(node.function, {expr::Expr::variable()}));
  return num(b_, b_.expression(slope, x[0].v)) * dx[0];
}

}  // namespace ntkc::passes
