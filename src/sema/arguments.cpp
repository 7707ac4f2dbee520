// Arguments: which is which, defaults in force, and the types and units of values.
#include <algorithm>

#include "sema/analyzer.hpp"
#include "sema/functions.hpp"
#include "sema/suggest.hpp"

namespace ntkc::sema {

using expr::Expr;
using graph::Argument;
using graph::ArgumentType;
using graph::ArgValue;

Analyzer::Words Analyzer::words_of(std::string_view argument) const {
  Words words;
  const auto add = [&](const std::vector<Argument>& arguments) {
    for (const Argument& a : arguments)
      if (a.name == argument && (a.type == ArgumentType::word || a.type == ArgumentType::axes))
        words.insert(words.end(), a.words.begin(), a.words.end());
  };
  for (const layers::Layer& layer : layers::all()) add(layer.arguments);
  return words;
}

Bound Analyzer::bind(const LayerRef& target, const std::vector<ast::Arg>& args, Scope& scope, Span span, bool& failed, std::size_t first) {
  Bound bound = target.bound;
  bound.resize(target.parameters.size());
  const std::size_t given = args.size() - std::min(first, args.size());
  if (given > 0 && (target.kind == LayerRef::Kind::let || target.complete)) {
    diagnostics_->report(Code::no_arguments_taken, span, target.name).note(target.span, "defined here");
    failed = true;
  }
  std::vector<bool> seen(target.parameters.size());
  bool named = false;
  for (std::size_t i = first; i < args.size(); ++i) {
    const ast::Arg& arg = args[i];
    std::size_t index = i - first;
    if (arg.name) {
      named = true;
      index = static_cast<std::size_t>(std::ranges::find(target.parameters, arg.name->text, &Parameter::name) - target.parameters.begin());
    } else if (named) {
      diagnostics_->report(Code::positional_after_named, arg.span);
      failed = true;
    }
    const bool misplaced = !arg.name && named;
    const bool known = !misplaced && index < target.parameters.size();
    const bool words =
        known && target.parameters[index].type &&
        (target.parameters[index].type->type == ArgumentType::word || target.parameters[index].type->type == ArgumentType::axes);
    const Value value = evaluate(arg.value, scope, words ? target.parameters[index].type->words : Words{});
    if (value.poisoned()) failed = true;
    if (given > 0 && (target.kind == LayerRef::Kind::let || target.complete)) continue;
    if (misplaced) continue;
    if (!known) {
      failed = true;
      if (!arg.name) {
        diagnostics_->report(Code::too_many_arguments, arg.span, target.name, target.parameters.size(),
                             target.parameters.size() == 1 ? "" : "s", given);
        break;
      }
      std::vector<std::string> names;
      for (const Parameter& p : target.parameters) names.push_back(p.name);
      diagnostics_->report(Code::unknown_argument, arg.name->span, target.name, arg.name->text)
          .suggest(did_you_mean(arg.name->text, names));
      continue;
    }
    if (seen[index]) {
      diagnostics_->report(Code::repeated_argument, arg.span, target.parameters[index].name);
      failed = true;
      continue;
    }
    seen[index] = true;
    bound[index] = value;
  }
  return bound;
}

const Value* Analyzer::default_of(const LayerRef& target, const std::string& argument, const Defaults* defaults) const {
  for (const Defaults* frame = defaults; frame; frame = frame->outer.get()) {
    const Value* general = nullptr;
    for (const Defaults::Entry& entry : frame->entries) {
      if (entry.argument != argument) continue;
      if (entry.layer == target.identity()) return &entry.value;
      if (!entry.layer) general = &entry.value;
    }
    if (general && target.kind != LayerRef::Kind::block) return general;
  }
  return nullptr;
}

DefaultsPtr Analyzer::add_default(const ast::Default& statement, Scope& scope, const DefaultsPtr& defaults) {
  auto frame = std::make_shared<Defaults>(*defaults);
  const auto put = [&](const void* layer, const std::string& argument, Value value) {
    std::erase_if(frame->entries, [&](const Defaults::Entry& e) { return e.layer == layer && e.argument == argument; });
    frame->entries.push_back({layer, argument, std::move(value)});
  };
  if (statement.layer) {
    const LayerPtr target = find_layer(*statement.layer, scope);
    if (!target) {
      for (const ast::Arg& arg : statement.args) evaluate(arg.value, scope, arg.name ? words_of(arg.name->text) : Words{});
      return frame;
    }
    LayerRef plain = *target;
    plain.bound.assign(plain.parameters.size(), std::nullopt);
    plain.complete = false;
    bool failed = false;
    const Bound bound = bind(plain, statement.args, scope, statement.layer->span, failed);
    for (std::size_t i = 0; i < bound.size(); ++i)
      if (bound[i]) put(target->identity(), plain.parameters[i].name, *bound[i]);
    return frame;
  }
  std::vector<std::string> names;
  for (const layers::Layer& layer : layers::all())
    if (!layer.structural)
      for (const Argument& a : layer.arguments) names.emplace_back(a.name);
  for (const auto& activation : activations::all())
    for (const Argument& a : activation.arguments) names.emplace_back(a.name);
  for (Scope* s = &scope; s; s = s->outer)
    for (const auto& [name, entry] : s->layers)
      if (const LayerRef* ref = entry.value.layer(); ref && ref->kind == LayerRef::Kind::defined)
        for (const Parameter& p : ref->parameters) names.push_back(p.name);
  for (const ast::Arg& arg : statement.args) {
    if (!arg.name) {
      evaluate(arg.value, scope);
      diagnostics_->report(Code::argument_of_no_layer, arg.span, "without a name").suggest("write `name = value`");
      continue;
    }
    Value value = evaluate(arg.value, scope, words_of(arg.name->text));
    if (std::ranges::find(names, arg.name->text) == names.end()) {
      diagnostics_->report(Code::argument_of_no_layer, arg.name->span, arg.name->text).suggest(did_you_mean(arg.name->text, names));
      continue;
    }
    put(nullptr, arg.name->text, std::move(value));
  }
  return frame;
}

namespace {

// The default of an argument as layers write it: none, true, a word, a number, or the name of an argument before it.
ArgValue fallback_of(const Argument& argument, const graph::Args& before) {
  const std::string_view text = argument.fallback;
  if (const auto other = before.find(text); other != before.end()) {
    ArgValue copy = other->second;
    copy.given = false;
    return copy;
  }
  if (text == "none") return {};
  switch (argument.type) {
    case ArgumentType::boolean:
      return {text == "true", {}, false};
    case ArgumentType::word:
    case ArgumentType::axes:
      return {std::string(text), {}, false};
    case ArgumentType::integer:
    case ArgumentType::count:
    case ArgumentType::size:
    case ArgumentType::sizes:
      return {static_cast<std::int64_t>(std::stoll(std::string(text))), {}, false};
    default:
      return {Expr(numeric::Number::parse(text)), {}, false};
  }
}

}  // namespace

std::optional<graph::Args> Analyzer::complete(const std::vector<Argument>& arguments, const LayerRef& target, const Bound& bound,
                                              const Defaults* defaults, Span span) {
  graph::Args args;
  bool failed = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const Argument& argument = arguments[i];
    const Value* value = i < bound.size() && bound[i] ? &*bound[i] : default_of(target, std::string(argument.name), defaults);
    if (value) {
      auto converted = convert(*value, argument, target.name);
      if (!converted) {
        failed = true;
        continue;
      }
      converted->span = value->span;
      converted->given = true;
      args.emplace(argument.name, std::move(*converted));
    } else if (argument.fallback.empty()) {
      diagnostics_->report(Code::missing_argument, span, target.name, argument.name)
          .suggest(fmt::format("`{}({} = ...)`: {}", target.name, argument.name, argument.doc));
      failed = true;
    } else if (!failed) {  // a default may be the value of an argument that did not convert
      args.emplace(argument.name, fallback_of(argument, args));
    }
  }
  return failed ? std::nullopt : std::optional(std::move(args));
}

}  // namespace ntkc::sema
