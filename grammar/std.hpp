// The specs inside the compiler (grammar/std/*.ntk): imported by name, copied by `ntkc new`.
#pragma once
#include <span>
#include <string_view>

namespace ntkc::grammar {

struct StdFile {
  std::string_view name;  // "mlp.ntk"
  std::string_view text;
};

std::span<const StdFile> std_files();  // by name

}  // namespace ntkc::grammar
