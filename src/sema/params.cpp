// Params and consts: their values from inside and outside, their ranges, and which are structural.
#include <algorithm>
#include <cmath>

#include "sema/analyzer.hpp"
#include "sema/functions.hpp"

namespace ntkc::sema {

using expr::Expr;

numeric::Number Analyzer::present(const Expr& e) const {
  const Expr value = e.is_constant() ? e : expr::substitute_params(e, present_);
  return value.is_constant() ? value.value() : expr::evaluate_exactly(value, 0, {});
}

// A size of the data in an expression.
std::optional<std::string> Analyzer::size_in(const Expr& e) const {
  if (sizes_.empty()) return std::nullopt;
  for (const std::string& name : expr::params_of(e))
    if (sizes_.contains(name)) return name;
  return std::nullopt;
}

// Reports a size of the data where a number must be known when the spec is compiled.
bool Analyzer::known_late(const Expr& e, Span span) {
  const auto size = size_in(e);
  if (size) diagnostics_->report(Code::unknown_size, span, *size).suggest("write the size as a number in the input, or as a param");
  return size.has_value();
}

std::optional<numeric::Number> Analyzer::constant(const Expr& e, Span span) {
  if (expr::depends_on_variable(e)) {
    diagnostics_->report(Code::wrong_type, span, "this", "known when the spec is compiled", "a function of the activation's argument");
    return std::nullopt;
  }
  if (known_late(e, span)) return std::nullopt;
  for (const std::string& name : expr::params_of(e)) findings_.structural.insert(name);
  return present(e);
}

// `NETWORK.NAME` is for one network and wins over `NAME`; a later -D of one name over an earlier one.
const Override* Analyzer::override_of(const std::string& name) {
  const Override* plain = nullptr;
  const Override* special = nullptr;
  const bool own = !network_name_.empty() && name.starts_with(network_name_ + ".");  // a param of the network's body
  for (std::size_t i = 0; i < options_.overrides.size(); ++i) {
    const std::string& given = options_.overrides[i].name;
    const bool exact = own ? given == name : !network_name_.empty() && given == network_name_ + "." + name;
    const bool general = own ? given == name.substr(network_name_.size() + 1) : given == name;
    if (exact || general) findings_.overrides_used.insert(i);
    if (exact) special = &options_.overrides[i];
    if (general) plain = &options_.overrides[i];
  }
  return special ? special : plain;
}

void Analyzer::check_range(const ast::Param& param, Scope& scope, const Expr& value, Span span, std::optional<double>& low,
                           std::optional<double>& high) {
  const auto bound = [&](const ast::Expr& e) -> std::optional<numeric::Number> {
    const auto n = number(evaluate(e, scope), "a range");
    return n ? constant(*n, e.span) : std::nullopt;
  };
  const auto lo = bound(param.range->low), hi = bound(param.range->high);
  if (!lo || !hi) return;
  if (!(*lo <= *hi)) {
    diagnostics_->report(Code::empty_range, {param.range->low.span.file, param.range->low.span.begin, param.range->high.span.end},
                         lo->text(), hi->text());
    return;
  }
  low = lo->to_double();
  high = hi->to_double();
  const numeric::Number now = present(value);
  if (!(*lo <= now && now <= *hi))
    diagnostics_->report(Code::param_out_of_range, span, param.name.text, fmt::format("{}", now.to_double()), *low, *high)
        .note({param.range->low.span.file, param.range->low.span.begin, param.range->high.span.end}, "the range is declared here");
}

void Analyzer::declare_param(const ast::Param& param, Scope& scope, const std::string& name, bool overridable) {
  if (language_constant(param.name.text) || find_function(param.name.text)) warn_shadowed(param.name);
  if (overridable) findings_.params.insert(name);
  const Override* override = overridable ? override_of(name) : nullptr;
  if (override && param.is_const) {
    diagnostics_->report(Code::override_of_const, override->value.span, name).note(param.name.span, "defined here");
    override = nullptr;
  }
  Value value = evaluate(override ? override->value : param.value, scope);
  const Span span = override ? override->value.span : param.value.span;
  if (const auto* n = value.as<Number>(); n && ((overridable && !param.is_const) || param.range) && known_late(n->e, span))
    value = poison(span);
  if (const LayerRef* ref = value.layer(); ref) {
    if (const layers::Layer* known = layers::find(param.name.text); known && !known->structural) {
      diagnostics_->report(Code::builtin_redefined, param.name.span, param.name.text).suggest("choose another name");
      value = poison(span);
    }
  }
  if (const auto* t = value.as<Truth>()) {
    if (const auto fixed = constant(t->e, span))
      value.what = Truth{Expr(*fixed)};
    else
      value = poison(span);
  }
  if (param.range && !value.as<Number>() && !value.poisoned())
    diagnostics_->report(Code::wrong_type, span, param.name.text, "a number, since it has a range", describe(value));
  if (const auto* n = value.as<Number>(); n && !size_in(n->e)) {
    std::optional<double> low, high;
    Expr e = n->e;
    const bool frozen =
        std::ranges::find(options_.fold, name) != options_.fold.end() || std::ranges::find(options_.fold, "all") != options_.fold.end();
    const bool fixed = findings_.structural.contains(name) || frozen;
    if (fixed)
      if (const auto c = constant(e, span)) e = Expr(*c);
    if (param.range) check_range(param, scope, e, span, low, high);
    const numeric::Number now = present(e);
    if (!now.is_finite() && !param.is_const) {
      diagnostics_->report(Code::not_finite, span, fmt::format("{}", now.to_double()));
      value = poison(span);
    } else if (fixed || param.is_const || !overridable) {
      value.what = Number{e};
    } else {
      present_.insert_or_assign(name, Expr(now));
      params_.push_back({name, now.to_double(), e, low, high, param.name.span});
      value.what = Number{Expr::param(name)};
    }
  }
  declare(scope.values, param.name, {std::move(value), param.name.span, false, overridable ? name : ""});
}

}  // namespace ntkc::sema
