#include "expr/rounding.hpp"

namespace ntkc::expr {
namespace {

constexpr double kUnit = 0x1p-53, kFunctions = 16 * kUnit;  // 8 units in the last place, as in image.cpp
constexpr double kSafety = 1 + 0x1p-40;                     // the rounding of these bounds themselves

// The argument of an exponential of x^2 is wrong by a unit, which x^2 multiplies.
double functions(Function f, Interval x) {
  const bool squares = f == Function::norm_cdf || f == Function::norm_pdf || f == Function::erfc;
  return squares ? kFunctions * (1 + x.most() * x.most()) : kFunctions;
}

double product(double a, double b) { return a == 0 || b == 0 ? 0 : a * b; }

}  // namespace

Rounding::Rounding(const Expr& e) { add(e); }

std::uint32_t Rounding::add(const Expr& e) {
  if (const auto found = known_.find(e.identity()); found != known_.end()) return found->second;
  Step step{e.kind()};
  if (e.is_constant()) step.constant = interval(e.value());
  if (e.kind() == Expr::Kind::call) {
    step.function = e.function();
    for (std::size_t i = 0; i < e.args().size(); ++i) step.args[i] = add(e.args()[i]);
    const Expr x = Expr::variable();
    const bool power = e.is(Function::pow) && e.args()[1].is_constant();
    if (power || e.args().size() == 1)
      step.slope.emplace(std::vector{derivative(power ? pow(x, e.args()[1]) : Expr::call(e.function(), {x}))}, false);
  }
  steps_.push_back(std::move(step));
  kept_.push_back(e);
  return known_[e.identity()] = static_cast<std::uint32_t>(steps_.size() - 1);
}

Rounding::Value Rounding::operator()(Interval x, double error) const {
  std::vector<Value> values;
  values.reserve(steps_.size());
  for (const Step& s : steps_) {
    if (s.kind != Expr::Kind::call) {
      values.push_back(s.kind == Expr::Kind::variable ? Value{x, error} : Value{s.constant, s.constant.most() * kUnit});
      continue;
    }
    const Value &a = values[s.args[0]], &b = values[arity(s.function) > 1 ? s.args[1] : s.args[0]];
    const Range args[2] = {{a.range}, {b.range}};
    const Range out = image(s.function, args);
    const double size = out.value.most();
    double off = kInfinity;
    if (out.seams.defined && std::isfinite(size)) {
      switch (s.function) {
        case Function::add:
        case Function::sub:
          off = a.error + b.error + kUnit * size;
          break;
        case Function::neg:
          off = a.error;
          break;
        case Function::mul:
          off = product(a.error, b.range.most()) + product(b.error, a.range.most()) + product(a.error, b.error) + kUnit * size;
          break;
        case Function::div:
          if (b.range.least() > b.error) off = (a.error + product(size, b.error)) / (b.range.least() - b.error) + kUnit * size;
          break;
        default:
          if (s.slope) {
            const Interval wide{-add_up(-a.range.low, a.error), add_up(a.range.high, a.error)};
            off = product((*s.slope)(wide)[0].value.most(), a.error) + functions(s.function, a.range) * size;
          }
      }
    }
    values.push_back({out.value, off * kSafety});
  }
  return values.back();
}

}  // namespace ntkc::expr
