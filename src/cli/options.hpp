// The command line as a value.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/diagnostics.hpp"

namespace ntkc::cli {

using flag = bool;
using text = std::string;
using list = std::vector<std::string>;
using words = std::vector<std::string>;

struct Options {
#define NTK_OPTION(member, type, flags, argument, fallback, commands, help) type member{};
#include "cli/options.def"
#undef NTK_OPTION
  std::vector<std::string> operands;  // specs, names
  std::vector<std::string> given;     // the options that were written, by their first spelling
  bool has(std::string_view option) const;
};

struct OptionInfo {
  enum class Type { flag, text, list, words } type;
  std::string_view flags, argument, fallback, commands, help;
  std::vector<std::string_view> spellings() const;  // -o, --output
  std::vector<std::string_view> words() const;      // of an enumeration; else none
  bool on(std::string_view command) const;
};
std::span<const OptionInfo> all_options();

struct CommandInfo {
  std::string_view name, operands;
  std::size_t at_least, at_most;
  std::string_view summary;
  int (*run)(const Options&);
};
std::span<const CommandInfo> all_commands();
const CommandInfo* find_command(std::string_view name);

// The words behind the command. Errors: 7xxx.
std::optional<Options> parse(const CommandInfo& command, std::vector<std::string> words, Diagnostics& diagnostics);

std::string help();                            // ntkc --help
std::string help(const CommandInfo& command);  // ntkc COMMAND --help

}  // namespace ntkc::cli
