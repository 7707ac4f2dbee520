// ntkc verify: the evaluators against the judge and against finite random networks.
#include "driver/verify.hpp"

#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/numbers.hpp"
#include "cli/request.hpp"
#include "driver/data.hpp"

namespace ntkc::cli::commands {
namespace {

struct Wanted {
  driver::VerifyOptions options;
  io::Rows rows;
};

Wanted read_options(const Options& o, Diagnostics& diagnostics) {
  constexpr std::uint64_t kWidest = 1 << 20, kMostNetworks = 1000000, kAny = ~std::uint64_t{0};
  Wanted w;
  Numbers numbers{diagnostics};
  std::vector<std::uint64_t> widths;
  numbers.counts("--width", o.width, widths);
  if (!diagnostics.has_errors() && (widths.size() < 2 || widths.front() == 0 || widths.back() > kWidest))
    numbers.wrong("--width", o.width, "two or more widths, from 1 to 1048576: the limit is told from how kernels change with width");
  w.options.widths.assign(widths.begin(), widths.end());
  numbers.whole("--samples", o.samples, 2, kMostNetworks, "a whole number from 2 to 1000000", w.options.networks);
  numbers.whole("--seed", o.seed, 0, kAny, "a whole number from 0", w.options.seed);
  numbers.threads(o.threads, w.options.threads);
  numbers.rows("--rows", o.rows, w.rows);
  w.options.progress = progress(o);
  return w;
}

}  // namespace

int run_verify(const Options& options) {
  Report report(options);
  Provider provider;
  Diagnostics about;
  const Wanted wanted = read_options(options, about);
  const auto request = cli::request(options, options.operands[0], {}, about);
  if (!request || about.has_errors()) {
    report.add(about);
    return report.finish();
  }
  if (const auto dumped = dump(options, *request, provider, report)) return *dumped;
  auto c = driver::compile(provider, *request);
  report.judge(c.diagnostics);
  report.add(c.diagnostics, &c.sources);
  std::string text;
  auto networks = nlohmann::ordered_json::array();
  for (std::size_t i = 0; c.ok() && i < c.graphs.size(); ++i) {
    driver::Dimensions dimensions;
    io::Matrix x = driver::random_inputs(c, i, wanted.options.seed);
    if (!options.x.empty()) {
      auto data = driver::read_data(options.x, wanted.rows, c.plans[i], dimensions, about);
      if (!data) break;
      x = std::move(data->samples);
    }
    const auto result = driver::verify(c, i, x, wanted.options, about);
    if (!result) break;
    if (i > 0) text += '\n';
    text += driver::to_text(*result);
    networks.push_back(driver::to_json(*result));
  }
  if (options.json) text = nlohmann::ordered_json{{"spec", options.operands[0]}, {"networks", networks}}.dump(2) + "\n";
  if (!networks.empty()) report.print(text);
  report.judge(about);
  report.add(about, &c.sources);
  return report.finish();
}

}  // namespace ntkc::cli::commands
