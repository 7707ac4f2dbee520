#include "backends/backend.hpp"

namespace ntkc::backends {

#define NTK_BACKEND(file) Backend file();
#include "backends/backends.def"
#undef NTK_BACKEND

std::span<const Backend> all() {
  static const Backend rows[] = {
#define NTK_BACKEND(file) file(),
#include "backends/backends.def"
#undef NTK_BACKEND
  };
  return rows;
}

const Backend* find(std::string_view name) {
  for (const auto& backend : all())
    if (backend.name == name) return &backend;
  return nullptr;
}

}  // namespace ntkc::backends
