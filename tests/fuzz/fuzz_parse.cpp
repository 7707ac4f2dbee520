// libFuzzer over the parser and the formatter: no crash, and what parses is formatted to the same tree.
#include <cstdlib>

#include "format/format.hpp"
#include "grammar/parse.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ntkc::Sources sources;
  ntkc::Diagnostics diagnostics;
  const auto tree = ntkc::grammar::parse(sources, sources.add("fuzz.ntk", {reinterpret_cast<const char*>(data), size}), diagnostics);
  if (tree.has_value() == diagnostics.has_errors()) std::abort();
  for (const ntkc::Diagnostic& d : diagnostics.all())
    if (d.span.begin > d.span.end || d.span.end > size) std::abort();
  if (!tree) return 0;
  const std::string text = ntkc::format::format(*tree, sources);
  const auto again = ntkc::grammar::parse(sources, sources.add("formatted.ntk", text), diagnostics);
  if (!again || ntkc::ast::to_text(*again) != ntkc::ast::to_text(*tree)) std::abort();
  if (ntkc::format::format(*again, sources) != text) std::abort();
  return 0;
}
