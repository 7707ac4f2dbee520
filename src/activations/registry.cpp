#include "activations/activation.hpp"

namespace ntkc::activations {

#define NTK_ACTIVATION(file) Activation file();
#include "activations/activations.def"
#undef NTK_ACTIVATION

std::span<const Activation> all() {
  static const std::vector<Activation> rows = {
#define NTK_ACTIVATION(file) file(),
#include "activations/activations.def"
#undef NTK_ACTIVATION
  };
  return rows;
}

const Activation* find(std::string_view name) {
  if (name == "silu") name = "swish";
  for (const Activation& row : all())
    if (row.name == name) return &row;
  return nullptr;
}

}  // namespace ntkc::activations
