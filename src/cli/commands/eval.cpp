// ntkc eval: the kernel matrix of real data. All that can be wrong with specs and options is said before the data is read, all that can be
// wrong with the data before anything is computed.
#include "driver/eval.hpp"

#include <deque>

#include "cli/commands.hpp"
#include "cli/numbers.hpp"
#include "cli/request.hpp"
#include "driver/status.hpp"
#include "driver/sweep.hpp"

namespace ntkc::cli::commands {
namespace {

struct Wanted {
  driver::EvalOptions options;
  io::Rows rows, rows_y;
  std::optional<driver::Sweep> sweep;
};

Wanted read_options(const Options& o, Diagnostics& diagnostics) {
  Wanted w;
  Numbers numbers{diagnostics};
  numbers.rows("--rows", o.rows, w.rows);
  numbers.rows("--rows-y", o.rows_y, w.rows_y);
  w.options.rows = o.rows;
  w.options.rows_y = o.rows_y;
  w.options.dtype = o.dtype == "f32" ? io::Dtype::f32 : io::Dtype::f64;
  w.options.diag = o.diag;
  w.options.normalize = o.normalize;
  w.options.center = o.center;
  w.options.resume = o.resume;
  numbers.threads(o.threads, w.options.threads);
  numbers.bytes("--memory", o.memory, w.options.memory);
  w.options.progress = progress(o);
  if (!o.sweep.empty() && !(w.sweep = driver::parse_sweep(o.sweep)))
    numbers.wrong("--sweep", o.sweep, "NAME=LO:HI:STEP with STEP > 0 and LO <= HI, at most 100000 values");
  if (o.x.empty()) diagnostics.report_global(Code::missing_operand, "eval", "--x FILE");
  if (o.y.empty() && !o.rows_y.empty()) diagnostics.report_global(Code::missing_operand, "eval", "--y FILE for --rows-y");
  if (!o.y.empty() && o.diag) diagnostics.report_global(Code::options_disagree, "--diag", "--y");
  if (!o.y.empty() && o.center) diagnostics.report_global(Code::options_disagree, "--center", "--y");
  return w;
}

struct Job {
  driver::Request request;
  std::string output, heading;
  driver::Compilation compilation;
};

// One a value of the sweep.
std::deque<Job> jobs(const driver::Request& request, const Wanted& wanted, const std::string& output) {
  std::deque<Job> all;
  if (!wanted.sweep) all.push_back({request, output, "", {}});
  for (std::size_t i = 0; wanted.sweep && i < wanted.sweep->values.size(); ++i) {
    const auto& [name, values] = *wanted.sweep;
    Job& job = all.emplace_back(Job{request, driver::name_with(output, name, values[i]), name + " = " + values[i], {}});
    job.request.defines.push_back({name, values[i]});
  }
  return all;
}

// False if the run has to stop here.
bool compile(std::deque<Job>& jobs, Provider& provider, Report& report, Diagnostics& about) {
  for (Job& job : jobs) {
    auto& c = job.compilation = driver::compile(provider, job.request);
    if (c.ok() && c.plans.size() > 1)
      about.report_global(Code::several_networks, job.request.spec, c.plans.size(), "eval").suggest("choose one with --network NAME");
    report.judge(c.diagnostics);
    report.add(c.diagnostics, &c.sources);
    if (!c.ok() || about.has_errors()) return false;
  }
  return true;
}

}  // namespace

int run_eval(const Options& options) {
  Report report(options);
  Provider provider;
  Diagnostics about;
  const Wanted wanted = read_options(options, about);
  const auto request = cli::request(options, options.operands[0], {false, true}, about);
  if (!report.settle(about)) return report.finish();
  if (const auto dumped = dump(options, *request, provider, report)) return *dumped;
  auto all = jobs(*request, wanted, options.output);
  if (!compile(all, provider, report, about)) {
    report.settle(about);
    return report.finish();
  }

  driver::Dimensions dimensions;
  const plan::Plan& plan = all.front().compilation.plans[0];
  const auto x = driver::read_data(options.x, wanted.rows, plan, dimensions, about);
  const auto y = x && !options.y.empty() ? driver::read_data(options.y, wanted.rows_y, plan, dimensions, about) : std::nullopt;
  if (!report.settle(about)) return report.finish();

  const auto eval_job = [&](const Job& job) {
    return driver::EvalJob{job.compilation, *x, y ? &*y : nullptr, wanted.options, job.output, job.heading, job.request.defines};
  };
  for (const Job& job : all) {
    driver::check_memory(eval_job(job), about);
    if (about.has_errors()) break;
    if (options.dry_run)
      report.print((job.heading.empty() ? "" : "# " + job.heading + "\n") + driver::estimate(eval_job(job)));
    else
      driver::check_output(eval_job(job), about);
    if (about.has_errors()) break;
  }
  if (!report.settle(about) || options.dry_run) return report.finish();
  std::vector<const Job*> done;
  for (const Job& job : all) {
    const auto panels = driver::evaluate(eval_job(job), about);
    const int status = driver::status(about);
    if (status == driver::kSuccess && !job.output.empty())
      report.say(fmt::format("{}: {} panels kept, {} computed", job.output, panels.kept, panels.computed));
    const bool good = report.settle(about);
    if (status == driver::kSystem) return report.finish();  // the states stay: --resume goes on from there
    done.push_back(&job);
    if (!good) break;
  }
  for (const Job* job : done) driver::forget_state(eval_job(*job));
  return report.finish();
}

}  // namespace ntkc::cli::commands
