// ntkc gen: specs in, evaluators out. Every spec is compiled before anything is written, so a failed run leaves all outputs as they were.
#include "driver/generate.hpp"

#include <unistd.h>

#include <deque>
#include <set>

#include "backends/backend.hpp"
#include "cli/commands.hpp"
#include "cli/request.hpp"
#include "support/output.hpp"

namespace ntkc::cli::commands {
namespace {

struct Job {
  driver::Compilation compilation;
  std::string output, text;
};

void check_options(const Options& o, Diagnostics& diagnostics) {
  if (!o.output.empty() && !o.out_dir.empty()) diagnostics.report_global(Code::options_disagree, "-o", "--out-dir");
  if (o.operands.size() > 1 && (!o.output.empty() || o.has("-MF") || o.has("-MT") || o.has("-MQ")))
    diagnostics.report_global(Code::one_output_for_several, o.operands.size()).suggest("use --out-dir DIR, or a call for each spec");
  else if (o.operands.size() > 1 && o.out_dir.empty())
    diagnostics.report_global(Code::missing_operand, "gen", "--out-dir DIR where there are several specs");
  if (!o.name_space.empty() && !driver::is_namespace(o.name_space))
    diagnostics.report_global(Code::bad_name, o.name_space, "a C++ namespace");
}

std::string output_of(const Options& o, const std::string& spec) {
  if (!o.output.empty()) return o.output;
  if (spec == "-" && o.out_dir.empty()) return "-";
  const std::string name = driver::stem(spec) + std::string(backends::find(o.emit)->extension);
  return o.out_dir.empty() ? name : o.out_dir + (o.out_dir.ends_with('/') ? "" : "/") + name;
}

std::string depfile_of(const Options& o, const std::string& output) {
  if (!o.depfile_name.empty()) return o.depfile_name;
  const auto dot = output.rfind('.'), slash = output.rfind('/');
  const bool suffix = dot != std::string::npos && (slash == std::string::npos || dot > slash);
  return (suffix ? output.substr(0, dot) : output) + ".d";
}

std::string dependencies(const Options& o, const Job& job) {
  std::vector<std::string> files;
  for (const auto& file : job.compilation.files)
    if (!file.built_in && file.path != kStandardInput) files.push_back(file.path);
  std::vector<std::string> targets = o.depfile_targets;
  for (const auto& target : o.depfile_quoted) targets.push_back(driver::escape_for_make(target));
  if (targets.empty()) targets.push_back(driver::escape_for_make(job.output));
  return driver::depfile(targets, files, o.depfile_phony);
}

void write(const Options& o, const std::string& path, const std::string& text, Diagnostics& diagnostics, const Report& report) {
  const auto failure = path == "-" ? write_descriptor(STDOUT_FILENO, text) : write_file(path, text);
  if (failure)
    diagnostics.report_global(Code::cannot_write, path, *failure);
  else if (path != "-" && !o.quiet)
    report.say("wrote " + path);
}

void compare(const std::string& path, const std::string& text, Diagnostics& diagnostics) {
  const auto old = DiskProvider().read(path);
  const std::string* bytes = std::get_if<std::string>(&old);
  if (!bytes || *bytes != text) diagnostics.report_global(Code::output_differs, path);
}

}  // namespace

int run_gen(const Options& options) {
  Report report(options);
  Provider provider;
  Diagnostics about;
  check_options(options, about);
  std::deque<Job> jobs;
  std::set<std::string> outputs;
  bool ok = true;
  for (const std::string& spec : options.operands) {
    const auto wanted = about.has_errors() ? std::nullopt : request(options, spec, {}, about);
    if (!wanted) break;
    if (const auto dumped = dump(options, *wanted, provider, report)) return *dumped;
    Job& job = jobs.emplace_back(Job{driver::compile(provider, *wanted), output_of(options, spec), ""});
    if (!outputs.insert(job.output).second) about.report_global(Code::same_output, job.output);
    auto& c = job.compilation;
    if (c.ok()) job.text = driver::generate(c, {options.emit, options.name_space, options.standalone, options.gradient}, c.diagnostics);
    report.judge(c.diagnostics);
    report.add(c.diagnostics, &c.sources);
    ok = ok && c.ok();
  }
  for (Job& job : jobs) {
    if (!ok || about.has_errors()) break;
    if (options.check) {
      compare(job.output, job.text, about);
      continue;
    }
    write(options, job.output, job.text, about, report);
    if (options.depfile || !options.depfile_name.empty())
      write(options, depfile_of(options, job.output), dependencies(options, job), about, report);
  }
  report.judge(about);
  report.add(about);
  return report.finish();
}

}  // namespace ntkc::cli::commands
