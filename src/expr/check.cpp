#include "expr/check.hpp"

#include <fmt/format.h>

#include <cmath>
#include <unordered_set>

#include "expr/bounds.hpp"
#include "expr/solve.hpp"
#include "numeric/real.hpp"

namespace ntkc::expr {
namespace {

using numeric::Float100;

class Checker {
 public:
  Checker(Expr f, std::string name) : f_(std::move(f)), name_(std::move(name)), bounds_({f_}, false) {}

  std::optional<Fault> run() const {
    if (auto fault = pole()) return fault;
    if (auto fault = domain()) return fault;
    return growth();
  }

 private:
  Float100 at(const Float100& x) const { return numeric::value(evaluate_exactly(f_, numeric::make(x), {})); }

  // Seen by interval arithmetic, which costs a hundredth of a value in 100 digits.
  bool surely_finite(double x) const {
    const Range range = bounds_({x, x})[0];
    return range.seams.defined && std::isfinite(range.value.low) && std::isfinite(range.value.high);
  }

  // Points in general position, so that removable singularities are not met; then 0. What overflows farther out is growth.
  std::optional<Fault> domain() const {
    constexpr int kPoints = 121, kMiddle = kPoints / 2;
    const auto place = [&](int i) { return (i - kMiddle) * 0.7071067811865476 + 0.0123456789; };
    int undefined = 0, infinite = 0;
    std::optional<Fault> first;
    std::vector<bool> gap;
    for (int i = 0; i < kPoints; ++i) {
      const Float100 y = surely_finite(place(i)) ? Float100(0) : at(place(i));
      gap.push_back(isnan(y));
      undefined += isnan(y);
      infinite += !isnan(y) && !isfinite(y);
      if (!first) first = value(place(i), y);
    }
    if (undefined == kPoints) return Fault{Fault::Kind::undefined, fmt::format("{} has no real value for any x", name_)};
    if (infinite == kPoints) return Fault{Fault::Kind::not_finite, fmt::format("{} is infinite for every x", name_)};
    for (const bool low : {true, false}) {  // undefined on a half-line
      int i = low ? 0 : kPoints - 1;
      if (!gap[i]) continue;
      while (gap[i]) i += low ? 1 : -1;
      const double end = end_of_gap(place(low ? i - 1 : i + 1), place(i));
      return Fault{Fault::Kind::undefined, fmt::format("{} has no real value {} x = {:.6g}", name_, low ? "below" : "above", end + 0.0)};
    }
    return first ? first : value(0, at(0));
  }

  double end_of_gap(double outside, double inside) const {
    constexpr int kHalvings = 40;
    for (int i = 0; i < kHalvings; ++i) {
      const double middle = (outside + inside) / 2;
      (isnan(at(middle)) ? outside : inside) = middle;
    }
    constexpr double kRounding = 1e-9;  // of the halvings: an end at 0 is told as 0
    return std::abs(inside) < kRounding ? 0 : inside;
  }

  std::optional<Fault> value(double x, const Float100& y) const {
    if (isnan(y)) return Fault{Fault::Kind::undefined, fmt::format("{} has no real value at x = {:.6g}", name_, x)};
    if (!isfinite(y) && std::abs(x) < 3) return Fault{Fault::Kind::not_finite, fmt::format("{} is not finite at x = {:.6g}", name_, x)};
    return std::nullopt;
  }

  // |f| like d^-a at distance d: its square is integrable for a < 1/2.
  std::optional<Fault> pole() const {
    for (const double x : singular_places()) {
      for (const int side : {-1, 1}) {
        const Float100 unit = 1 + std::abs(x), d = unit * Float100("1e-10");
        const Float100 near = abs(at(x + side * d * d)), far = abs(at(x + side * d));
        if (isnan(near) || isnan(far) || far == 0) continue;
        const double order = isfinite(near) ? static_cast<double>(log(near / far) / log(1 / d)) : 1;
        if (order > 0.49)
          return Fault{Fault::Kind::pole,
                       fmt::format("{} is infinite at x = {:.6g}, and so is its second moment for every variance", name_, x)};
      }
    }
    return std::nullopt;
  }

