// From plans to the text of a generated file, and the file's surroundings: names, dependencies.
#pragma once
#include <string>
#include <vector>

#include "driver/pipeline.hpp"

namespace ntkc::driver {

struct GenerateOptions {
  std::string backend = "c++";  // a row of backends.def
  std::string name_space;
  bool standalone = false;
  std::vector<std::string> gradient = {};  // run-time params in which the kernels are differentiated; "all" is all
};

// The text; errors 2022 and 5208 of gradients.
std::string generate(const Compilation& compilation, const GenerateOptions& options, Diagnostics& diagnostics);

// "nets/mlp.ntk" -> "mlp"; of standard input "stdin".
std::string stem(const std::string& spec);

// "a", "a::b": identifiers that are no keywords of C++.
bool is_namespace(std::string_view text);

// A rule for make as GCC writes it: blanks, # and $ escaped, one file a line; `phony`: an empty rule for each file but the first (-MP).
std::string depfile(const std::vector<std::string>& targets, const std::vector<std::string>& files, bool phony);
std::string escape_for_make(const std::string& path);

}  // namespace ntkc::driver
