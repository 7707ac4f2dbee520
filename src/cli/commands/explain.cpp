// ntkc explain: what a diagnostic means. Everything it says stands in diagnostics.def.
#include "cli/commands.hpp"
#include "cli/report.hpp"

namespace ntkc::cli::commands {
namespace {

const CodeInfo* find(std::string_view word) {
  if (word.starts_with("NTK") || word.starts_with("ntk")) word.remove_prefix(3);
  for (const CodeInfo& code : all_codes())
    if (spelling(code.code).substr(3) == word || code.name == word) return &code;
  return nullptr;
}

// Formats of messages read better with dots for what is put in.
std::string general(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '{') {
      out += text[i];
      continue;
    }
    out += "...";
    i = text.find('}', i);
  }
  return out;
}

std::string indented(std::string_view text) {
  std::string out = "    ";
  for (const char c : text) out += c == '\n' ? std::string("\n    ") : std::string(1, c);
  return out + "\n";
}

std::string explanation(const CodeInfo& code) {
  return fmt::format("{} ({}): {}\n\n{}\n\nExample:\n\n{}", spelling(code.code), code.severity == Severity::error ? "error" : "warning",
                     general(code.text), code.paragraph, indented(code.example));
}

}  // namespace

int run_explain(const Options& options) {
  Report report(options);
  std::string text;
  if (options.operands.empty()) {
    for (const CodeInfo& code : all_codes()) text += fmt::format("{}  {}\n", spelling(code.code), general(code.text));
  } else if (const CodeInfo* code = find(options.operands[0])) {
    text = explanation(*code);
  } else {
    Diagnostics diagnostics;
    diagnostics.report_global(Code::unknown_code, options.operands[0]).suggest("`ntkc explain` lists all of them");
    report.add(diagnostics);
  }
  report.print(text);
  return report.finish();
}

}  // namespace ntkc::cli::commands
