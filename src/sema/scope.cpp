#include "sema/scope.hpp"

namespace ntkc::sema {
namespace {

template <class Map>
auto* find_in(Map& map, std::string_view name) {
  const auto found = map.find(name);
  return found == map.end() ? nullptr : &found->second;
}

}  // namespace

Scope::Named* Scope::find_value(std::string_view name) {
  for (Scope* s = this; s; s = s->outer)
    if (Named* found = find_in(s->values, name)) return found;
  return nullptr;
}

Scope::Named* Scope::find_layer(std::string_view name) {
  for (Scope* s = this; s; s = s->outer) {
    if (Named* found = find_in(s->layers, name)) return found;
    if (Named* found = find_in(s->values, name); found && (found->value.layer() || found->value.poisoned())) return found;
  }
  return nullptr;
}

const Scope::NamedNode* Scope::find_node(std::string_view name) const {
  for (const Scope* s = this; s; s = s->outer)
    if (const NamedNode* found = find_in(s->nodes, name)) return found;
  return nullptr;
}

std::vector<std::string> Scope::value_names() const {
  std::vector<std::string> names;
  for (const Scope* s = this; s; s = s->outer)
    for (const auto& [name, entry] : s->values) names.push_back(name);
  return names;
}

std::vector<std::string> Scope::layer_names() const {
  std::vector<std::string> names;
  for (const Scope* s = this; s; s = s->outer) {
    for (const auto& [name, entry] : s->layers) names.push_back(name);
    for (const auto& [name, entry] : s->values)
      if (entry.value.layer()) names.push_back(name);
  }
  return names;
}

std::vector<std::string> Scope::node_names() const {
  std::vector<std::string> names;
  for (const Scope* s = this; s; s = s->outer)
    for (const auto& [name, entry] : s->nodes) names.push_back(name);
  return names;
}

}  // namespace ntkc::sema
