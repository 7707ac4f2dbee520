// The manual: everything in it comes from commands.def and options.def.
#include <algorithm>

#include "cli/options.hpp"
#include "driver/pipeline.hpp"

namespace ntkc::cli {
namespace {

constexpr std::size_t kColumn = 32;

std::string row(const OptionInfo& option) {
  std::string left = fmt::format("  {}", fmt::join(option.spellings(), ", "));
  if (!option.argument.empty())
    left.append(option.type != OptionInfo::Type::words && option.spellings().back().starts_with("--") ? "=" : " ").append(option.argument);
  std::string text(option.help);
  if (!option.fallback.empty()) text += fmt::format(" ({})", option.fallback);
  if (left.size() + 2 > kColumn) return fmt::format("{}\n{}{}\n", left, std::string(kColumn, ' '), text);
  return fmt::format("{:<{}}{}\n", left, kColumn, text);
}

}  // namespace

std::string help() {
  std::string out =
      "ntkc: from the text of a neural network to its infinite-width kernels (NNGP and NTK)\n\nusage: ntkc COMMAND [OPTION | "
      "OPERAND]...\n\ncommands:\n";
  for (const CommandInfo& command : all_commands())
    out += fmt::format("{:<{}}{}\n", fmt::format("  {} {}", command.name, command.operands), kColumn, command.summary);
  out +=
      "\n`ntkc COMMAND --help` lists a command's options; `ntkc --version` prints the version. A SPEC of - is standard input.\n"
      "Exit status: 0 success, 1 the input is at fault, 2 the command line, 3 the system, 70 a bug in ntkc.\n";
  return out;
}

std::string help(const CommandInfo& command) {
  std::string out = fmt::format("ntkc {}: {}\n\nusage: ntkc {} [OPTION]... {}\n\noptions:\n", command.name, command.summary, command.name,
                                command.operands);
  for (const OptionInfo& option : all_options())
    if (option.on(command.name)) out += row(option);
  return out;
}

}  // namespace ntkc::cli
