#include "driver/eval.hpp"

#include <algorithm>
#include <cmath>

#include "driver/describe.hpp"
#include "driver/table.hpp"
#include "support/output.hpp"

namespace ntkc::driver {
namespace {

engine::Rows view(const io::Matrix& m) { return {m.values.data(), m.rows, m.columns}; }

// Of each row with itself. A kernel that is infinite or no number somewhere is so there (Cauchy and Schwarz), so this finds it before the
// work. In single precision it must be a float.
std::optional<Vectors> diagonal(const engine::Evaluator& evaluator, const EvalJob& job, const Data& data, Diagnostics& diagnostics) {
  const auto& outputs = job.compilation.plans[0].outputs;
  Collect collect(outputs.size(), data.samples.rows);
  evaluator.diag(view(data.samples), collect);
  for (std::size_t o = 0; o < outputs.size(); ++o)
    for (std::size_t i = 0; i < data.samples.rows; ++i)
      if (const double k = collect.values[o][i]; !std::isfinite(job.options.dtype == io::Dtype::f32 ? static_cast<float>(k) : k)) {
        diagnostics.report_global(Code::kernel_not_finite, outputs[o].name, data.samples.name, i);
        return std::nullopt;
      }
  return std::move(collect.values);
}

std::uint64_t activations(const graph::Network& network) {
  std::uint64_t count = 0;
  for (const auto& node : network.nodes) {
    if (!node.activation) continue;
    std::uint64_t rounds = 1;
    for (auto loop = node.loop; loop != graph::kNone; loop = network.loops[loop].parent) rounds *= network.loops[loop].count;
    count += rounds;
  }
  return count;
}

bool all_equal(const io::Matrix& m) {
  for (std::size_t i = 1; i < m.rows; ++i)
    if (!std::equal(m.row(0), m.row(0) + m.columns, m.row(i))) return false;
  return true;
}

void warn_rank_one(const EvalJob& job, const RankWatch& watch, Diagnostics& diagnostics) {
  if (job.x.samples.rows < 2 || all_equal(job.x.samples)) return;
  const auto& outputs = job.compilation.plans[0].outputs;
  for (std::size_t o = 0; o < outputs.size(); ++o) {
    if (!watch.rank_one(o)) continue;
    const auto& network = job.compilation.graphs[0];
    const auto found = phase(network);
    diagnostics.report_global(Code::rank_one, outputs[o].name, activations(network), watch.deficit(),
                              found ? fmt::format(" (chi1 = {:.3g})", found->chi1) : "");
  }
}

// The values of --diag, already known.
bool deliver_diagonal(const Vectors& d, Deliver& deliver) {
  for (std::size_t o = 0; o < d.size(); ++o) {
    std::vector<double> values = d[o];
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (deliver.normalizer) values[i] = (*deliver.normalizer)(o, i, i, values[i]);
      if (deliver.means) values[i] = deliver.means->centre(o, i, i, values[i]);
    }
    if (!deliver.writer.write(o, 0, 0, values.data(), values.size(), 1, 1)) return false;
  }
  return true;
}

bool compute(const EvalJob& job, const engine::Evaluator& evaluator, const Vectors& dx, const Vectors& dy, io::Writer& writer,
             Panels& panels, Diagnostics& diagnostics) {
  const std::size_t n = job.x.samples.rows, m = job.symmetric() ? n : job.y->samples.rows;
  const bool matrix = !job.options.diag;
  const std::uint64_t passes = job.options.center + matrix;
  Progress progress(job.options.progress, std::uint64_t{n} * m * dx.size() * passes);
  const auto done = [&](std::uint64_t entries) { progress.advance(entries); };
  std::optional<Normalizer> normalizer;
  if (job.options.normalize) normalizer.emplace(dx, dy, job.symmetric());

  Deliver deliver(writer, panels);
  deliver.outputs = dx.size();
  deliver.normalizer = normalizer ? &*normalizer : nullptr;
  deliver.done = done;
  deliver.skipped = [&](std::uint64_t entries) { progress.skip(entries); };
  std::optional<Means> means;
  if (job.options.center) {
    std::vector<double> bounds;
    for (const auto& d : dx) bounds.push_back(normalizer ? 1 : *std::ranges::max_element(d));
    means.emplace(bounds, n, deliver.normalizer, done);
    if (means->from_text(writer.remembered())) {
      deliver.skipped(std::uint64_t{n} * m * dx.size());
    } else {
      if (!evaluator.gram(view(job.x.samples), *means)) return false;
      means->finish();
      if (matrix && !writer.remember(means->to_text())) return false;
    }
    deliver.means = &*means;
  }
  if (!matrix) return deliver_diagonal(dx, deliver);
  if (!job.symmetric()) return evaluator.cross(view(job.x.samples), view(job.y->samples), deliver);
  RankWatch watch(dx, job.options.dtype == io::Dtype::f32);
  watch.recall(writer.marks());
  deliver.watch = &watch;
  if (!evaluator.gram(view(job.x.samples), deliver)) return false;
  warn_rank_one(job, watch, diagnostics);
  return true;
}

void check_state(const EvalJob& job, Diagnostics& diagnostics) {
  const auto form = io::form_of(job.output);
  if (!form) diagnostics.report_global(Code::missing_operand, "eval", "-o FILE for --resume");
  if (form && io::in_order(*form))
    diagnostics.report_global(Code::option_not_a_number, "-o", job.output, "a name that ends in .npy or .npz where --resume is given");
  const auto earlier = io::read_state(job.output);
  if (diagnostics.has_errors() || !earlier) return;
  const auto different = differences(job, earlier->identity);
  if (!different.empty())
    diagnostics.report_global(Code::state_of_another, io::state_name(job.output), fmt::format("{}", fmt::join(different, ", ")));
}

}  // namespace

