// Sums that are one activation of the registry: its form has distance and determinant, too.
#include <algorithm>

#include "activations/parts.hpp"
#include "activations/powers.hpp"

namespace ntkc::activations {
namespace {

using expr::Expr;
using Kind = Part::Kind;

bool is_one(const Expr& e) {  // but for the rounding of 100 digits
  static const numeric::Number tiny = numeric::Number::parse("1e-80"), one = 1;
  return e.is_constant() && e.value() - one < tiny && one - e.value() < tiny;
}

graph::ActivationUse use(std::string name, std::initializer_list<std::pair<const char*, Expr>> args) {
  graph::ActivationUse made{std::move(name), true, {}, expr::Expr::variable()};
  for (const auto& [argument, value] : args) made.args.emplace(argument, graph::ArgValue{simplify(value), {}, true});
  made.phi = find(made.name)->phi(made.args);
  return made;
}

graph::ActivationUse polynomial_use(const Parts& parts) {
  int degree = 0;
  for (const Part& p : parts) degree = std::max(degree, p.degree);
  graph::ArgList list(degree + 1, graph::ArgValue{Expr(0), {}, true});
  for (const Part& p : parts) list[p.degree].value = p.factor;
  graph::ActivationUse made{"polynomial", true, {}, expr::Expr::variable()};
  made.args.emplace("coefficients", graph::ArgValue{std::move(list), {}, true});
  made.phi = find("polynomial")->phi(made.args);
  return made;
}

// The factor of the only part of this kind (and degree), 0 if there is none; `rest` counts what is taken.
Expr factor_of(const Parts& parts, Kind kind, int degree, std::size_t& taken) {
  for (const Part& p : parts)
    if (p.kind == kind && p.degree == degree) return ++taken, p.factor;
  return 0;
}

std::optional<graph::ActivationUse> wave(const Parts& parts) {
  std::size_t taken = 0;
  const Expr along = factor_of(parts, Kind::sine, 0, taken), across = factor_of(parts, Kind::cosine, 0, taken);
  const Expr& rate = parts.front().rate;
  if (taken != parts.size() || !(parts.back().rate == rate)) return std::nullopt;
  if (across == Expr(0)) return use("sin", {{"a", along}, {"b", rate}, {"c", 0}});
  if (along == Expr(0)) return use("cos", {{"a", across}, {"b", rate}, {"c", 0}});
  return use("sin", {{"a", sqrt(along * along + across * across)}, {"b", rate}, {"c", Expr::call(Function::atan2, {across, along})}});
}

// a x + b |x|, a relu(x)
std::optional<graph::ActivationUse> rectifier(const Parts& parts) {
  std::size_t taken = 0;
  const Expr line = factor_of(parts, Kind::power, 1, taken);
  if (taken + 1 != parts.size()) return std::nullopt;
  for (const Part& p : parts) {
    if (p.kind != Kind::row || p.degree != 0) continue;
    if (p.row->name == "abs") return use("ab_relu", {{"a", line - p.factor}, {"b", line + p.factor}});
    if (p.row->name == "relu" && p.rate == Expr(1)) return use("ab_relu", {{"a", line}, {"b", line + p.factor}});
    if (p.row->name == "relu" && p.rate == Expr(-1)) return use("ab_relu", {{"a", line - p.factor}, {"b", line}});
  }
  return std::nullopt;
}

}  // namespace

std::optional<graph::ActivationUse> as_built_in(const Parts& parts) {
  if (std::ranges::all_of(parts, [](const Part& p) { return p.kind == Kind::power; })) return polynomial_use(parts);
  if (auto made = rectifier(parts)) return made;
  if (auto made = wave(parts)) return made;
  std::size_t taken = 0;
  const Expr shift = factor_of(parts, Kind::power, 0, taken);
  for (const Part& p : parts)
    if (p.kind == Kind::erf && taken + 1 == parts.size()) return use("erf", {{"a", p.factor}, {"b", p.rate}, {"c", shift}});
  if (parts.size() != 1) return std::nullopt;
  const Part& p = parts.front();
  if (p.kind == Kind::exponential) return use("exp", {{"a", p.factor}, {"b", p.rate}});
  if (p.kind == Kind::gaussian) return use("gaussian", {{"a", p.factor}, {"b", p.rate}});
  if (p.kind == Kind::row && p.degree == 0 && is_one(p.factor) && is_one(p.rate)) return use(std::string(p.row->name), {});
  return std::nullopt;
}

}  // namespace ntkc::activations
