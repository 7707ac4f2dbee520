// ntkc: picks the command; the rest is in commands/.
#include <unistd.h>

#include <clocale>
#include <cstdlib>
#include <new>

#include "cli/options.hpp"
#include "cli/report.hpp"
#include "driver/pipeline.hpp"
#include "driver/status.hpp"
#include "sema/suggest.hpp"
#include "support/output.hpp"

namespace ntkc::cli {
namespace {

int say(const std::string& text) {
  Report report{Options{}};
  report.print(text);
  return report.finish();
}

int fail(const Diagnostics& diagnostics) {
  Report report{Options{}};
  report.add(diagnostics);
  return report.finish();
}

int unknown_command(const std::string& word) {
  Diagnostics diagnostics;
  std::vector<std::string> names;
  for (const CommandInfo& command : all_commands()) names.emplace_back(command.name);
  const std::string near = sema::did_you_mean(word, names);
  auto& fault = diagnostics.report_global(Code::unknown_command, word);
  fault.suggest(fmt::format("{}the commands are: {}", near.empty() ? "" : near + " ", fmt::join(names, ", ")));
  return fail(diagnostics);
}

int help_on(const std::vector<std::string>& words) {
  if (words.empty()) return say(help());
  const CommandInfo* command = find_command(words[0]);
  return command ? say(help(*command)) : unknown_command(words[0]);
}

int run(std::vector<std::string> words) {
  if (words.empty()) {
    write_descriptor(STDERR_FILENO, help());
    return driver::kUsage;
  }
  const std::string first = words[0];
  words.erase(words.begin());
  if (first == "-h" || first == "--help" || first == "-help" || first == "help") return help_on(words);
  if (first == "--version" || first == "-version") return say(fmt::format("ntkc {}\n", driver::kVersion));
  const CommandInfo* command = find_command(first);
  if (!command) return unknown_command(first);
  Diagnostics diagnostics;
  const auto options = parse(*command, std::move(words), diagnostics);
  if (!options) return fail(diagnostics);
  return options->help ? say(help(*command)) : command->run(*options);
}

}  // namespace
}  // namespace ntkc::cli

// OpenBLAS starts threads when it is loaded, and each waits for work in a loop for a tenth of a second: a core that a short run wants. It
// starts them anew when there is work. Other libraries do not have this function.
extern "C" [[gnu::weak]] int blas_thread_shutdown_();

int main(int argc, char** argv) {
  using namespace ntkc;
  if (blas_thread_shutdown_) blas_thread_shutdown_();
  install_signal_handlers();
  try {
    return cli::run({argv + (argc > 0 ? 1 : 0), argv + argc});
  } catch (const std::bad_alloc&) {
    write_descriptor(STDERR_FILENO, fmt::format("ntkc: error: {} [{}]\n", info(Code::no_memory).text, spelling(Code::no_memory)));
    return driver::kSystem;
  } catch (const std::exception& bug) {
    write_descriptor(STDERR_FILENO,
                     fmt::format("ntkc: internal error: {}\nThis is a bug in ntkc {}: please report it with the spec and the command.\n",
                                 bug.what(), driver::kVersion));
    return driver::kBug;
  }
}
