// Other programs, run to their end.
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace ntkc {

struct Ran {
  int status = 0;      // 128 + n where signal n ended it
  std::string output;  // standard output and standard error, as they came
};

// words[0] is looked for as the shell does; standard input is empty. nullopt: it cannot be run.
std::optional<Ran> run_program(const std::vector<std::string>& words);

}  // namespace ntkc
