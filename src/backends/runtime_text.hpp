// The runtime headers of include/ntk/, embedded by Runtime.cmake, and as one text for files that stand alone.
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace ntkc::backends {

struct RuntimeFile {
  std::string_view name;  // "ntk/runtime/views.hpp"
  std::string_view text;
};
std::span<const RuntimeFile> runtime_files();

// A runtime header with everything that it includes of its own put in. Each part keeps its include guard.
std::string standalone_runtime(const std::string& root = "ntk/runtime.hpp");

}  // namespace ntkc::backends
