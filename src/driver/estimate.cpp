#include <algorithm>
#include <thread>

#include "driver/describe.hpp"
#include "driver/eval.hpp"

namespace ntkc::driver {
namespace {

constexpr std::uint64_t kProgram = 48 << 20;  // code, libraries and their buffers, measured
constexpr double kOperations = 2e9,
                 kProduct = 1e10;  // a second and thread: of interpreted pair code, of matrix products; a guess for any machine

std::uint64_t samples(const EvalJob& job) { return job.x.samples.rows + (job.y ? job.y->samples.rows : 0); }

std::uint64_t kept(const EvalJob& job) {
  const plan::Plan& plan = job.compilation.plans[0];
  const std::uint64_t means = job.options.center ? 24 * plan.outputs.size() : 0, diagonal = 24 * plan.outputs.size();
  return samples(job) * (engine::sample_bytes(plan, job.x.samples.columns) + diagonal + means);
}

std::string size(double bytes) {
  constexpr std::string_view kUnits[] = {"bytes", "KB", "MB", "GB", "TB", "PB"};
  std::size_t unit = 0;
  for (; bytes >= 1024 && unit + 1 < std::size(kUnits); ++unit) bytes /= 1024;
  return unit == 0 ? fmt::format("{} bytes", static_cast<std::uint64_t>(bytes)) : fmt::format("{:.1f} {}", bytes, kUnits[unit]);
}

std::string duration(double seconds) {
  if (seconds < 1) return "less than a second";
  if (seconds < 100) return fmt::format("about {:.0f} s", seconds);
  return seconds < 6000 ? fmt::format("about {:.0f} min", seconds / 60) : fmt::format("about {:.1f} h", seconds / 3600);
}

}  // namespace

engine::Order order(const EvalJob& job) {
  const auto form = io::form_of(job.output);
  return form && io::in_order(*form) ? engine::Order::rows : engine::Order::halves;
}

std::uint64_t result_memory(const EvalJob& job) {
  const std::uint64_t other = kProgram + kept(job);
  return job.options.memory > other ? job.options.memory - other : 0;
}

void check_memory(const EvalJob& job, Diagnostics& diagnostics) {
  constexpr std::uint64_t kUnit = 1 << 20, kBuffers = 4 * kUnit;
  const bool matrix = !job.options.diag || job.options.center;
  const std::size_t columns = job.y ? job.y->samples.rows : job.x.samples.rows;
  const std::uint64_t results = matrix ? engine::least_memory(job.compilation.plans[0], columns, order(job)) : 0;
  const std::uint64_t least = kProgram + kept(job) + std::max(kBuffers, results), given = job.options.memory;
  if (given >= least) return;
  diagnostics.report_global(Code::option_not_a_number, "--memory",
                            given % kUnit ? fmt::format("{}", given) : fmt::format("{}M", given / kUnit),
                            fmt::format("at least {}M for this kernel of these samples", (least + kUnit - 1) / kUnit));
}

std::string estimate(const EvalJob& job) {
  const std::uint64_t n = job.x.samples.rows, m = job.symmetric() ? n : job.y->samples.rows;
  const std::uint64_t pairs = job.options.diag && !job.options.center ? n : job.symmetric() ? n * (n + 1) / 2 : n * m;
  const io::Results results = job.results();
  const auto form = io::form_of(job.output);
  const unsigned threads = job.options.threads ? job.options.threads : std::max(1u, std::thread::hardware_concurrency());
  const Cost cost = facts(job.compilation, 0).cost;
  const auto columns = static_cast<double>(job.x.samples.columns);
  const double a_pair =
      cost.per_pair / kOperations + 2 * columns * static_cast<double>(job.compilation.plans[0].products.size()) / kProduct;
  const double passes = (form && io::in_order(*form) && job.symmetric() ? 2 : 1) * (job.options.center && !job.options.diag ? 2 : 1);
  const double time =
      (static_cast<double>(pairs) * a_pair * passes + static_cast<double>(samples(job)) * (cost.per_sample + columns) / kOperations) /
      threads;
  const std::uint64_t input = samples(job) * job.x.samples.columns * sizeof(double);
  engine::Options engine_options;
  engine_options.memory = result_memory(job);
  const std::uint64_t side = engine::panel_side(job.compilation.plans[0], engine_options);
  const std::uint64_t most =
      order(job) == engine::Order::rows ? engine_options.memory / sizeof(double) : 2 * side * side * results.names.size();
  const std::uint64_t held = std::min<std::uint64_t>(most, pairs * results.names.size() * 2) * sizeof(double);
  const bool file = form && *form != io::Form::standard_output;

  std::string text = fmt::format("pairs    {}\n", pairs);
  text += fmt::format("memory   {}, {} of it the input\n", size(static_cast<double>(kProgram + kept(job) + held + input)),
                      size(static_cast<double>(input)));
  text += fmt::format("disk     {}\n", file ? size(static_cast<double>(io::bytes_of(*form, results))) : "none");
  text += fmt::format("time     {} on {} thread{} (from a fixed model of cost)\n", duration(time), threads, threads == 1 ? "" : "s");
  return text;
}

}  // namespace ntkc::driver