io::Results EvalJob::results() const {
  io::Results r;
  for (const auto& o : compilation.plans[0].outputs) r.names.push_back(o.name);
  r.shape = {x.samples.rows};
  if (!options.diag) r.shape.push_back(symmetric() ? x.samples.rows : y->samples.rows);
  r.dtype = options.dtype;
  return r;
}

void check_output(const EvalJob& job, Diagnostics& diagnostics) {
  const io::Results results = job.results();
  const auto form = io::form_of(job.output);
  if (job.output.empty() && !is_small(results))
    diagnostics.report_global(Code::missing_operand, "eval",
                              fmt::format("-o FILE for a result of {} numbers", fmt::join(results.shape, " x ")));
  else if (!job.output.empty() && !form)
    diagnostics.report_global(Code::option_not_a_number, "-o", job.output, "a name that ends in .npy, .npz or .csv, or -");
  else if (form && form != io::Form::npz && results.names.size() > 1)
    diagnostics.report_global(Code::option_not_a_number, "-o", job.output, "a name that ends in .npz where both kernels are wanted");
  else if (job.options.resume)
    check_state(job, diagnostics);
}

Panels evaluate(const EvalJob& job, Diagnostics& diagnostics) {
  const auto form = io::form_of(job.output);
  const auto earlier = job.options.resume ? io::read_state(job.output) : std::nullopt;
  engine::Options engine_options;
  engine_options.threads = job.options.threads;
  engine_options.single = job.options.dtype == io::Dtype::f32;
  engine_options.memory = result_memory(job);
  engine_options.order = order(job);
  if (earlier) engine_options.panel = std::min(engine_options.panel, earlier->side);  // of its panels none is partly wanted
  const plan::Plan& plan = job.compilation.plans[0];
  expr::ParamValues params;
  for (const auto& p : plan.params) params[p.name] = p.value;
  const engine::Evaluator evaluator(plan, params, engine_options);

  const auto dx = diagonal(evaluator, job, job.x, diagnostics);
  const auto dy = job.symmetric() || !dx ? dx : diagonal(evaluator, job, *job.y, diagnostics);
  if (!dx || !dy) return {};
  const io::Work work{identity(job), engine::panel_side(plan, engine_options)};
  const auto writer =
      form ? io::make_writer(*form, job.output, job.results(), work, job.options.resume) : make_table(job.results(), job.heading);
  Panels panels;
  if (writer->failure().empty() && compute(job, evaluator, *dx, *dy, *writer, panels, diagnostics)) writer->finish();
  std::string failure = writer->failure(), path = form && *form != io::Form::standard_output ? job.output : "standard output";
  const bool unfinished = !failure.empty();
  if (failure.empty() && path == job.output) {
    path += ".json";
    failure = write_file(path, provenance(job)).value_or("");
  }
  if (!failure.empty()) {
    auto& fault = diagnostics.report_global(Code::cannot_write, path, failure);
    if (unfinished && writer->can_be_continued()) fault.suggest("what is complete is kept: --resume continues from there");
  }
  return panels;
}

void forget_state(const EvalJob& job) {
  const auto form = io::form_of(job.output);
  if (form && !io::in_order(*form)) io::remove_state(job.output);
}

}  // namespace ntkc::driver
