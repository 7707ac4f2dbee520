// Analyses a text held in memory.
#pragma once
#include <map>
#include <string>

#include "grammar/load.hpp"
#include "grammar/parse.hpp"
#include "sema/analyze.hpp"

namespace ntkc::test {

struct Analysis {
  Sources sources;
  Diagnostics diagnostics;
  graph::LayerGraph graph;

  const graph::Network& network(std::size_t i = 0) const { return graph.networks.at(i); }
  std::size_t count(Code code) const {
    std::size_t n = 0;
    for (const Diagnostic& d : diagnostics.all()) n += d.code == code;
    return n;
  }
};

// `define`: "NAME=EXPR" as after -D. Files beside the spec can be imported.
inline void analyze(Analysis& a, const std::string& text, const std::vector<std::string>& define = {}, sema::Options options = {},
                    std::map<std::string, std::string> files = {}) {
  files["main.ntk"] = text;
  MemoryProvider provider(files);
  const auto tree = grammar::load(provider, "main.ntk", {}, a.sources, a.diagnostics);
  for (const std::string& d : define) {
    const std::size_t equal = d.find('=');
    const std::uint32_t source = a.sources.add("-D " + d.substr(0, equal), d.substr(equal + 1));
    if (auto e = grammar::parse_expression(a.sources, source, a.diagnostics))
      options.overrides.push_back({d.substr(0, equal), std::move(*e)});
  }
  if (tree) a.graph = sema::analyze(*tree, a.sources, options, a.diagnostics);
}

// Every diagnostic with its places, as LINE:COLUMN-COLUMN.
inline std::string report(const Analysis& a) {
  const auto place = [&](Span span) {
    const auto from = a.sources.position(span.file, span.begin), to = a.sources.position(span.file, span.end);
    return from.line == to.line ? fmt::format("{}:{}-{}", from.line, from.column, to.column)
                                : fmt::format("{}:{}-{}:{}", from.line, from.column, to.line, to.column);
  };
  std::string out;
  for (const Diagnostic& d : a.diagnostics.all()) {
    out += fmt::format("{} {}: {} [{}]\n", place(d.span), d.severity == Severity::error ? "error" : "warning", d.message, spelling(d.code));
    for (const Note& n : d.notes) out += fmt::format("  note {}: {}\n", place(n.span), n.message);
    if (!d.help.empty()) out += fmt::format("  help: {}\n", d.help);
  }
  return out;
}

}  // namespace ntkc::test
