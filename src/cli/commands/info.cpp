// ntkc info: what the compiler knows about the networks of a spec.
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/request.hpp"
#include "driver/describe.hpp"

namespace ntkc::cli::commands {

int run_info(const Options& options) {
  Report report(options);
  Provider provider;
  Diagnostics about;
  auto wanted = request(options, options.operands[0], {}, about);
  if (!wanted) {
    report.add(about);
    return report.finish();
  }
  wanted->is_kept = false;  // it tells what is
  if (const auto dumped = dump(options, *wanted, provider, report)) return *dumped;
  auto c = driver::compile(provider, *wanted);
  report.judge(c.diagnostics);
  report.add(c.diagnostics, &c.sources);
  if (c.ok()) {
    std::string text;
    auto networks = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < c.graphs.size(); ++i) {
      const auto facts = driver::facts(c, i);
      text.append(i ? "\n" : "").append(driver::to_text(facts));
      networks.push_back(driver::to_json(facts));
    }
    if (options.json) text = nlohmann::ordered_json{{"spec", options.operands[0]}, {"networks", networks}}.dump(2) + "\n";
    report.print(text);
  }
  return report.finish();
}

}  // namespace ntkc::cli::commands
