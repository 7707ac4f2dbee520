// ntkc check: all diagnostics, nothing written. A spec that is sound so far is lowered too, since some limits fail only there.
#include "cli/commands.hpp"
#include "cli/request.hpp"

namespace ntkc::cli::commands {

int run_check(const Options& options) {
  Report report(options);
  Provider provider;
  for (const std::string& spec : options.operands) {
    Diagnostics about;
    const auto wanted = request(options, spec, {}, about);
    if (!wanted) {
      report.add(about);
      break;
    }
    if (const auto dumped = dump(options, *wanted, provider, report)) return *dumped;
    auto compilation = driver::compile(provider, *wanted, driver::Stage::optimize);
    report.judge(compilation.diagnostics);
    report.add(compilation.diagnostics, &compilation.sources);
    if (compilation.ok()) report.say(spec + ": no errors");
  }
  return report.finish();
}

}  // namespace ntkc::cli::commands
