// ntkc predict: kernel regression and training dynamics. As in eval, what can be wrong is said before the work begins.
#include "driver/predict.hpp"

#include <cmath>
#include <limits>

#include "cli/commands.hpp"
#include "cli/numbers.hpp"
#include "cli/request.hpp"
#include "driver/predict_report.hpp"
#include "driver/predict_tune.hpp"
#include "driver/status.hpp"

namespace ntkc::cli::commands {
namespace {

using driver::Method;

struct Wanted {
  driver::PredictOptions options;
  driver::Labels labels = driver::Labels::automatic;
  io::Rows rows, rows_test;
};

template <class T>
T choice(const std::string& word, std::initializer_list<std::pair<std::string_view, T>> rows) {
  for (const auto& [name, value] : rows)
    if (name == word) return value;
  throw std::logic_error("a word that options.def does not list");
}

// What belongs to one method, and was asked for with another.
void check_together(const Options& o, const driver::PredictOptions& p, Diagnostics& diagnostics) {
  const auto exclude = [&](std::string_view option, const std::string& other) {
    if (o.has(option)) diagnostics.report_global(Code::options_disagree, option, other);
  };
  const std::string method = fmt::format("--method {}", o.method);
  const bool flows = p.method == Method::ntk || p.method == Method::ensemble;
  if (!flows) exclude("--time", method);
  if (p.method == Method::gp) exclude("--learning-rate", method), exclude("--loss-scale", method);
  if (p.method != Method::gd) exclude("--steps", method), exclude("--nesterov", method);
  if (p.method != Method::gd && !p.cross_entropy) exclude("--momentum", method);
  if (p.method == Method::ntk || p.method == Method::gd) exclude("--covariance", method);
  if (p.cross_entropy && p.method != Method::ntk) exclude("--loss", method);
  if (p.method != Method::ntk && p.method != Method::gp) exclude("--leave-one-out", method);
  if (p.method != Method::ntk) exclude("--to-loss", method);
  if (p.cross_entropy) exclude("--to-loss", "--loss cross-entropy");
  if (p.method == Method::ensemble || !o.tune.empty()) exclude("--gram", o.tune.empty() ? method : "--tune");
  if (p.solver == driver::Solver::cg || p.solver == driver::Solver::cholesky) exclude("--to-loss", fmt::format("--solver {}", o.solver));
  if (p.solver == driver::Solver::cg) exclude("--leave-one-out", "--solver cg");
  if (p.resume && p.solver != driver::Solver::cg) diagnostics.report_global(Code::missing_operand, "predict", "--solver cg for --resume");
  if (p.resume && p.state.empty()) diagnostics.report_global(Code::missing_operand, "predict", "-o FILE for --resume");
  if (p.cross_entropy) exclude("--ridge", "--loss cross-entropy"), exclude("--solver", "--loss cross-entropy");
  const bool at_end = std::ranges::all_of(p.times, [](double t) { return std::isinf(t); });
  if (p.solver == driver::Solver::cg && (p.method == Method::ensemble || p.method == Method::gd || (flows && !at_end)))
    diagnostics.report_global(Code::options_disagree, "--solver cg", flows ? "--time" : method);
  if (p.solver == driver::Solver::cholesky && (p.method == Method::gd || p.method == Method::ensemble || (flows && !at_end)))
    diagnostics.report_global(Code::options_disagree, "--solver cholesky", flows ? "--time" : method);
  if (p.method == Method::gp && p.solver == driver::Solver::eigen) exclude("--solver", method);
  if (p.cross_entropy && std::isinf(p.times.back()))
    diagnostics.report_global(Code::options_disagree, "--time inf", "--loss cross-entropy");
}

Wanted read_options(const Options& o, Diagnostics& diagnostics) {
  Wanted w;
  driver::PredictOptions& p = w.options;
  constexpr double kAny = std::numeric_limits<double>::max();
  Numbers numbers{diagnostics};
  p.method = choice<Method>(o.method, {{"ntk", Method::ntk}, {"gp", Method::gp}, {"ensemble", Method::ensemble}, {"gd", Method::gd}});
  using driver::Solver;
  p.solver =
      choice<Solver>(o.solver, {{"auto", Solver::automatic}, {"cholesky", Solver::cholesky}, {"eigen", Solver::eigen}, {"cg", Solver::cg}});
  using driver::Labels;
  w.labels = choice<Labels>(o.labels, {{"auto", Labels::automatic}, {"values", Labels::values}, {"classes", Labels::classes}});
  p.cross_entropy = o.loss == "cross-entropy";
  p.sum = o.loss_scale == "sum";
  p.nesterov = o.nesterov;
  p.covariance = o.covariance;
  p.on_train = o.on_train;
  p.leave_one_out = o.leave_one_out;
  p.resume = o.resume;
  p.gram = o.gram;
  if (!o.to_loss.empty()) {
    double loss = 0;
    numbers.real("--to-loss", o.to_loss, 0, kAny, "a number that is not negative", loss);
    p.to_loss = loss;
  }
  if (!o.output.empty()) p.state = o.output + ".state";
  numbers.times("--time", o.time, p.times);
  numbers.counts("--steps", o.steps, p.steps);
  numbers.real("--learning-rate", o.learning_rate, 0, kAny, "a number that is not negative", p.learning_rate);
  numbers.real("--ridge", o.ridge, 0, kAny, "a number that is not negative", p.ridge);
  numbers.real("--momentum", o.momentum, 0, std::nextafter(1.0, 0.0), "a number from 0 up to and without 1", p.momentum);
  numbers.threads(o.threads, p.threads);
  numbers.rows("--rows", o.rows, w.rows);
  numbers.rows("--rows-test", o.rows_test, w.rows_test);
  p.progress = progress(o);
  if (o.train.empty()) diagnostics.report_global(Code::missing_operand, "predict", "--train X Y");
  if (o.test.empty()) diagnostics.report_global(Code::missing_operand, "predict", "--test X [Y]");
  if (!diagnostics.has_errors()) check_together(o, p, diagnostics);
  return w;
}

// Of the words behind --train or --test: one an input, then perhaps the targets.
struct Files {
  std::vector<std::string> samples;
  std::string targets;
};

Files files(const std::vector<std::string>& words, std::size_t inputs, std::string_view option, bool needed, Diagnostics& diagnostics) {
  const std::size_t most = inputs + 1;
  Files f{{words.begin(), words.begin() + static_cast<std::ptrdiff_t>(std::min(words.size(), inputs))}, ""};
  if (words.size() > most) diagnostics.report_global(Code::too_many_operands, words[most], option, fmt::format("{} files", most));
  if (words.size() < (needed ? most : inputs))
    diagnostics.report_global(Code::missing_operand, fmt::format("predict {}", option), needed ? "X Y" : "X");
  if (words.size() == most) f.targets = words.back();
  return f;
}

std::optional<driver::PredictJob> read_job(const Options& o, const Wanted& w, const plan::Plan& plan, Diagnostics& diagnostics) {
  const Files train = files(o.train, plan.inputs.size(), "--train", true, diagnostics);
  const Files test = files(o.test, plan.inputs.size(), "--test", false, diagnostics);
  if (diagnostics.has_errors()) return std::nullopt;
  driver::Dimensions dimensions;
  auto x = driver::read_data(train.samples, w.rows, plan, dimensions, diagnostics);
  auto z = x ? driver::read_data(test.samples, w.rows_test, plan, dimensions, diagnostics) : std::nullopt;
  if (!z) return std::nullopt;
  auto y = driver::read_targets(train.targets, w.rows, w.labels, x->samples.rows, x->samples.name, diagnostics);
  if (!y) return std::nullopt;
  std::optional<driver::Targets> v;
  if (!test.targets.empty()) v = driver::read_targets_like(*y, test.targets, w.rows_test, z->samples.rows, z->samples.name, diagnostics);
  if (w.options.cross_entropy && y->classes.empty())
    diagnostics.report_global(Code::not_labels, y->name, "--loss cross-entropy needs classes");
  if (diagnostics.has_errors()) return std::nullopt;
  if (o.standardize) driver::standardize(*x, *z);
  return driver::PredictJob{plan, std::move(*x), std::move(*z), std::move(*y), std::move(v), w.options};
}

std::vector<std::string> names(const std::string& text) {
  const auto words = split(text, ',');
  return {words.begin(), words.end()};
}

}  // namespace

int run_predict(const Options& options) {
  Report report(options);
  Provider provider;
  Diagnostics about;
  const Wanted wanted = read_options(options, about);
  const auto request = cli::request(options, options.operands[0], driver::kernels_of(wanted.options.method, !options.tune.empty()), about);
  if (!options.output.empty()) driver::check_prediction_output(options.output, about);
  if (!report.settle(about)) return report.finish();

  auto c = driver::compile(provider, *request);
  if (c.ok() && c.plans.size() > 1)
    about.report_global(Code::several_networks, request->spec, c.plans.size(), "predict").suggest("choose one with --network NAME");
  report.judge(c.diagnostics);
  report.add(c.diagnostics, &c.sources);
  if (!report.settle(about) || !c.ok()) return report.finish();

  auto job = read_job(options, wanted, c.plans[0], about);
  if (!report.settle(about) || !job) return report.finish();
  std::optional<driver::Tuned> tuned;
  if (!options.tune.empty() && !(tuned = driver::tune(c, names(options.tune), *job, about))) {
    report.settle(about);
    return report.finish();
  }
  const auto prediction = driver::predict(*job, about);
  if (prediction && !about.has_errors() && !options.output.empty())
    driver::write_prediction(*job, *prediction, options.output, options.dtype == "f32" ? io::Dtype::f32 : io::Dtype::f64, about);
  const bool good = report.settle(about);
  if (good && prediction)
    report.print(options.json ? driver::to_json(*job, *prediction, tuned) : driver::to_text(*job, *prediction, tuned));
  return report.finish();
}

}  // namespace ntkc::cli::commands
