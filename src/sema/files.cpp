// Scopes of files: params, consts, activations, blocks, and the names that imports bring.
#include "sema/analyzer.hpp"
#include "sema/suggest.hpp"

namespace ntkc::sema {
namespace {

std::string stem_of(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  std::string stem = slash == std::string::npos ? path : path.substr(slash + 1);
  if (const std::size_t dot = stem.find('.'); dot != std::string::npos) stem.resize(dot);
  return stem;
}

bool is_name(const std::string& text) {
  static constexpr std::string_view kReserved[] = {
      "import", "from", "param",    "const",    "in",     "activation", "block", "network", "input", "default", "let", "as",   "repeat",
      "shared", "scan", "residual", "shortcut", "branch", "if",         "then",  "else",    "and",   "or",      "not", "true", "false"};
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (text.empty() || !letter(text[0])) return false;
  for (const char c : text)
    if (!letter(c) && !(c >= '0' && c <= '9')) return false;
  for (const std::string_view word : kReserved)
    if (text == word) return false;
  return true;
}

}  // namespace

std::string Analyzer::qualified(std::size_t file, const std::string& name) const {
  const auto plain = plain_.find({file, name});
  return plain != plain_.end() ? plain->second : prefixes_[file] + name;
}

void Analyzer::name_files(std::size_t file) {
  for (const ast::ImportEdge& edge : files_.imports[file]) {
    const auto& import = std::get<ast::Import>(files_.files[file].items[edge.item].node);
    for (const ast::Name& name : import.names) plain_.emplace(std::pair(edge.target, name.text), prefixes_[file] + name.text);
    if (edge.target == files_.main || !prefixes_[edge.target].empty()) continue;
    prefixes_[edge.target] = prefixes_[file] + (import.as ? import.as->text : stem_of(import.path)) + ".";
    name_files(edge.target);
  }
}

void Analyzer::open_files(const std::string& network) {
  network_name_ = network;
  file_scopes_.resize(files_.files.size());
  prefixes_.resize(files_.files.size());
  opened_.assign(files_.files.size(), 0);
  name_files(files_.main);
  open_file(files_.main);
}

void Analyzer::open_file(std::size_t file) {
  if (opened_[file]) return;
  opened_[file] = 1;
  Scope& scope = file_scopes_[file];
  scope.file = file;
  for (const ast::ImportEdge& edge : files_.imports[file]) {
    open_file(edge.target);
    import_names(std::get<ast::Import>(files_.files[file].items[edge.item].node), edge.target, scope);
  }
  declare_items(file);
}

void Analyzer::import_names(const ast::Import& import, std::size_t target, Scope& scope) {
  if (import.names.empty()) {
    const ast::Name name = import.as ? *import.as : ast::Name{stem_of(import.path), import.path_span};
    if (!is_name(name.text)) {
      diagnostics_->report(Code::stem_not_a_name, import.path_span, name.text).suggest("name it: `import \"...\" as name`");
      return;
    }
    const auto [entry, fresh] = scope.modules.try_emplace(name.text, target, name.span);
    if (!fresh) diagnostics_->report(Code::duplicate_name, name.span, name.text).note(entry->second.second, "first defined here");
    return;
  }
  Scope& source = file_scopes_[target];
  for (const ast::Name& name : import.names) {
    const auto value = source.values.find(name.text);
    const auto layer = source.layers.find(name.text);
    if (value != source.values.end()) {
      declare(scope.values, name, {value->second.value, name.span, false, value->second.param});
    } else if (layer != source.layers.end()) {
      declare(scope.layers, name, {layer->second.value, name.span, false, ""});
    } else {
      std::vector<std::string> names = source.layer_names();
      for (std::string& n : source.value_names()) names.push_back(std::move(n));
      diagnostics_->report(Code::no_such_member, name.span, import.path, name.text).suggest(did_you_mean(name.text, names));
      declare(scope.values, name, {poison(name.span), name.span, false, ""});
    }
  }
}

void Analyzer::declare_items(std::size_t file) {
  Scope& scope = file_scopes_[file];
  const auto layer = [&](const ast::Name& name, LayerPtr made) {
    if (const layers::Layer* known = layers::find(name.text); known && !known->structural) {
      diagnostics_->report(Code::builtin_redefined, name.span, name.text).suggest("choose another name");
      return;
    }
    if (file == files_.main && activations::find(name.text)) warn_shadowed(name);
    declare(scope.layers, name, {{std::move(made), name.span}, name.span, false, ""});
  };
  for (const ast::Item& item : files_.files[file].items) {
    if (const auto* block = std::get_if<ast::Block>(&item.node))
      layer(block->name, make_block(*block, file, qualified(file, block->name.text)));
    if (const auto* activation = std::get_if<ast::Activation>(&item.node))
      layer(activation->name, make_activation(*activation, file, qualified(file, activation->name.text)));
  }
  for (const ast::Item& item : files_.files[file].items)
    if (const auto* param = std::get_if<ast::Param>(&item.node)) declare_param(*param, scope, qualified(file, param->name.text), true);
  for (const auto& [name, entry] : scope.layers) {  // every activation is checked, used or not
    const LayerRef* ref = entry.value.layer();
    if (!ref || ref->kind != LayerRef::Kind::defined || ref->file != file) continue;
    bool failed = false;
    phi(*ref, Bound(ref->parameters.size()), expr::Expr::variable(), ref->span, &failed);
  }
}

}  // namespace ntkc::sema
