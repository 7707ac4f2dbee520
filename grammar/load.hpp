// From a path to the trees of everything it imports.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "ast/ast.hpp"
#include "support/diagnostics.hpp"
#include "support/provider.hpp"

namespace ntkc::grammar {

// One file that was read, in the order of reading (for dependency files); texts inside the compiler are built in.
struct LoadedFile {
  std::string path;
  bool built_in = false;
  std::uint32_t source = 0;
};

// The import graph of the spec at `path`; each file is read and parsed once. An import is looked for in the importing file's folder, in
// each of `include_dirs`, then among std_files(). Errors: unreadable files, a circle of imports, every syntax error of every file.
// `loaded`, if given, lists what was read, also after an error.
std::optional<ast::Files> load(SourceProvider& provider, const std::string& path, const std::vector<std::string>& include_dirs,
                               Sources& sources, Diagnostics& diagnostics, std::vector<LoadedFile>* loaded = nullptr);

}  // namespace ntkc::grammar
