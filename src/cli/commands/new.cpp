// ntkc new: a commented spec from std/ to start from.
#include <sys/stat.h>
#include <unistd.h>

#include "cli/commands.hpp"
#include "cli/report.hpp"
#include "grammar/std.hpp"
#include "sema/suggest.hpp"
#include "support/output.hpp"

namespace ntkc::cli::commands {

int run_new(const Options& options) {
  Report report(options);
  Diagnostics diagnostics;
  std::vector<std::string> names;
  std::string_view text;
  for (const auto& file : grammar::std_files()) {
    names.emplace_back(file.name.substr(0, file.name.rfind('.')));
    if (names.back() == options.from) text = file.text;
  }
  const std::string& name = options.operands[0];
  const std::string path = !options.output.empty() ? options.output : name == "-" || name.ends_with(".ntk") ? name : name + ".ntk";
  struct stat status {};
  if (text.empty()) {
    const std::string near = sema::did_you_mean(options.from, names);
    diagnostics.report_global(Code::unknown_template, options.from)
        .suggest(fmt::format("{}there are: {}", near.empty() ? "" : near + " ", fmt::join(names, ", ")));
  } else if (path == "-") {
    if (const auto failure = write_descriptor(STDOUT_FILENO, text)) diagnostics.report_global(Code::cannot_write, path, *failure);
  } else if (lstat(path.c_str(), &status) == 0) {
    diagnostics.report_global(Code::file_exists, path).suggest("choose another name, or remove the file");
  } else if (const auto failure = write_file(path, text)) {
    diagnostics.report_global(Code::cannot_write, path, *failure);
  } else if (!options.quiet) {
    report.print(fmt::format("wrote {0}; try `ntkc info {0}` and `ntkc gen {0}`\n", path));
  }
  report.add(diagnostics);
  return report.finish();
}

}  // namespace ntkc::cli::commands
