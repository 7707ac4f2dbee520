// Where an expression is not smooth: the zeros of its conditions, told apart by values on both sides in 100 digits.
#include <algorithm>
#include <cmath>

#include "expr/expr.hpp"
#include "expr/order.hpp"
#include "expr/solve.hpp"
#include "expr/zeros.hpp"
#include "ntk/runtime/zeros.hpp"
#include "numeric/real.hpp"
#include "support/remembered.hpp"

namespace ntkc::expr {
namespace {

using numeric::Float100;

// Params get values in general position: a place is judged as it is for almost all values.
ParamValues generic(const Expr& e) {
  ParamValues values;
  double value = 0.7390851332151607;
  for (const std::string& name : params_of(e)) {
    values[name] = value;
    value = 0.3 + std::fmod(value * 1.618033988749895, 1.0);
  }
  return values;
}

enum class Break { none, kink, jump };

// Extrapolates from eight points h apart on one side to the other. Of a smooth function the error is about h^8, of a kink in
// derivative k about h^k: with h = 1e-8 a bound of 1e-50 tells derivatives up to the sixth. Values 1e-40 beside the place tell jumps.
Break judge(const Expr& e, const Float100& place, const ParamValues& params) {
  const auto at = [&](const Float100& x) { return numeric::value(evaluate_exactly(e, numeric::make(x), params)); };
  const Float100 unit = 1 + abs(place), near = unit * Float100("1e-40"), h = unit * Float100("1e-8");
  const Float100 low = at(place - near), high = at(place + near);
  if (!(abs(high - low) <= Float100("1e-12") * (1 + abs(low)))) return isfinite(low) && isfinite(high) ? Break::jump : Break::kink;
  Float100 predicted = 0, binomial = 1;
  for (int k = 1; k <= 8; ++k) {  // Newton's extrapolation: sum of (-1)^(k-1) C(8, k) f(right - k h)
    binomial = binomial * (9 - k) / k;
    predicted += (k % 2 ? binomial : Float100(-binomial)) * at(place + h / 2 - k * h);
  }
  const Float100 value = at(place + h / 2);
  return abs(predicted - value) <= Float100("1e-50") * (1 + abs(value)) ? Break::none : Break::kink;
}

void add(std::vector<Expr>& places, const Expr& place) {
  const auto at = std::lower_bound(places.begin(), places.end(), place, [](const Expr& a, const Expr& b) { return compare(a, b) < 0; });
  if (at == places.end() || compare(*at, place) != 0) places.insert(at, place);
}

double bisected(const Expr& f, const ParamValues& params, double a, double b) {
  const bool sign = evaluate(f, a, params) < 0;
  for (int i = 0; i < 200; ++i) {
    const double middle = a + (b - a) / 2;
    if (middle <= a || middle >= b) break;
    ((evaluate(f, middle, params) < 0) == sign ? a : b) = middle;
  }
  return b;
}

Breaks found_in(const Expr& e) {
  Breaks found;
  const ParamValues params = generic(e);
  for (const Expr& condition : conditions(e)) {
    const auto places = zeros(condition);
    if (!places) {
      found.complete = false;
      continue;
    }
    found.endless = found.endless || std::isfinite(places->reach);
    for (const Expr& place : places->places) {
      const numeric::Number value = evaluate_exactly(place, 0, params);
      if (!value.is_finite()) {
        if (!place.is_constant()) add(found.kinks, place);  // real for other values of the params
        continue;
      }
      const Break kind = judge(e, numeric::value(value), params);
      if (kind == Break::jump)
        add(found.jumps, place);
      else if (kind == Break::kink || !params.empty())
        add(found.kinks, place);
    }
  }
  return found;
}

}  // namespace

Breaks breaks(const Expr& e) {
  static Remembered<Expr, Breaks, Before> known;
  return conditions(e).empty() ? Breaks() : known.of(e, [&] { return found_in(e); });
}

std::vector<double> break_points(const Expr& e, const ParamValues& params, double low, double high) {
  std::map<std::string, Expr> constants;
  for (const auto& [name, value] : params) constants.emplace(name, Expr(value));
  const Expr fixed = substitute_params(e, constants);
  const Breaks found = breaks(fixed);
  std::vector<double> points;
  for (const std::vector<Expr>* places : {&found.kinks, &found.jumps})
    for (const Expr& place : *places) points.push_back(evaluate(place, 0, {}));
  if (!found.complete && std::isfinite(low) && std::isfinite(high)) {
    const int cells = static_cast<int>(std::ceil(::ntk::quadrature::kZeroCells * (high - low) / (2 * ::ntk::quadrature::kFarthestZero)));
    for (const Expr& f : conditions(fixed)) {
      if (zeros(f)) continue;
      const auto x = [&](int i) { return low + (high - low) * i / cells; };
      for (int i = 0; i < cells; ++i)
        if ((evaluate(f, x(i), {}) < 0) != (evaluate(f, x(i + 1), {}) < 0)) points.push_back(bisected(f, {}, x(i), x(i + 1)));
    }
  }
  std::erase_if(points, [&](double p) { return !(low < p && p < high); });
  std::sort(points.begin(), points.end());
  points.erase(std::unique(points.begin(), points.end()), points.end());
  return points;
}

}  // namespace ntkc::expr
