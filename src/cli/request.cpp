#include "cli/request.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "driver/params.hpp"
#include "passes/pass.hpp"

namespace ntkc::cli {
namespace {

bool known_warning(std::string_view w) {
  if (w == "error" || w == "no-error") return true;
  for (const std::string_view prefix : {"no-error=", "error=", "no-"})
    if (w.starts_with(prefix)) {
      w.remove_prefix(prefix.size());
      break;
    }
  return std::ranges::any_of(all_codes(), [&](const CodeInfo& code) {
    std::string name(code.name);
    std::ranges::replace(name, '_', '-');
    return code.severity == Severity::warning && name == w;
  });
}

}  // namespace

std::variant<std::string, ReadFailure> Provider::read(const std::string& path) {
  if (path != kStandardInput) return DiskProvider().read(path);
  if (input_) return *input_;
  std::string text;
  char buffer[1 << 16];
  for (;;) {
    const ssize_t n = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ReadFailure{ReadFailure::Kind::unreadable, std::strerror(errno)};
    if (n == 0) break;
    text.append(buffer, static_cast<std::size_t>(n));
    if (text.size() > kMaxBytes) return ReadFailure{ReadFailure::Kind::too_large, "larger than 256 MB"};
  }
  input_ = text;
  return text;
}

std::string Provider::identity(const std::string& path) { return path == kStandardInput ? path : DiskProvider().identity(path); }

std::optional<driver::Request> request(const Options& options, const std::string& spec, lower::Kernels usual, Diagnostics& diagnostics) {
  driver::Request r;
  r.spec = spec == "-" ? kStandardInput : spec;
  r.include_dirs = options.include_dirs;
  r.network = options.network;
  r.fold = options.fold;
  r.kernels = options.kernel.empty() ? usual : lower::Kernels{options.kernel != "ntk", options.kernel != "nngp"};
  for (const std::string& file : options.params)
    if (const auto defines = driver::read_params(file, diagnostics)) r.defines.insert(r.defines.end(), defines->begin(), defines->end());
  for (const std::string& text : options.defines)
    if (const auto define = driver::parse_define(text, diagnostics)) r.defines.push_back(*define);
  for (const std::string& warning : options.warnings)
    if (!known_warning(warning)) diagnostics.report_global(Code::unknown_warning, warning);
  if (options.tolerance == "none") {
    r.is_kept = false;
  } else if (options.has("--tolerance")) {
    char* end = nullptr;
    const double tolerance = std::strtod(options.tolerance.c_str(), &end);
    if (end == options.tolerance.c_str() || *end != 0 || !(tolerance > 0 && tolerance < 1))
      diagnostics.report_global(Code::option_not_a_number, "--tolerance", options.tolerance, "a number between 0 and 1, or `none`");
    r.tolerance = tolerance;
  }
  if (diagnostics.has_errors()) return std::nullopt;
  return r;
}

std::optional<int> dump(const Options& options, const driver::Request& request, SourceProvider& provider, Report& report) {
  if (options.dump.empty() && options.dump_after.empty()) return std::nullopt;
  std::string text;
  driver::AfterPass after;
  if (!options.dump_after.empty()) {
    std::vector<std::string_view> names;
    for (const auto& pass : passes::all()) names.push_back(pass.name);
    if (std::ranges::count(names, options.dump_after) == 0) {
      Diagnostics unknown;
      unknown.report_global(Code::unknown_pass, options.dump_after).suggest(fmt::format("the passes are: {}", fmt::join(names, ", ")));
      report.add(unknown);
      return report.finish();
    }
    after = [&](std::string_view pass, const ir::Program& program) {
      if (pass == options.dump_after) text += ir::to_text(program);
    };
  }
  const auto last = after ? driver::Stage::optimize : *driver::stage_of_dump(options.dump);
  auto compilation = driver::compile(provider, request, last, after);
  report.judge(compilation.diagnostics);
  if (!options.dump.empty()) text += driver::dump(compilation, options.dump);
  report.add(compilation.diagnostics, &compilation.sources);
  report.print(text);
  return report.finish();
}

}  // namespace ntkc::cli
