#include "expr/pieces.hpp"

#include <algorithm>
#include <unordered_map>

#include "expr/solve.hpp"
#include "expr/zeros.hpp"
#include "numeric/real.hpp"

namespace ntkc::expr {
namespace {

class Resolver {
 public:
  explicit Resolver(Interval x) : x_(x) {}

  struct Known {
    Expr e;
    Range range;
  };
  std::optional<Known> operator()(const Expr& e) {
    if (e.is_constant()) return Known{e, {interval(e.value())}};
    if (e.kind() == Expr::Kind::variable) return Known{e, {x_}};
    if (e.kind() == Expr::Kind::param) return std::nullopt;
    if (const auto found = memo_.find(e.identity()); found != memo_.end()) return found->second;
    auto known = call(e);
    kept_.push_back(e);
    memo_.emplace(e.identity(), known);
    return known;
  }

 private:
  std::optional<Known> call(const Expr& e) {
    const Function f = e.function();
    std::vector<Expr> args;
    Range ranges[3];
    for (const Expr& arg : e.args()) {
      if (f == Function::select && args.size() == 1) {  // of the branches the one that is taken
        if (ranges[0].value.low != ranges[0].value.high) return std::nullopt;
        return (*this)(e.args()[ranges[0].value.low != 0 ? 1 : 2]);
      }
      const auto known = (*this)(arg);
      if (!known) return std::nullopt;
      ranges[args.size()] = known->range;
      args.push_back(known->e);
    }
    const Range range = image(f, ranges);
    switch (f) {
      case Function::abs: {
        const int sign = sign_of(e.args()[0], ranges[0].value);
        return sign == 0 ? std::nullopt : std::optional(Known{sign > 0 ? args[0] : -args[0], range});
      }
      case Function::min:
      case Function::max: {
        const auto gap = (*this)(simplify(args[0] - args[1]));
        const int sign = sign_of(e.args()[0] - e.args()[1], gap ? gap->range.value : kAllReals);
        if (sign == 0) return std::nullopt;
        const std::size_t taken = (sign > 0) == (f == Function::max) ? 0 : 1;
        return Known{args[taken], ranges[taken]};
      }
      case Function::less:
      case Function::less_equal:
        if (range.value.low != range.value.high)
          if (const int sign = sign_of(e.args()[0] - e.args()[1], kAllReals); sign != 0) {
            const double truth = sign < 0 ? 1 : 0;
            return Known{Expr(truth), {{truth, truth}}};
          }
        [[fallthrough]];
      case Function::sign:
      case Function::step:
      case Function::equal:
      case Function::logical_and:
      case Function::logical_or:
      case Function::logical_not:
        if (range.value.low != range.value.high) return std::nullopt;
        return Known{Expr(range.value.low), range};
      default:
        return Known{Expr::call(f, std::move(args)), range};
    }
  }

  // The sign that f keeps: its range tells, or a value if its zeros lie elsewhere. 0: not known.
  int sign_of(const Expr& f, Interval range) const {
    if (range.low >= 0) return 1;
    if (range.high <= 0) return -1;
    const auto found = isolated_zeros(f);
    if (!found || std::max(-x_.low, x_.high) > found->reach) return 0;
    for (const Expr& place : found->places)
      if (const double zero = evaluate(place, 0, {}); x_.low < zero && zero < x_.high) return 0;
    const double inside = std::isfinite(x_.low) && std::isfinite(x_.high) ? x_.low + (x_.high - x_.low) / 2
                          : std::isfinite(x_.low)                         ? x_.low + 1
                          : std::isfinite(x_.high)                        ? x_.high - 1
                                                                          : 0.0;
    const auto value = numeric::value(evaluate_exactly(f, numeric::Number(inside), {}));
    return value > 0 ? 1 : value < 0 ? -1 : 0;
  }

  Interval x_;
  std::vector<Expr> kept_;  // whose identities the table knows
  std::unordered_map<const void*, std::optional<Known>> memo_;
};

}  // namespace

std::optional<Expr> resolved(const Expr& e, Interval x) {
  const auto known = Resolver(x)(e);
  return known ? std::optional(simplify(known->e)) : std::nullopt;
}

std::optional<std::vector<AnalyticPiece>> analytic_pieces(const Expr& e, bool jumps) {
  const Breaks found = breaks(e);
  if (!found.complete || !(jumps || found.jumps.empty()) || !params_of(e).empty()) return std::nullopt;
  const auto numbers = [](const std::vector<Expr>& places, std::vector<double>& out) {
    for (const Expr& place : places)
      if (const double x = evaluate(place, 0, {}); std::isfinite(x)) out.push_back(x);
  };
  std::vector<double> kinks, ends{-kInfinity, kInfinity};
  double reach = kInfinity;
  numbers(found.kinks, kinks), numbers(found.jumps, kinks);
  for (const Expr& condition : conditions(e)) {
    const auto places = zeros(condition);
    if (!places) return std::nullopt;
    numbers(places->places, ends);
    if (std::isfinite(places->reach)) reach = places->reach, ends.push_back(-reach), ends.push_back(reach);
  }
  std::erase_if(ends, [&](double x) { return std::isfinite(x) && std::abs(x) > reach; });
  std::sort(ends.begin(), ends.end());
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  const auto is_kink = [&](double x) { return std::find(kinks.begin(), kinks.end(), x) != kinks.end(); };
  std::vector<AnalyticPiece> pieces;
  for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
    const double low = ends[i], high = ends[i + 1];
    const auto beside = [](double x, double side) { return std::isfinite(x) ? x + side * std::abs(x) * kEndSlack : x; };
    auto f = resolved(e, {beside(low, 1), beside(high, -1)});
    if (!f && (low < -reach || high > reach)) f = e;
    if (!f) return std::nullopt;
    pieces.push_back({{low, high}, is_kink(low), is_kink(high), *f});
  }
  return pieces;
}

}  // namespace ntkc::expr
