// Calls in expressions: functions of the language, the file's activations, layers with arguments.
#include <algorithm>

#include "sema/analyzer.hpp"
#include "sema/functions.hpp"
#include "sema/suggest.hpp"

namespace ntkc::sema {

using expr::Expr;

Value Analyzer::call_value(const ast::Expr& e, Scope& scope) {
  const bool positional = !e.args.empty() && !e.args.front().name;
  const bool dotted = e.text.find('.') != std::string::npos;
  const Span name_span{e.span.file, e.span.begin, e.span.begin + static_cast<std::uint32_t>(e.text.size())};
  bool told = false;
  Scope::Named* found = dotted ? module_member({e.text, name_span}, scope, true, told) : scope.find_layer(e.text);
  if (told || (found && found->value.poisoned())) {
    for (const ast::Arg& arg : e.args) evaluate(arg.value, scope);
    return poison(e.span);
  }
  LayerPtr ref;
  if (found) {
    use(*found);
    if (const auto* p = found->value.as<LayerPtr>()) ref = *p;
  }
  if (ref && ref->kind == LayerRef::Kind::defined && positional) {
    bool failed = false;
    const Value x = evaluate(e.args.front().value, scope);
    const Bound bound = bind(*ref, e.args, scope, e.span, failed, 1);
    const auto n = number(x, fmt::format("`{}`", e.text));
    if (failed || !n) return poison(e.span);
    const Expr result = phi(*ref, bound, *n, e.span, &failed);
    return failed ? poison(e.span) : Value{Number{result}, e.span};
  }
  const bool only_named = !e.args.empty() && e.args.front().name.has_value();
  if (!ref && !(only_named && built_in(e.text)))
    if (auto value = apply_function(e, scope)) return *value;
  if (!ref && !dotted) ref = built_in(e.text);
  if (!ref) {
    for (const ast::Arg& arg : e.args) evaluate(arg.value, scope);
    std::vector<std::string> names = function_names();
    for (std::string& name : scope.layer_names()) names.push_back(std::move(name));
    diagnostics_->report(Code::unknown_function, name_span, e.text).suggest(did_you_mean(e.text, names));
    return poison(e.span);
  }
  bool failed = false;
  LayerRef with = *ref;
  with.bound = bind(*ref, e.args, scope, e.span, failed);
  with.complete = !e.args.empty() || ref->complete;
  if (failed) return poison(e.span);
  return {std::make_shared<const LayerRef>(std::move(with)), e.span};
}

std::optional<Value> Analyzer::apply_function(const ast::Expr& call, Scope& scope) {
  const LanguageFunction* function = find_function(call.text);
  if (!function) return std::nullopt;
  std::vector<Expr> args;
  bool failed = false;
  for (const ast::Arg& arg : call.args) {
    const auto n = number(evaluate(arg.value, scope), fmt::format("`{}`", call.text));
    if (arg.name) {
      diagnostics_->report(Code::unknown_argument, arg.name->span, call.text, arg.name->text)
          .suggest("functions take their arguments by position");
      failed = true;
    }
    if (n)
      args.push_back(*n);
    else
      failed = true;
  }
  if (call.args.size() < function->least || call.args.size() > function->most) {
    diagnostics_->report(Code::function_arity, call.span, call.text, function->least, function->least == 1 ? "" : "s", call.args.size());
    failed = true;
  }
  return failed ? poison(call.span) : Value{Number{call_function(*function, args)}, call.span};
}

// The body of a defined activation with its arguments put in.
Expr Analyzer::phi(const LayerRef& ref, const Bound& bound, const Expr& x, Span span, bool* failed) {
  const ast::Activation& activation = *ref.defined;
  if (std::ranges::find(defining_, &activation) != defining_.end()) {
    diagnostics_->report(Code::activation_recursion, span, ref.name).note(activation.name.span, "defined here");
    *failed = true;
    return x;
  }
  defining_.push_back(&activation);
  Scope scope;
  scope.outer = &file_scopes_[ref.file];
  scope.file = ref.file;
  const ast::Name& variable = activation.parameters.front().name;
  scope.values.emplace(variable.text, Scope::Named{{Number{x}, variable.span}, variable.span, true, ""});
  for (std::size_t i = 0; i < ref.parameters.size(); ++i) {
    const Value value = bound[i] ? *bound[i] : ref.parameters[i].fallback ? evaluate(*ref.parameters[i].fallback, scope) : poison(span);
    const auto n = number(value, fmt::format("`{}` of `{}`", ref.parameters[i].name, ref.name));
    if (!n) *failed = true;
    scope.values.insert_or_assign(ref.parameters[i].name, Scope::Named{n ? Value{Number{*n}, value.span} : poison(span), span, true, ""});
  }
  const auto result = number(evaluate(activation.value, scope), fmt::format("the activation `{}`", ref.name));
  defining_.pop_back();
  if (!result) *failed = true;
  const bool constant = result && x.kind() == Expr::Kind::variable && !expr::depends_on_variable(*result);
  if (constant && !ref.parameters.empty()) {
    diagnostics_->report(Code::not_of_its_argument, activation.name.span, ref.name, variable.text);
    *failed = true;
  }
  return result ? *result : x;
}

}  // namespace ntkc::sema