  std::vector<double> singular_places() const {
    std::vector<Expr> candidates = conditions(f_);
    std::unordered_set<const void*> seen;
    denominators(f_, seen, candidates);
    std::vector<double> places = break_points(f_, {}, -50, 50);
    for (const Expr& c : candidates) {
      if (const auto zeros = solve(c, 0)) {
        for (const Expr& z : *zeros) places.push_back(evaluate(z, 0, {}));
      } else {
        const std::vector<double> found = break_points(abs(c), {}, -50, 50);
        places.insert(places.end(), found.begin(), found.end());
      }
    }
    std::erase_if(places, [](double p) { return !std::isfinite(p); });
    return places;
  }

  static void denominators(const Expr& e, std::unordered_set<const void*>& seen, std::vector<Expr>& out) {
    if (e.kind() != Expr::Kind::call || !depends_on_variable(e) || !seen.insert(e.identity()).second) return;
    for (const Expr& arg : e.args()) denominators(arg, seen, out);
    const auto add = [&](const Expr& c) {
      if (depends_on_variable(c)) out.push_back(c);
    };
    if (e.is(Function::div)) add(e.args()[1]);
    if (e.is(Function::pow) || e.is(Function::log)) add(e.args()[0]);
    if (e.is(Function::log1p)) add(1 + e.args()[0]);
    if (e.is(Function::tan)) add(cos(e.args()[0]));
  }

  // The exponent p of log|f| ~ |x|^p between 2^14 and 2^15; the largest of three neighbours, because f may swing through 0. For p = 2,
  // E[exp(c u^2)^2] is infinite from the variance 1 / (4c) on.
  std::optional<Fault> growth() const {
    constexpr double kNear = 16384, kSquare = 3.97, kFaster = 4.03;
    double rate = 0;
    int place = 0;
    for (const int side : {-1, 1}) {
      const Float100 near = log_size(side * kNear), far = log_size(side * 2 * kNear);
      if (isfinite(far) && !(near > 100 && far > 0 && far / near > Float100(kSquare))) continue;
      const double c = isfinite(far) && far / near < Float100(kFaster) ? square_rate(side * kNear) : HUGE_VAL;
      if (c > rate) rate = c, place = side;
    }
    if (rate == 0) return std::nullopt;
    const std::string where = fmt::format("as x goes to {}inf, so its second moment is infinite", place < 0 ? "-" : "");
    const std::string factor = fmt::format("{:.6g} ", rate);
    return Fault{Fault::Kind::infinite_moment,
                 std::isinf(rate) ? fmt::format("{} grows faster than every exp(c x^2) {} for every variance", name_, where)
                                  : fmt::format("{} grows like exp({}x^2) {} for variances of {:.6g} and more", name_,
                                                factor == "1 " ? "" : factor, where, 1 / (4 * rate))};
  }

  // c of log|f| = c x^2 + b x + ..., by its second difference.
  double square_rate(double x) const {
    const auto log_at = [&](double factor) { return log(abs(at(x * factor))); };
    const double c = static_cast<double>((log_at(2) - 2 * log_at(1.5) + log_at(1)) / (Float100(x) * x / 2));
    return c > 0 ? c : HUGE_VAL;
  }

  Float100 log_size(double x) const {
    Float100 largest = 0;
    for (const double factor : {1.0, 1.00003, 1.00007}) {
      const Float100 y = abs(at(x * factor));
      if (!isfinite(y) && std::abs(x) < 3) return std::numeric_limits<Float100>::infinity();
      if (y > 0) largest = std::max<Float100>(largest, log(y));
    }
    return largest;
  }

  Expr f_;
  std::string name_;
  Bounds bounds_;
};

}  // namespace

std::optional<Fault> check_activation(const Expr& phi, bool derivative_too, const ParamValues& params) {
  std::map<std::string, Expr> constants;
  for (const std::string& name : params_of(phi)) {
    const auto given = params.find(name);
    constants.emplace(name, Expr(given == params.end() ? 1.0 : given->second));
  }
  const Expr f = substitute_params(phi, constants);
  if (auto fault = Checker(f, "it").run()) return fault;
  return derivative_too ? Checker(derivative(f), "its derivative").run() : std::nullopt;
}

}  // namespace ntkc::expr
