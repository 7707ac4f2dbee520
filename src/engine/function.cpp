#include "engine/function.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

#include "engine/block_ops.hpp"
#include "engine/series_ops.hpp"
#include "ntk/runtime/edges.hpp"
#include "ntk/runtime/math.hpp"
#include "ntk/runtime/zeros.hpp"

namespace ntkc::engine {
namespace {

using expr::Expr;
using ::ntk::Lanes;
using ::ntk::quadrature::Local, ::ntk::quadrature::Parity, ::ntk::quadrature::Pieces;
namespace math = ::ntk::math;

constexpr std::size_t kAtOnce = 64;  // points: the numbers of a function stay in the first-level cache

Lanes number(const ::ntk::LanesMask& mask) { return math::select(mask, Lanes(1.0), Lanes(0.0)); }
::ntk::LanesMask truth(const Lanes& x) { return math::logical_not(x == Lanes(0.0)); }

Lanes call(expr::Function f, const Lanes& x, const Lanes& y, const Lanes& z) {
  switch (f) {
#define NTK_UNARY(name, expression) \
  case expr::Function::name:        \
    return expression;
#define NTK_BINARY NTK_UNARY
#define NTK_NEAR(name) NTK_UNARY(name, math::name(x))
#include "engine/calls.def"
#undef NTK_NEAR
#undef NTK_BINARY
#undef NTK_UNARY
    case expr::Function::select:
      return math::select(truth(x), y, z);
#define NTK_FUNCTION(name, arity)
#define NTK_FORM(name, arity) case expr::Function::name:
#include "expr/functions.def"
#undef NTK_FUNCTION
      break;  // not of activations
  }
  throw std::logic_error("engine: unknown function");
}

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
  const auto run = [&](auto* registers) {
    registers[0] = x;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const Line& line = lines_[i];
      registers[i + 1] =
          line.is_constant ? Lanes(line.value) : call(line.f, registers[line.args[0]], registers[line.args[1]], registers[line.args[2]]);
    }
    return registers[result_];
  };
  constexpr std::size_t kSmall = 16;
  if (lines_.size() > kSmall) return run(std::vector<Lanes>(lines_.size() + 1).data());
  Lanes few[kSmall + 1];
  return run(few);
}

void Function::evaluate(std::size_t n, const double* x, double* out) const {
  std::vector<double> numbers(lines_.size() * kAtOnce);
  for (std::size_t from = 0; from < n; from += kAtOnce) {
    const std::size_t count = std::min(kAtOnce, n - from);
    const auto at = [&](std::uint32_t i) -> Operand {
      if (i > 0 && lines_[i - 1].is_constant) return {nullptr, lines_[i - 1].value};
      return {i == 0 ? x + from : numbers.data() + (i - 1) * kAtOnce, 0};
    };
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (lines_[i].is_constant) continue;
      const Operand args[] = {at(lines_[i].args[0]), at(lines_[i].args[1]), at(lines_[i].args[2])};
      apply(lines_[i].f, count, args, numbers.data() + i * kAtOnce);
    }
    const Operand result = at(result_);
    for (std::size_t i = 0; i < count; ++i) out[from + i] = result.lanes ? result.lanes[i] : result.value;
  }
}

void bells(const Function&, std::size_t n, const double* w, double* out) {
  double exponents[kAtOnce];
  for (std::size_t from = 0; from < n; from += kAtOnce) {
    const std::size_t count = std::min(kAtOnce, n - from);
    for (std::size_t i = 0; i < count; ++i) exponents[i] = -0.5 * (w[from + i] * w[from + i]);
    const Operand operand{exponents, 0};
    apply(expr::Function::exp, count, &operand, out + from);
  }
}

