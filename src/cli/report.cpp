#include "cli/report.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "driver/status.hpp"
#include "support/output.hpp"

namespace ntkc::cli {
namespace {

bool wants_color(const Options& options) {
  if (options.color == "always") return true;
  if (options.color == "never" || !isatty(STDERR_FILENO)) return false;
  const char* terminal = std::getenv("TERM");
  return !std::getenv("NO_COLOR") && terminal && std::string_view(terminal) != "dumb";
}

std::string option_name(const CodeInfo& code) {
  std::string name(code.name);
  std::ranges::replace(name, '_', '-');
  return name;
}

enum class Judgement { keep, drop, error };

// The last -W that speaks of this warning decides; -Werror speaks of all that are kept.
Judgement judgement(const Options& options, Code code) {
  const std::string name = option_name(info(code));
  bool kept = true, error = false;
  for (const std::string& w : options.warnings) {
    if (w == "error" || w == "error=" + name) error = true;
    if (w == "no-error" || w == "no-error=" + name) error = false;
    if (w == name || w == "error=" + name) kept = true;
    if (w == "no-" + name) kept = false;
  }
  return !kept ? Judgement::drop : error ? Judgement::error : Judgement::keep;
}

}  // namespace

Report::Report(const Options& options) : options_(options), color_(wants_color(options)) {}

void Report::judge(Diagnostics& diagnostics) const {
  diagnostics.revise([this](Diagnostic& d) {
    if (d.severity == Severity::error) return true;
    const Judgement j = judgement(options_, d.code);
    if (j == Judgement::error) d.severity = Severity::error;
    return j == Judgement::error || (j == Judgement::keep && !options_.quiet);
  });
}

void Report::add(const Diagnostics& diagnostics, const Sources* sources) {
  status_ = std::max(status_, driver::status(diagnostics));
  if (text()) {
    const driver::Findings one[] = {{sources, &diagnostics}};
    write_descriptor(STDERR_FILENO, driver::to_text(one, color_));
  } else {
    parts_.push_back({sources ? *sources : Sources{}, diagnostics});
  }
}

bool Report::settle(Diagnostics& diagnostics) {
  judge(diagnostics);
  add(diagnostics);
  return !std::exchange(diagnostics, {}).has_errors();
}

void Report::print(const std::string& text) {
  const auto failure = write_descriptor(STDOUT_FILENO, text);
  if (!failure) return;
  Diagnostics diagnostics;
  diagnostics.report_global(Code::cannot_write, "standard output", *failure);
  add(diagnostics);
}

void Report::say(const std::string& line) const {
  if (options_.verbose) write_descriptor(STDERR_FILENO, line + "\n");
}

int Report::finish() {
  if (!text()) {
    std::vector<driver::Findings> findings;
    for (const Part& part : parts_) findings.push_back({&part.sources, &part.diagnostics});
    write_descriptor(STDERR_FILENO, options_.diagnostics == "json" ? driver::to_json(findings) : driver::to_sarif(findings));
    parts_.clear();
  }
  return status_;
}

}  // namespace ntkc::cli
