#include "expr/piecewise.hpp"

#include <unordered_map>

namespace ntkc::expr {
namespace {

using Piecewise = std::optional<PiecewiseLinear>;

bool is_zero(const Expr& e) { return e == Expr(0); }
Expr equal(const Expr& a, const Expr& b) { return Expr::call(Function::equal, {a, b}); }
Expr at_most(const Expr& a, const Expr& b) { return Expr::call(Function::less_equal, {a, b}); }
Expr both(const Expr& a, const Expr& b) { return Expr::call(Function::logical_and, {a, b}); }
Expr unless(const Expr& a) { return Expr::call(Function::logical_not, {a}); }

void add(PiecewiseLinear& f, const Expr& place, const Expr& weight) {
  const Expr t = simplify(place), w = simplify(weight);
  if (is_zero(w)) return;
  for (Hinge& known : f.hinges)
    if (known.place == t) {
      known.weight = simplify(known.weight + w);
      return;
    }
  f.hinges.push_back({t, w});
}

// a + factor b
PiecewiseLinear sum(PiecewiseLinear a, const PiecewiseLinear& b, const Expr& factor) {
  a.offset = simplify(a.offset + factor * b.offset);
  a.slope = simplify(a.slope + factor * b.slope);
  for (const Hinge& h : b.hinges) add(a, h.place, factor * h.weight);
  std::erase_if(a.hinges, [](const Hinge& h) { return is_zero(h.weight); });
  return a;
}

// numerator / denominator, and some number where the denominator is 0.
Expr ratio(const Expr& numerator, const Expr& denominator) { return simplify(numerator / select(equal(denominator, 0), 1, denominator)); }

Expr value_at(const PiecewiseLinear& f, const Expr& x) {
  Expr value = f.offset + f.slope * x;
  for (const Hinge& h : f.hinges) value = value + h.weight * max(x - h.place, 0);
  return simplify(value);
}

// max(f, 0): where f is positive its kinks stay, and where it changes sign inside a piece there is a new one. Pieces are found from their
// left ends, whatever the order of the hinges.
PiecewiseLinear positive_part(const PiecewiseLinear& f) {
  PiecewiseLinear out;
  const auto alone = [&](const Expr& from, const Expr& place, bool open) {  // no hinge between (all left of it count if open) and place
    Expr none = 1;
    for (const Hinge& h : f.hinges)
      none = both(none, unless(open ? at_most(h.place, place) : both(from < h.place, at_most(h.place, place))));
    return none;
  };
  const Expr first = ratio(-f.offset, f.slope);
  out.slope = simplify(min(f.slope, 0));
  out.offset = simplify(select(f.slope < 0, f.offset, select(equal(f.slope, 0), max(f.offset, 0), 0)));
  add(out, first, select(alone(first, first, true), abs(f.slope), 0));
  for (std::size_t i = 0; i < f.hinges.size(); ++i) {
    const Expr& place = f.hinges[i].place;
    Expr left = f.slope, right = f.slope, counted = 0;
    for (std::size_t k = 0; k < f.hinges.size(); ++k) {
      const Hinge& h = f.hinges[k];
      left = left + select(h.place < place, h.weight, 0);
      right = right + select(at_most(h.place, place), h.weight, 0);
      if (k < i) counted = Expr::call(Function::logical_or, {counted, equal(h.place, place)});
    }
    left = simplify(left), right = simplify(right);
    const Expr value = value_at(f, place), kink = select(0 < value, right - left, select(value < 0, 0, max(right, 0) - min(left, 0)));
    add(out, place, select(counted, 0, kink));
    const Expr next = simplify(place - ratio(value, right));
    const Expr crosses = both(both(value * right < 0, unless(counted)), alone(place, next, false));
    add(out, next, select(crosses, abs(right), 0));
  }
  return out;
}

// if a < b then yes else no: with straight sides that meet at the only place where a = b.
Piecewise conditional(const Expr& condition, const PiecewiseLinear& yes, const PiecewiseLinear& no) {
  if (!condition.is(Function::less) && !condition.is(Function::less_equal)) return std::nullopt;
  const Piecewise a = piecewise_linear(condition.args()[0]), b = piecewise_linear(condition.args()[1]);
  if (!a || !b) return std::nullopt;
  const PiecewiseLinear gap = sum(*a, *b, -1), jump = sum(no, yes, -1);
  if (!gap.hinges.empty() || !yes.hinges.empty() || !no.hinges.empty() || !gap.slope.is_constant() || is_zero(gap.slope))
    return std::nullopt;
  const Expr place = simplify(-gap.offset / gap.slope);
  if (!is_zero(value_at(jump, place))) return std::nullopt;
  const bool rising = (0 < gap.slope) == Expr(1);  // then yes is the left side
  PiecewiseLinear out = rising ? yes : no;
  add(out, place, rising ? jump.slope : -jump.slope);
  return out;
}

class Converter {
 public:
  Piecewise convert(const Expr& e) {
    if (!depends_on_variable(e)) return PiecewiseLinear{e, 0, {}};
    if (e.kind() == Expr::Kind::variable) return PiecewiseLinear{0, 1, {}};
    if (const auto found = known_.find(e.identity()); found != known_.end()) return found->second;
    return known_[e.identity()] = of_call(e);
  }

 private:
  Piecewise of_call(const Expr& e) {
    const std::vector<Expr>& args = e.args();
    const Expr &x = args[0], &y = args.size() > 1 ? args[1] : args[0];
    const PiecewiseLinear zero;
    switch (e.function()) {
      case Function::mul:
        if (depends_on_variable(x) && depends_on_variable(y)) return std::nullopt;
        if (depends_on_variable(x)) return scaled(x, y);
        return scaled(y, x);
      case Function::div:
        return depends_on_variable(y) ? std::nullopt : scaled(x, 1 / y);
      case Function::neg:
        return scaled(x, -1);
      case Function::abs:
        if (const Piecewise a = convert(x)) return sum(sum(zero, positive_part(*a), 2), *a, -1);
        return std::nullopt;
      default:
        break;
    }
    const std::size_t from = e.is(Function::select) ? 1 : 0;
    if (args.size() != from + 2) return std::nullopt;
    const Piecewise a = convert(args[from]), b = convert(args[from + 1]);
    if (!a || !b) return std::nullopt;
    switch (e.function()) {
      case Function::add:
        return sum(*a, *b, 1);
      case Function::sub:
        return sum(*a, *b, -1);
      case Function::max:
        return sum(*b, positive_part(sum(*a, *b, -1)), 1);
      case Function::min:
        return sum(*a, positive_part(sum(*a, *b, -1)), -1);
      case Function::select:
        return conditional(x, *a, *b);
      default:
        return std::nullopt;
    }
  }

  Piecewise scaled(const Expr& e, const Expr& factor) {
    const Piecewise f = convert(e);
    return f ? Piecewise(sum(PiecewiseLinear{}, *f, factor)) : std::nullopt;
  }

  std::unordered_map<const void*, Piecewise> known_;  // looked up, never iterated
};

}  // namespace

Piecewise piecewise_linear(const Expr& e) { return Converter().convert(e); }

}  // namespace ntkc::expr
