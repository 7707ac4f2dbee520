// libFuzzer over what reads specs. Nothing may crash; a failure has its diagnostic and a success none; what parses is formatted to the same
// tree; every diagnostic points into its text.
#include <cstdlib>

#include "format/format.hpp"
#include "grammar/load.hpp"
#include "grammar/parse.hpp"
#include "sema/analyze.hpp"

namespace {

using namespace ntkc;

void need(bool holds) {
  if (!holds) std::abort();
}

void format_again(const std::string& text) {
  Sources sources;
  Diagnostics diagnostics;
  const auto tree = grammar::parse(sources, sources.add("fuzz.ntk", text), diagnostics);
  need(tree.has_value() != diagnostics.has_errors());
  if (!tree) return;
  const std::string formatted = format::format(*tree, sources);
  const auto again = grammar::parse(sources, sources.add("formatted.ntk", formatted), diagnostics);
  need(again && ast::to_text(*again) == ast::to_text(*tree));
  need(format::format(*again, sources) == formatted);
}

void analyze(const std::string& text) {
  MemoryProvider provider({{"fuzz.ntk", text}});
  Sources sources;
  Diagnostics diagnostics;
  const auto files = grammar::load(provider, "fuzz.ntk", {}, sources, diagnostics);
  need(files.has_value() != diagnostics.has_errors());
  if (files) {
    const auto graph = sema::analyze(*files, sources, {}, diagnostics);
    need(!graph.networks.empty() || diagnostics.has_errors());
  }
  for (const Diagnostic& d : diagnostics.all())
    if (d.span.file < sources.size()) need(d.span.begin <= d.span.end && d.span.end <= sources.text(d.span.file).size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  format_again(text);
  analyze(text);
  return 0;
}
