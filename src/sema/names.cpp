// What names stand for, and what is said where they stand for nothing.
#include <algorithm>

#include "sema/analyzer.hpp"
#include "sema/functions.hpp"
#include "sema/suggest.hpp"

namespace ntkc::sema {

void Analyzer::declare(std::map<std::string, Scope::Named, std::less<>>& names, const ast::Name& name, Scope::Named entry) {
  const auto [found, fresh] = names.emplace(name.text, std::move(entry));
  if (!fresh) diagnostics_->report(Code::duplicate_name, name.span, name.text).note(found->second.span, "first defined here");
}

void Analyzer::use(Scope::Named& entry) {
  entry.used = true;
  if (!entry.param.empty()) findings_.used.insert(entry.param);
}

void Analyzer::warn_shadowed(const ast::Name& name) { diagnostics_->report(Code::shadowed_builtin, name.span, name.text); }

LayerPtr Analyzer::built_in(std::string_view name) {
  LayerRef ref;
  const std::vector<graph::Argument>* arguments = nullptr;
  if (const layers::Layer* layer = layers::find(name); layer && !layer->structural) {
    ref.kind = LayerRef::Kind::layer;
    ref.layer = layer;
    ref.name = layer->name;
    arguments = &layer->arguments;
  } else if (const activations::Activation* activation = activations::find(name)) {
    ref.kind = LayerRef::Kind::activation;
    ref.activation = activation;
    ref.name = activation->name;
    arguments = &activation->arguments;
  } else {
    return nullptr;
  }
  for (const graph::Argument& argument : *arguments) ref.parameters.push_back({std::string(argument.name), &argument, nullptr});
  ref.bound.resize(ref.parameters.size());
  return std::make_shared<const LayerRef>(std::move(ref));
}

LayerPtr Analyzer::make_block(const ast::Block& block, std::size_t file, std::string name) {
  LayerRef ref;
  ref.kind = LayerRef::Kind::block;
  ref.name = std::move(name);
  ref.block = &block;
  ref.file = file;
  ref.span = block.name.span;
  for (const ast::Parameter& p : block.parameters) {
    for (const Parameter& before : ref.parameters)
      if (before.name == p.name.text) diagnostics_->report(Code::duplicate_name, p.name.span, p.name.text);
    ref.parameters.push_back({p.name.text, nullptr, p.value ? &*p.value : nullptr});
  }
  ref.bound.resize(ref.parameters.size());
  return std::make_shared<const LayerRef>(std::move(ref));
}

LayerPtr Analyzer::make_activation(const ast::Activation& activation, std::size_t file, std::string name) {
  LayerRef ref;
  ref.kind = LayerRef::Kind::defined;
  ref.name = std::move(name);
  ref.defined = &activation;
  ref.file = file;
  ref.span = activation.name.span;
  for (std::size_t i = 0; i < activation.parameters.size(); ++i) {
    const ast::Parameter& p = activation.parameters[i];
    for (std::size_t j = 0; j < i; ++j)
      if (activation.parameters[j].name.text == p.name.text) diagnostics_->report(Code::duplicate_name, p.name.span, p.name.text);
    if (i > 0) ref.parameters.push_back({p.name.text, nullptr, p.value ? &*p.value : nullptr});
  }
  ref.bound.resize(ref.parameters.size());
  return std::make_shared<const LayerRef>(std::move(ref));
}

// `stem.name`: the member of a module, nullptr if there is none (`told`: and that was reported).
Scope::Named* Analyzer::module_member(const ast::Name& name, Scope& scope, bool layer, bool& told) {
  std::size_t file = scope.file, from = 0;
  for (;;) {
    const std::size_t dot = name.text.find('.', from);
    const std::string part = name.text.substr(from, dot == std::string::npos ? dot : dot - from);
    Scope& here = file_scopes_[file];
    if (dot != std::string::npos) {
      const auto module = here.modules.find(part);
      if (module == here.modules.end()) {
        std::vector<std::string> names;
        for (const auto& [n, entry] : here.modules) names.push_back(n);
        diagnostics_->report(Code::no_such_member, name.span, from == 0 ? "this file" : name.text.substr(0, from - 1), "module " + part)
            .suggest(did_you_mean(part, names));
        told = true;
        return nullptr;
      }
      file = module->second.first;
      from = dot + 1;
      continue;
    }
    if (layer) {
      if (const auto found = here.layers.find(part); found != here.layers.end()) return &found->second;
    }
    if (const auto found = here.values.find(part); found != here.values.end()) {
      return &found->second;
    }
    if (const auto found = here.layers.find(part); found != here.layers.end()) return &found->second;
    std::vector<std::string> names = here.layer_names();
    for (std::string& n : here.value_names()) names.push_back(std::move(n));
    diagnostics_->report(Code::no_such_member, name.span, name.text.substr(0, from - 1), part).suggest(did_you_mean(part, names));
    told = true;
    return nullptr;
  }
}

bool Analyzer::is_layer_name(std::string_view name, Scope& scope) {
  if (name.find('.') == std::string_view::npos) return scope.find_layer(name) || built_in(name);
  return false;
}

LayerPtr Analyzer::find_layer(const ast::Name& name, Scope& scope, bool* from_value) {
  bool told = false;
  const bool dotted = name.text.find('.') != std::string::npos;
  Scope::Named* found = dotted ? module_member(name, scope, true, told) : scope.find_layer(name.text);
  if (told) return nullptr;
  if (found) {
    use(*found);
    if (found->value.poisoned()) return nullptr;
    if (const auto* p = found->value.as<LayerPtr>()) {
      if (from_value) *from_value = (*p)->complete || (*p)->name != name.text;
      return *p;
    }
  }
  if (!dotted) {
    if (LayerPtr ref = built_in(name.text)) return ref;
    if (const Excluded* e = excluded(name.text)) {
      diagnostics_->report(Code::excluded_layer, name.span, name.text, e->reason).suggest(std::string(e->help));
      return nullptr;
    }
  }
  if (found || scope.find_value(name.text)) {
    if (!found) found = scope.find_value(name.text);
    use(*found);
    diagnostics_->report(Code::not_a_layer, name.span, name.text).note(found->span, "defined here");
    return nullptr;
  }
  std::vector<std::string> names = scope.layer_names();
  for (const layers::Layer& layer : layers::all())
    if (!layer.structural) names.emplace_back(layer.name);
  for (const auto& activation : activations::all()) names.emplace_back(activation.name);
  for (const char* word : {"repeat", "residual", "sum", "product", "concat", "scan"}) names.emplace_back(word);
  diagnostics_->report(Code::unknown_layer, name.span, name.text).suggest(did_you_mean(name.text, names));
  return nullptr;
}

}  // namespace ntkc::sema
