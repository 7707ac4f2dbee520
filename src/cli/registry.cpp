#include <algorithm>

#include "cli/commands.hpp"
#include "cli/numbers.hpp"
#include "cli/options.hpp"

namespace ntkc::cli {
namespace {

constexpr OptionInfo kOptions[] = {
#define NTK_OPTION(member, type, flags, argument, fallback, commands, help) \
  {OptionInfo::Type::type, flags, argument, fallback, commands, help},
#include "cli/options.def"
#undef NTK_OPTION
};

constexpr CommandInfo kCommands[] = {
#define NTK_COMMAND(name, operands, at_least, at_most, summary) {#name, operands, at_least, at_most, summary, &commands::run_##name},
#include "cli/commands.def"
#undef NTK_COMMAND
};

}  // namespace

std::span<const OptionInfo> all_options() { return kOptions; }
std::span<const CommandInfo> all_commands() { return kCommands; }

const CommandInfo* find_command(std::string_view name) {
  const auto found = std::ranges::find(kCommands, name, &CommandInfo::name);
  return found == std::end(kCommands) ? nullptr : found;
}

std::vector<std::string_view> OptionInfo::spellings() const { return split(flags, ','); }

std::vector<std::string_view> OptionInfo::words() const {
  const bool enumeration =
      argument.find('|') != std::string_view::npos && std::ranges::none_of(argument, [](char c) { return c >= 'A' && c <= 'Z'; });
  return enumeration ? split(argument, '|') : std::vector<std::string_view>{};
}

bool OptionInfo::on(std::string_view command) const { return commands == "*" || std::ranges::count(split(commands, ' '), command) > 0; }

bool Options::has(std::string_view option) const { return std::ranges::count(given, option) > 0; }

}  // namespace ntkc::cli
