#include "sema/analyze.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "sema/analyzer.hpp"
#include "sema/suggest.hpp"

namespace ntkc::sema {
namespace {

std::vector<const ast::Network*> networks_of(const ast::File& file) {
  std::vector<const ast::Network*> networks;
  for (const ast::Item& item : file.items)
    if (const auto* network = std::get_if<ast::Network>(&item.node)) networks.push_back(network);
  return networks;
}

std::vector<const ast::Network*> wanted(const ast::Files& files, const Sources& sources, const Options& options, Diagnostics& diagnostics) {
  const ast::File& main = files.files[files.main];
  std::vector<const ast::Network*> all = networks_of(main), chosen;
  std::map<std::string, Span> seen;
  for (const ast::Network* network : all) {
    const auto [first, fresh] = seen.emplace(network->name.text, network->name.span);
    if (!fresh)
      diagnostics.report(Code::duplicate_name, network->name.span, network->name.text).note(first->second, "first defined here");
    else if (options.network.empty() || network->name.text == options.network)
      chosen.push_back(network);
  }
  if (all.empty()) {
    diagnostics.report(Code::no_network, Span{main.source, 0, 0}, sources.name(main.source))
        .suggest("add `network NAME { input x: [sizes] ... }`");
  } else if (chosen.empty() && !options.network.empty()) {
    std::vector<std::string> names;
    names.reserve(all.size());
    for (const auto* network : all) names.push_back(network->name.text);
    diagnostics.report_global(Code::unknown_network, options.network).suggest(did_you_mean(options.network, names));
  }
  return chosen;
}

void check_outside_names(const Options& options, const Findings& findings, const std::vector<const ast::Network*>& all,
                         Diagnostics& diagnostics) {
  const std::vector<std::string> names(findings.params.begin(), findings.params.end());
  const auto of_another_network = [&](const std::string& name) {
    return std::ranges::any_of(
        all, [&](const ast::Network* n) { return n->name.text != options.network && name.starts_with(n->name.text + "."); });
  };
  for (std::size_t i = 0; i < options.overrides.size(); ++i) {
    const Override& override = options.overrides[i];
    if (findings.overrides_used.contains(i) || (!options.network.empty() && of_another_network(override.name))) continue;
    diagnostics.report(Code::unknown_override, override.value.span, override.name).suggest(did_you_mean(override.name, names));
  }
  for (const std::string& name : options.fold)
    if (name != "all" && !findings.params.contains(name))
      diagnostics.report_global(Code::unknown_fold, name).suggest(did_you_mean(name, names));
}

void warn_unused(const ast::Files& files, const Findings& findings, Diagnostics& diagnostics) {
  for (const ast::Item& item : files.files[files.main].items) {
    const auto* param = std::get_if<ast::Param>(&item.node);
    if (param && !param->is_const && !findings.used.contains(param->name.text))
      diagnostics.report(Code::unused_param, param->name.span, param->name.text);
  }
}

}  // namespace

graph::LayerGraph analyze(const ast::Files& files, const Sources& sources, const Options& options, Diagnostics& diagnostics) {
  Diagnostics all;
  graph::LayerGraph result;
  const auto chosen = wanted(files, sources, options, all);
  const auto every = networks_of(files.files[files.main]);
  Findings findings;
  for (const ast::Network* network : chosen) {
    // A param is found to be structural where it is used, a loop to be impossible where its result is; the network is then built again.
    for (;;) {
      const std::size_t known = findings.structural.size() + findings.written_out.size();
      Diagnostics attempt;
      auto built = Analyzer(files, options, findings, attempt).run(*network);
      if (findings.structural.size() + findings.written_out.size() > known) continue;
      all.append(attempt);
      if (built && !attempt.has_errors()) result.networks.push_back(std::move(*built));
      break;
    }
  }
  Analyzer(files, options, findings, all).check_files();
  if (!all.has_errors()) {
    check_outside_names(options, findings, every, all);
    if (options.network.empty() && !chosen.empty()) warn_unused(files, findings, all);
  }
  // A fault in a block or a file is met wherever it is used; it is told once.
  std::set<std::tuple<Code, Span, std::string>> seen;
  all.revise([&](const Diagnostic& d) { return seen.insert({d.code, d.span, d.message}).second; });
  diagnostics.append(all);
  if (all.has_errors()) result.networks.clear();
  return result;
}

}  // namespace ntkc::sema
