// The commands: each takes the command line and gives the exit status.
#pragma once
#include "cli/options.hpp"

namespace ntkc::cli::commands {

#define NTK_COMMAND(name, operands, at_least, at_most, summary) int run_##name(const Options& options);
#include "cli/commands.def"
#undef NTK_COMMAND

}  // namespace ntkc::cli::commands
