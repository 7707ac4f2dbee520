// GCC's and GNU's ways at once: long options with one dash or two, -DNAME=EXPR and -Wno-NAME attached, -qv together. Libraries know one of
// them.
#include <algorithm>

#include "cli/options.hpp"
#include "sema/suggest.hpp"

namespace ntkc::cli {
namespace {

using Type = OptionInfo::Type;

struct Reader {
  const CommandInfo& command;
  std::vector<std::string> words;
  Diagnostics& diagnostics;
  Options options = {};
  std::size_t at = 0;

  bool read();
  bool option(const std::string& word);
  bool store(const OptionInfo& option, const std::string& as_written, const std::string& value);
  bool unknown(const std::string& name);
};

bool is_spelling(std::string_view word, std::string_view spelling) {
  if (word == spelling) return true;
  const bool both_long = word.size() > 2 && spelling.size() > 2;
  return both_long && (word == spelling.substr(1) || word.substr(1) == spelling);
}

const OptionInfo* find(std::string_view command, std::string_view word) {
  for (const OptionInfo& option : all_options())
    if (option.on(command))
      for (const auto spelling : option.spellings())
        if (is_spelling(word, spelling)) return &option;
  return nullptr;
}

struct Store {
  const std::string& value;
  void operator()(flag& member) const { member = true; }
  void operator()(text& member) const { member = value; }
  void operator()(list& member) const { member.push_back(value); }  // words too
};

void assign(Options& options, const OptionInfo& option, const std::string& value) {
#define NTK_OPTION(member, type, spelled, argument, fallback, on, text_of_help) \
  if (option.flags == std::string_view(spelled)) Store{value}(options.member);
#include "cli/options.def"
#undef NTK_OPTION
}

bool Reader::unknown(const std::string& name) {
  auto& fault = diagnostics.report_global(Code::unknown_option, command.name, name);
  std::vector<std::string> known;
  for (const OptionInfo& option : all_options())
    if (option.on(command.name))
      for (const auto spelling : option.spellings()) known.emplace_back(spelling);
  const std::string near = sema::did_you_mean(name, known);
  fault.suggest(!near.empty() ? near : fmt::format("`ntkc {} --help` lists its options", command.name));
  return false;
}

bool Reader::store(const OptionInfo& option, const std::string& as_written, const std::string& value) {
  const auto words_allowed = option.words();
  if (!words_allowed.empty() && std::ranges::count(words_allowed, value) == 0) {
    diagnostics.report_global(Code::unknown_choice, as_written, value)
        .suggest(fmt::format("it is one of: {}", fmt::join(words_allowed, ", ")));
    return false;
  }
  options.given.emplace_back(option.spellings().front());
  assign(options, option, value);
  return true;
}

bool Reader::option(const std::string& word) {
  const auto equals = word.find('=');
  const std::string name = word.substr(0, equals);
  if (const OptionInfo* found = find(command.name, name)) {
    if (found->type == Type::flag) {
      if (equals == std::string::npos) return store(*found, name, "");
      diagnostics.report_global(Code::option_with_value, name);
      return false;
    }
    if (equals == std::string::npos && at == words.size()) {
      diagnostics.report_global(Code::option_without_value, name);
      return false;
    }
    if (!store(*found, name, equals == std::string::npos ? words[at++] : word.substr(equals + 1))) return false;
    while (found->type == Type::words && at < words.size() && !words[at].starts_with('-')) store(*found, name, words[at++]);
    return true;
  }
  const std::size_t letters = word.starts_with("-MF") || word.starts_with("-MT") || word.starts_with("-MQ") ? 3 : 2;
  const OptionInfo* first = word[1] == '-' ? nullptr : find(command.name, word.substr(0, letters));
  if (!first) return unknown(name);
  if (first->type != Type::flag) return store(*first, word.substr(0, letters), word.substr(letters));
  return store(*first, word.substr(0, 2), "") && option(fmt::format("-{}", word.substr(2)));
}

bool Reader::read() {
  bool only_operands = false;
  while (at < words.size()) {
    const std::string word = words[at++];
    if (word == "--" && !only_operands)
      only_operands = true;
    else if (only_operands || word.size() < 2 || word[0] != '-')
      options.operands.push_back(word);
    else if (!option(word))
      return false;
  }
  return true;
}

}  // namespace

std::optional<Options> parse(const CommandInfo& command, std::vector<std::string> words, Diagnostics& diagnostics) {
  Reader reader{command, std::move(words), diagnostics};
  for (const OptionInfo& option : all_options())
    if (!option.fallback.empty()) assign(reader.options, option, std::string(option.fallback));
  if (!reader.read()) return std::nullopt;
  if (reader.options.help) return std::move(reader.options);
  const auto& operands = reader.options.operands;
  if (operands.size() < command.at_least) diagnostics.report_global(Code::missing_operand, command.name, command.operands);
  if (operands.size() > command.at_most)
    diagnostics.report_global(Code::too_many_operands, operands[command.at_most], command.name,
                              command.at_most == 1 ? "one" : command.operands);
  if (diagnostics.has_errors()) return std::nullopt;
  return std::move(reader.options);
}

}  // namespace ntkc::cli