namespace {

static_assert(expr::kHighestPiece + 1 == ::ntk::quadrature::kCoefficients);

Local call(expr::Function f, const Local& x, const Local& y, const Local& z) {
  const auto number = [](bool truth) { return Local(truth ? 1.0 : 0.0); };
  const auto truth = [](const Local& value) { return value.at != 0; };
  switch (f) {
    case expr::Function::add:
      return x + y;
    case expr::Function::sub:
      return x - y;
    case expr::Function::mul:
      return x * y;
    case expr::Function::div:
      return x / y;
    case expr::Function::neg:
      return -x;
    case expr::Function::pow:
      return pow(x, y);
    case expr::Function::abs:
      return math::abs(x);
    case expr::Function::sign:
      return math::sign(x);
    case expr::Function::step:
      return math::step(x);
    case expr::Function::min:
      return math::min(x, y);
    case expr::Function::max:
      return math::max(x, y);
    case expr::Function::less:
      return number(x < y);
    case expr::Function::less_equal:
      return number(x <= y);
    case expr::Function::equal:
      return number(x == y);
    case expr::Function::logical_and:
      return number(truth(x) && truth(y));
    case expr::Function::logical_or:
      return number(truth(x) || truth(y));
    case expr::Function::logical_not:
      return number(!truth(x));
    case expr::Function::select:
      return truth(x) ? y : z;
    default:
      throw std::logic_error("engine: no function of polynomials");
  }
}

}  // namespace

Local Function::operator()(const Local& x) const {
  std::vector<Local> registers(lines_.size() + 1, x);
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    const Line& line = lines_[i];
    registers[i + 1] =
        line.is_constant ? Local(line.value) : call(line.f, registers[line.args[0]], registers[line.args[1]], registers[line.args[2]]);
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
  Pieces all;
  const auto places = expr::breaks(phi);
  for (const auto* set : {&places.kinks, &places.jumps})
    for (const auto& place : *set) all.places.push_back(expr::evaluate(place, 0, params));
  if (!places.complete) all.places = expr::break_points(phi, params, -::ntk::quadrature::kFarthestZero, ::ntk::quadrature::kFarthestZero);
  if (expr::is_piecewise_polynomial(phi)) all = Pieces(functions[0], all.places);
  for (int order = 0; order <= derivatives; ++order, all = all.slope()) breaks.push_back(all);
}

void Activation::raw_series(int order, double q, std::size_t terms, std::size_t beyond, double* out) const {
  namespace quadrature = ::ntk::quadrature::in_double;
  const auto at = static_cast<std::size_t>(order);
  const auto all = [&](const auto& slope) {
    quadrature::raw_series(functions[at], slope, breaks[at], parities[at], q, terms, out, Project());
    quadrature::raw_octaves(functions[at], slope, breaks[at], parities[at], q, terms, out, beyond);
  };
  continuous[at] ? all(functions[at + 1]) : all(::ntk::quadrature::Jumps());
}

void Activation::make_table(int order, std::size_t terms, std::size_t beyond) {
  auto& table = tables_[{order, terms}];
  if (!table)
    table = std::make_unique<::ntk::quadrature::SeriesTable>(
        terms, beyond, continuous[static_cast<std::size_t>(order)] && parities[static_cast<std::size_t>(order)] != Parity::odd);
}

void Activation::series(int order, double q, double tolerance, std::size_t terms, double* out) const {
  namespace quadrature = ::ntk::quadrature;
  const auto at = static_cast<std::size_t>(order);
  const auto& table = *tables_.at({order, terms});
  const auto raw = [&](double variance, double* to) { raw_series(order, variance, terms, table.beyond(), to); };
  const auto by_table = [&](double variance, double* to) { table(raw, variance, to, WeightedSum()); };
  const auto all = [&](const auto& slope) {
    quadrature::in_double::series(functions[at], slope, parities[at], q, tolerance, terms, out, by_table, table.beyond());
  };
  continuous[at] ? all(functions[at + 1]) : all(quadrature::Jumps());
}

}  // namespace ntkc::engine
