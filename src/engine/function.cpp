#include "engine/function.hpp"

#include <map>
#include <stdexcept>

#include "engine/series_ops.hpp"
#include "ntk/runtime/math.hpp"

namespace ntkc::engine {
namespace {

using expr::Expr;
using ::ntk::Lanes;
using ::ntk::quadrature::Parity;
namespace math = ::ntk::math;

Lanes number(const ::ntk::LanesMask& mask) { return math::select(mask, Lanes(1.0), Lanes(0.0)); }
::ntk::LanesMask truth(const Lanes& x) { return math::logical_not(x == Lanes(0.0)); }

#define NTKC_UNARY(name)     \
  case expr::Function::name: \
    return math::name(a);
Lanes call(expr::Function f, const Lanes& a, const Lanes& b, const Lanes& c) {
  switch (f) {
    case expr::Function::add:
      return a + b;
    case expr::Function::sub:
      return a - b;
    case expr::Function::mul:
      return a * b;
    case expr::Function::div:
      return a / b;
    case expr::Function::neg:
      return -a;
    case expr::Function::pow:
      return math::pow(a, b);
    case expr::Function::atan2:
      return math::atan2(a, b);
    case expr::Function::min:
      return math::min(a, b);
    case expr::Function::max:
      return math::max(a, b);
    case expr::Function::angle:
      return math::angle(a, b);
    case expr::Function::less:
      return number(a < b);
    case expr::Function::less_equal:
      return number(a <= b);
    case expr::Function::equal:
      return number(a == b);
    case expr::Function::logical_and:
      return number(math::logical_and(truth(a), truth(b)));
    case expr::Function::logical_or:
      return number(math::logical_or(truth(a), truth(b)));
    case expr::Function::logical_not:
      return number(a == Lanes(0.0));
    case expr::Function::select:
      return math::select(truth(a), b, c);
      NTKC_UNARY(sqrt)
      NTKC_UNARY(cbrt)
      NTKC_UNARY(exp)
      NTKC_UNARY(expm1)
      NTKC_UNARY(log)
      NTKC_UNARY(log1p)
      NTKC_UNARY(sin)
      NTKC_UNARY(cos)
      NTKC_UNARY(tan)
      NTKC_UNARY(asin)
      NTKC_UNARY(acos)
      NTKC_UNARY(atan)
      NTKC_UNARY(sinh)
      NTKC_UNARY(cosh)
      NTKC_UNARY(tanh)
      NTKC_UNARY(erf)
      NTKC_UNARY(erfc)
      NTKC_UNARY(abs)
      NTKC_UNARY(sign)
      NTKC_UNARY(step)
      NTKC_UNARY(sigmoid)
      NTKC_UNARY(softplus)
      NTKC_UNARY(norm_cdf)
      NTKC_UNARY(norm_pdf)
      NTKC_UNARY(sin_minus_x_cos)
    case expr::Function::wedge_saturating:
    case expr::Function::wedge_linear:
    case expr::Function::wedge_decaying:
      break;  // of the IR only
  }
  throw std::logic_error("engine: unknown function");
}
#undef NTKC_UNARY

}  // namespace

Function::Function(const Expr& e, const expr::ParamValues& params) {
  std::map<const void*, std::uint32_t> seen;  // looked up, never iterated
  const auto add = [&](Line line) {
    lines_.push_back(line);
    return static_cast<std::uint32_t>(lines_.size());
  };
  const auto flatten = [&](const auto& self, const Expr& x) -> std::uint32_t {
    if (x.kind() == Expr::Kind::variable) return 0;
    if (const auto found = seen.find(x.identity()); found != seen.end()) return found->second;
    Line line;
    if (x.kind() == Expr::Kind::call) {
      line.f = x.function();
      for (std::size_t i = 0; i < x.args().size(); ++i) line.args[i] = self(self, x.args()[i]);
    } else {
      line.is_constant = true;
      line.value = x.kind() == Expr::Kind::constant ? x.value().to_double() : params.at(x.param_name());
    }
    return seen[x.identity()] = add(line);
  };
  result_ = flatten(flatten, e);
}

Lanes Function::operator()(const Lanes& x) const {
  constexpr std::size_t kSmall = 64;
  Lanes few[kSmall + 1];
  std::vector<Lanes> many;
  if (lines_.size() > kSmall) many.resize(lines_.size() + 1);
  Lanes* const registers = many.empty() ? few : many.data();
  registers[0] = x;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    const Line& line = lines_[i];
    registers[i + 1] =
        line.is_constant ? Lanes(line.value) : call(line.f, registers[line.args[0]], registers[line.args[1]], registers[line.args[2]]);
  }
  return registers[result_];
}

Activation::Activation(const Expr& phi, int derivatives, const expr::ParamValues& params) {
  Expr e = phi;
  for (int order = 0; order <= derivatives; ++order) {
    functions.emplace_back(expr::simplify(e), params);
    parities.push_back(static_cast<Parity>(expr::parity(e)));
    continuous.push_back(expr::is_continuous(expr::breaks(e)));
    if (order < derivatives) e = expr::derivative(e);
  }
  const auto places = expr::breaks(phi);
  for (const auto* set : {&places.kinks, &places.jumps})
    for (const auto& place : *set) breaks.push_back(expr::evaluate(place, 0, params));
}

void Activation::raw_series(int order, double q, std::size_t terms, double* out) const {
  namespace quadrature = ::ntk::quadrature::in_double;
  const auto at = static_cast<std::size_t>(order);
  if (continuous[at])
    quadrature::raw_series(functions[at], functions[at + 1], breaks, parities[at], q, terms, out, Project());
  else
    quadrature::raw_series(functions[at], ::ntk::quadrature::Jumps(), breaks, parities[at], q, terms, out, Project());
}

void Activation::make_table(int order, std::size_t terms) {
  auto& table = tables_[{order, terms}];
  if (!table)
    table = std::make_unique<SeriesTable>(
        [=, this](double q, double* out) { raw_series(order, q, terms, out); }, terms,
        continuous[static_cast<std::size_t>(order)] && parities[static_cast<std::size_t>(order)] != Parity::odd);
}

void Activation::series(int order, double q, double tolerance, std::size_t terms, double* out) const {
  namespace quadrature = ::ntk::quadrature;
  const auto at = static_cast<std::size_t>(order);
  const auto& raw = *tables_.at({order, terms});
  if (continuous[at])
    quadrature::in_double::series(functions[at], functions[at + 1], parities[at], q, tolerance, terms, out, raw);
  else
    quadrature::in_double::series(functions[at], quadrature::Jumps(), parities[at], q, tolerance, terms, out, raw);
}

}  // namespace ntkc::engine
