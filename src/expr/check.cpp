#include "expr/check.hpp"

#include <fmt/format.h>

#include <cmath>
#include <unordered_set>

#include "expr/solve.hpp"
#include "numeric/real.hpp"

namespace ntkc::expr {
namespace {

using numeric::Float100;

class Checker {
 public:
  Checker(Expr f, std::string name) : f_(std::move(f)), name_(std::move(name)) {}

  std::optional<Fault> run() const {
    if (auto fault = pole()) return fault;
    if (auto fault = domain()) return fault;
    return growth();
  }

 private:
  Float100 at(const Float100& x) const { return numeric::value(evaluate_exactly(f_, numeric::make(x), {})); }

  // Points in general position, so that removable singularities are not met; then 0. What overflows farther out is growth.
  std::optional<Fault> domain() const {
    for (int i = -60; i <= 60; ++i)
      if (auto fault = value(i * 0.7071067811865476 + 0.0123456789)) return fault;
    return value(0);
  }

  std::optional<Fault> value(double x) const {
    const Float100 y = at(x);
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
          return Fault{Fault::Kind::pole, fmt::format("{} is not square-integrable at x = {:.6g}, where it is infinite", name_, x)};
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

  // The exponent p of log|f| ~ |x|^p between 2^14 and 2^15; the largest of three neighbours, because f may swing through 0.
  std::optional<Fault> growth() const {
    for (const int side : {-1, 1}) {
      const Float100 near = log_size(side * 16384.0), far = log_size(side * 32768.0);
      const bool fast = !isfinite(far) || (near > 100 && far > 0 && far / near > Float100(3.97));
      if (fast)
        return Fault{Fault::Kind::infinite_moment,
                     fmt::format("{} grows like exp(x^2) or faster as x goes to {}inf, so its moments are infinite for large variances",
                                 name_, side < 0 ? "-" : "")};
    }
    return std::nullopt;
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
