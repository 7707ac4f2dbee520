#include "finite/channels.hpp"

namespace ntkc::finite {

Channels::Class Channels::add(std::optional<std::size_t> size) {
  parents_.push_back(static_cast<Class>(parents_.size()));
  sizes_.push_back(size);
  return parents_.back();
}

Channels::Class Channels::find(Class a) const {
  while (parents_[a] != a) a = parents_[a];
  return a;
}

void Channels::equate(Class a, Class b) {
  a = find(a), b = find(b);
  if (a == b) return;
  if (sizes_[b]) fix(a, *sizes_[b]);
  parents_[b] = a;
}

void Channels::fix(Class a, std::size_t size) {
  a = find(a);
  if (sizes_[a] && *sizes_[a] != size) throw Conflict{*sizes_[a], size};
  sizes_[a] = size;
}

}  // namespace ntkc::finite
