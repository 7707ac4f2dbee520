// ntkc fmt: the canonical layout, in place; of standard input, to standard output.
#include <unistd.h>

#include "cli/commands.hpp"
#include "cli/request.hpp"
#include "format/format.hpp"
#include "grammar/parse.hpp"
#include "support/output.hpp"

namespace ntkc::cli::commands {
namespace {

// Reads and formats one spec; the text as it was and as it should be.
struct Texts {
  std::string before, after;
};
std::optional<Texts> format(Provider& provider, const std::string& path, Sources& sources, Diagnostics& diagnostics) {
  const auto read = provider.read(path);
  if (const auto* failure = std::get_if<ReadFailure>(&read)) {
    diagnostics.report_global(Code::spec_unreadable, path, failure->reason);
    return std::nullopt;
  }
  const auto file = sources.add(path, std::get<std::string>(read));
  const auto tree = grammar::parse(sources, file, diagnostics);
  if (!tree) return std::nullopt;
  return Texts{std::get<std::string>(read), format::format(*tree, sources)};
}

}  // namespace

int run_fmt(const Options& options) {
  Report report(options);
  Provider provider;
  for (const std::string& spec : options.operands) {
    const std::string path = spec == "-" ? kStandardInput : spec;
    Sources sources;
    Diagnostics diagnostics;
    if (const auto texts = format(provider, path, sources, diagnostics)) {
      if (options.check) {
        if (texts->before != texts->after) diagnostics.report_global(Code::not_formatted, path).suggest("ntkc fmt " + path);
      } else {
        const auto failure = spec == "-" ? write_descriptor(STDOUT_FILENO, texts->after) : write_file(path, texts->after);
        if (failure) diagnostics.report_global(Code::cannot_write, path, *failure);
      }
    }
    report.judge(diagnostics);
    report.add(diagnostics, &sources);
  }
  return report.finish();
}

}  // namespace ntkc::cli::commands
