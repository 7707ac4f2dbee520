// ntkc verify: the evaluators against the judge and against finite random networks.
#include "driver/verify.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/request.hpp"
#include "driver/data.hpp"

namespace ntkc::cli::commands {
namespace {

template <class T>
bool whole(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

std::optional<std::vector<std::size_t>> widths(std::string_view text) {
  constexpr std::size_t kWidest = 1 << 20;
  std::vector<std::size_t> out;
  for (;;) {
    const auto end = std::min(text.find(','), text.size());
    std::size_t width = 0;
    if (!whole(text.substr(0, end), width) || width == 0 || width > kWidest) return std::nullopt;
    out.push_back(width);
    if (end == text.size()) break;
    text.remove_prefix(end + 1);
  }
  std::ranges::sort(out);
  const bool distinct = std::ranges::adjacent_find(out) == out.end();
  return distinct && out.size() >= 2 ? std::optional(out) : std::nullopt;
}

struct Wanted {
  driver::VerifyOptions options;
  io::Rows rows;
};

Wanted read_options(const Options& o, Diagnostics& diagnostics) {
  Wanted w;
  const auto wrong = [&](std::string_view option, const std::string& text, std::string_view what) {
    diagnostics.report_global(Code::option_not_a_number, option, text, what);
  };
  if (const auto list = widths(o.width))
    w.options.widths = *list;
  else
    wrong("--width", o.width, "two or more different widths, from 1 to 1048576: the limit is told from how kernels change with width");
  if (!whole(o.samples, w.options.networks) || w.options.networks < 2 || w.options.networks > 1000000)
    wrong("--samples", o.samples, "a whole number from 2 to 1000000");
  if (!whole(o.seed, w.options.seed)) wrong("--seed", o.seed, "a whole number from 0");
  if (!o.threads.empty() && (!whole(o.threads, w.options.threads) || w.options.threads == 0 || w.options.threads > 4096))
    wrong("--threads", o.threads, "a whole number from 1 to 4096");
  if (!o.rows.empty()) {
    if (const auto parsed = io::parse_rows(o.rows))
      w.rows = *parsed;
    else
      wrong("--rows", o.rows, "A:B, rows from A up to and without B, counted from 0");
  }
  using When = driver::Progress::When;
  w.options.progress = o.progress == "always" ? When::always : o.progress == "never" || o.quiet ? When::never : When::automatic;
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
    text += (i ? "\n" : "") + driver::to_text(*result);
    networks.push_back(driver::to_json(*result));
  }
  if (options.json) text = nlohmann::ordered_json{{"spec", options.operands[0]}, {"networks", networks}}.dump(2) + "\n";
  if (!networks.empty()) report.print(text);
  report.judge(about);
  report.add(about, &c.sources);
  return report.finish();
}

}  // namespace ntkc::cli::commands
