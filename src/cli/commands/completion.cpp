// ntkc completion: scripts for shells, made from commands.def and options.def.
#include "cli/commands.hpp"
#include "cli/report.hpp"

namespace ntkc::cli::commands {
namespace {

std::string commands(std::string_view between) {
  std::string out;
  for (const CommandInfo& command : all_commands()) out.append(out.empty() ? "" : between).append(command.name);
  return out;
}

std::string quoted(std::string_view text) {  // in single quotes, as all three shells read it
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

bool takes_file(const OptionInfo& option) { return option.argument.find("FILE") != std::string_view::npos || option.argument == "DIR"; }

std::string bash() {
  std::string cases, values;
  for (const CommandInfo& command : all_commands()) {
    std::string flags;
    for (const OptionInfo& option : all_options())
      if (option.on(command.name))
        for (const auto spelling : option.spellings()) flags.append(flags.empty() ? "" : " ").append(spelling);
    cases += fmt::format("    {}) flags='{}' ;;\n", command.name, flags);
  }
  for (const OptionInfo& option : all_options())
    if (!option.words().empty())
      values += fmt::format("    {}) words='{}' ;;\n", option.spellings().front(), fmt::join(option.words(), " "));
  return fmt::format(R"(# bash completion of ntkc: source this, or put it into /usr/share/bash-completion/completions/ntkc
_ntkc() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} flags='' words=''
  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W '{}' -- "$word")); return; fi
  if [ "$word" = '=' ]; then word=''; elif [ "$before" = '=' ]; then before=${{COMP_WORDS[COMP_CWORD-2]}}; fi
  case "$before" in
{}  esac
  if [ -n "$words" ]; then COMPREPLY=($(compgen -W "$words" -- "$word")); return; fi
  case "${{COMP_WORDS[1]}}" in
{}    completion) ;;
  esac
  case "${{COMP_WORDS[1]}}:$word" in
    completion:[!-]*|completion:) COMPREPLY=($(compgen -W 'bash zsh fish' -- "$word")) ;;
    *:-*) COMPREPLY=($(compgen -W "$flags" -- "$word")) ;;
    *) COMPREPLY=($(compgen -f -- "$word")) ;;
  esac
}}
complete -o filenames -F _ntkc ntkc
)",
                     commands(" "), values, cases);
}

std::string zsh() {
  std::string names, cases;
  for (const CommandInfo& command : all_commands()) {
    names += fmt::format("    {}\n", quoted(fmt::format("{}:{}", command.name, command.summary)));
    std::string rows;
    for (const OptionInfo& option : all_options()) {
      if (!option.on(command.name)) continue;
      for (const auto spelling : option.spellings()) {
        std::string help(option.help), row(spelling);
        for (std::string* text : {&help})
          for (std::size_t i = 0; i < text->size(); ++i)
            if ((*text)[i] == '[' || (*text)[i] == ']' || (*text)[i] == ':') text->insert(i++, "\\");
        if (option.type == OptionInfo::Type::list) row.insert(row.begin(), '*');
        row += "[" + help + "]";
        if (!option.words().empty())
          row += fmt::format(":word:({})", fmt::join(option.words(), " "));
        else if (option.type != OptionInfo::Type::flag)
          row += takes_file(option) ? ":file:_files" : ":value:";
        rows += " \\\n      " + quoted(row);
      }
    }
    const char* operands = command.name == "completion" ? "'*:shell:(bash zsh fish)'" : "'*:file:_files'";
    cases += fmt::format("    {}) _arguments {}{} ;;\n", command.name, operands, rows);
  }
  return fmt::format(
      "#compdef ntkc\n_ntkc() {{\n  local -a names\n  names=(\n{}  )\n  if (( CURRENT == 2 )); then _describe command names; return; fi\n"
      "  local name=$words[2]\n  shift words\n  (( CURRENT-- ))\n  case $name in\n{}  esac\n}}\ncompdef _ntkc ntkc\n",
      names, cases);
}

std::string fish() {
  std::string out = fmt::format("set -l names {}\n", commands(" "));
  for (const CommandInfo& command : all_commands())
    out += fmt::format("complete -c ntkc -f -n \"not __fish_seen_subcommand_from $names\" -a {} -d {}\n", command.name,
                       quoted(command.summary));
  for (const CommandInfo& command : all_commands()) {
    for (const OptionInfo& option : all_options()) {
      if (!option.on(command.name)) continue;
      out += fmt::format("complete -c ntkc -n \"__fish_seen_subcommand_from {}\"", command.name);
      for (const auto spelling : option.spellings())
        out += spelling.starts_with("--") ? fmt::format(" -l {}", spelling.substr(2))
                                          : fmt::format(" -{} {}", spelling.size() > 2 ? 'o' : 's', spelling.substr(1));
      if (option.type != OptionInfo::Type::flag) out += takes_file(option) ? " -r" : " -x";
      if (!option.words().empty()) out += " -a " + quoted(fmt::format("{}", fmt::join(option.words(), " ")));
      out += " -d " + quoted(option.help) + "\n";
    }
  }
  return out + "complete -c ntkc -f -n \"__fish_seen_subcommand_from completion\" -a 'bash zsh fish'\n";
}

}  // namespace

int run_completion(const Options& options) {
  Report report(options);
  const std::string& shell = options.operands[0];
  if (shell == "bash")
    report.print(bash());
  else if (shell == "zsh")
    report.print(zsh());
  else if (shell == "fish")
    report.print(fish());
  else {
    Diagnostics diagnostics;
    diagnostics.report_global(Code::unknown_choice, "SHELL", shell).suggest("it is one of: bash, zsh, fish");
    report.add(diagnostics);
  }
  return report.finish();
}

}  // namespace ntkc::cli::commands
