#include "driver/predict_report.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "io/arrays.hpp"
#include "support/output.hpp"

namespace ntkc::driver {
namespace {

using Json = nlohmann::ordered_json;

bool discrete(const PredictJob& job) { return job.options.method == Method::gd; }
bool timeless(const PredictJob& job) { return job.options.method == Method::gp; }

std::vector<double> times_of(const PredictJob& job) {
  if (discrete(job)) return {job.options.steps.begin(), job.options.steps.end()};
  return timeless(job) ? std::vector<double>{std::numeric_limits<double>::infinity()} : job.options.times;
}

// The matrices one behind another, each in C order.
template <class M>
void add(std::vector<io::Array>& arrays, const char* name, const std::vector<M>& all) {
  if (all.empty()) return;
  io::Array a{name, {}, {}};
  if (all.size() > 1) a.shape.push_back(all.size());
  a.shape.push_back(static_cast<std::size_t>(all[0].rows()));
  if (!M::IsVectorAtCompileTime) a.shape.push_back(static_cast<std::size_t>(all[0].cols()));
  a.values.reserve(all.size() * static_cast<std::size_t>(all[0].size()));
  for (const M& m : all)
    for (Eigen::Index i = 0; i < m.rows(); ++i)
      for (Eigen::Index j = 0; j < m.cols(); ++j) a.values.push_back(m(i, j));
  arrays.push_back(std::move(a));
}

std::vector<io::Array> arrays_of(const Prediction& p) {
  std::vector<io::Array> arrays;
  add(arrays, "mean", p.mean);
  add(arrays, "std", p.std);
  add(arrays, "cov", p.covariance);
  add(arrays, "train_mean", p.train_mean);
  return arrays;
}

std::string spelled(double value, io::Dtype dtype) {
  return dtype == io::Dtype::f32 ? fmt::format(",{}", static_cast<float>(value)) : fmt::format(",{}", value);
}

std::string csv(const PredictJob& job, const Prediction& p, io::Dtype dtype) {
  const auto times = times_of(job);
  std::string text = discrete(job) ? "of,steps,sample" : "of,time,sample";
  for (Eigen::Index o = 0; o < p.mean[0].cols(); ++o) text += fmt::format(",mean_{}", o);
  text += p.std.empty() ? "\n" : ",std\n";
  const auto rows = [&](const char* of, const std::vector<inference::Matrix>& means, const std::vector<inference::Vector>& deviations) {
    for (std::size_t t = 0; t < means.size(); ++t)
      for (Eigen::Index i = 0; i < means[t].rows(); ++i) {
        text += fmt::format("{},{},{}", of, times[t], i);
        for (Eigen::Index o = 0; o < means[t].cols(); ++o) text += spelled(means[t](i, o), dtype);
        if (!p.std.empty()) text += deviations.empty() ? "," : spelled(deviations[t](i), dtype);
        text += '\n';
      }
  };
  rows("test", p.mean, p.std);
  rows("train", p.train_mean, {});
  return text;
}

Json number(double x) { return std::isfinite(x) ? Json(x) : Json(std::isnan(x) ? "nan" : x > 0 ? "inf" : "-inf"); }

std::string line(std::string_view what, const std::string& value) { return fmt::format("{:<28}{}\n", what, value); }

// What rounding leaves of a loss is no number to read.
double readable(double loss, const PredictJob& job) {
  constexpr double kRounding = 1e-24;
  return loss < kRounding * job.targets.values.squaredNorm() ? 0 : loss;
}

std::string name_of(const PredictJob& job) {
  switch (job.options.method) {
    case Method::ntk:
      return job.options.cross_entropy ? "gradient flow of the cross-entropy, from f = 0" : "gradient flow, from f = 0";
    case Method::gp:
      return "posterior of the Gaussian process";
    case Method::ensemble:
      return "gradient flow, over random initialisations";
    case Method::gd:
      break;
  }
  return "discrete gradient descent, from f = 0";
}

}  // namespace

void check_prediction_output(const std::string& path, Diagnostics& diagnostics) {
  if (!path.ends_with(".npz") && !path.ends_with(".csv"))
    diagnostics.report_global(Code::option_not_a_number, "-o", path, "a name that ends in .npz or .csv");
}

void write_prediction(const PredictJob& job, const Prediction& prediction, const std::string& path, io::Dtype dtype,
                      Diagnostics& diagnostics) {
  std::string failure;
  if (path.ends_with(".csv"))
    failure = write_file(path, csv(job, prediction, dtype)).value_or("");
  else
    failure = io::write_npz(path, arrays_of(prediction), dtype);
  if (!failure.empty()) diagnostics.report_global(Code::cannot_write, path, failure);
}

std::string to_text(const PredictJob& job, const Prediction& p, const std::optional<Tuned>& tuned) {
  std::string text = line("network", job.plan.name) + line("method", name_of(job)) + line("solver", p.solver);
  text += line("training samples", fmt::format("{}", job.train.samples.rows));
  text += line("test samples", fmt::format("{}", job.test.samples.rows));
  text += line("outputs", fmt::format("{}{}", job.targets.values.cols(), job.targets.classes.empty() ? "" : " classes"));
  if (tuned) {
    for (const Tuned::Param& param : tuned->params)
      text +=
          line(fmt::format("tuned {}", param.name), fmt::format("{:.3g}{}", param.value, param.at_bound ? " (the end of its range)" : ""));
    text += line("likelihood at these", fmt::format("{:.6f} after {} evaluations{}", tuned->log_marginal_likelihood, tuned->evaluations,
                                                    tuned->converged ? "" : ", not converged"));
  }
  if (p.condition) text += line("condition number", fmt::format("{:.3g}", *p.condition));
  if (p.largest_rate) text += line("largest stable rate", fmt::format("{:.6g}", *p.largest_rate));
  if (p.time_to_loss) text += line(fmt::format("time to loss {:g}", *job.options.to_loss), fmt::format("{:.6g}", *p.time_to_loss));
  if (p.log_marginal_likelihood) text += line("log marginal likelihood", fmt::format("{:.6f}", *p.log_marginal_likelihood));
  if (p.leave_one_out)
    text += line(job.targets.classes.empty() ? "leave-one-out RMSE" : "leave-one-out accuracy",
                 job.targets.classes.empty() ? fmt::format("{:.6g}", *p.leave_one_out) : fmt::format("{:.2f} %", 100 * *p.leave_one_out));
  const auto times = times_of(job);
  for (std::size_t t = 0; t < times.size(); ++t) {
    std::string row;
    const auto word = [&](const std::string& value) { row += fmt::format("{}{}", row.empty() ? "" : ", ", value); };
    if (t < p.train_loss.size()) word(fmt::format("training loss {:.6g}", readable(p.train_loss[t], job)));
    if (t < p.scores.size()) {
      const Score& s = p.scores[t];
      word(s.classes ? fmt::format("accuracy {:.2f} %", 100 * s.value) : fmt::format("RMSE {:.6g}", s.value));
      if (s.nll) word(fmt::format("NLL {:.6g}", *s.nll));
    }
    if (row.empty()) continue;
    text += line(timeless(job) ? "tests" : discrete(job) ? fmt::format("after {} steps", times[t]) : fmt::format("t = {}", times[t]), row);
  }
  return text;
}

std::string to_json(const PredictJob& job, const Prediction& p, const std::optional<Tuned>& tuned) {
  const auto& o = job.options;
  constexpr const char* kMethods[] = {"ntk", "gp", "ensemble", "gd"};  // in order of Method
  Json out = {{"network", job.plan.name},
              {"method", kMethods[static_cast<int>(o.method)]},
              {"loss", o.cross_entropy ? "cross-entropy" : "squared"},
              {"loss_scale", o.sum ? "sum" : "mean"},
              {"learning_rate", o.learning_rate},
              {"ridge", o.ridge},
              {"solver", p.solver},
              {"trains", job.train.samples.rows},
              {"tests", job.test.samples.rows},
              {"outputs", job.targets.values.cols()}};
  if (!job.targets.classes.empty()) out["classes"] = job.targets.classes;
  const auto optional = [&](const char* name, const std::optional<double>& value) {
    if (value) out[name] = number(*value);
  };
  optional("condition", p.condition);
  optional("largest_stable_rate", p.largest_rate);
  optional("time_to_loss", p.time_to_loss);
  optional("log_marginal_likelihood", p.log_marginal_likelihood);
  optional("leave_one_out", p.leave_one_out);
  if (tuned) {
    Json params = Json::object();
    for (const Tuned::Param& param : tuned->params) params[param.name] = {{"value", number(param.value)}, {"at_bound", param.at_bound}};
    out["tuned"] = {{"params", std::move(params)},
                    {"log_marginal_likelihood", number(tuned->log_marginal_likelihood)},
                    {"evaluations", tuned->evaluations},
                    {"converged", tuned->converged}};
  }
  Json rows = Json::array();
  const auto times = times_of(job);
  for (std::size_t t = 0; t < times.size(); ++t) {
    Json row = discrete(job) ? Json{{"steps", o.steps[t]}} : timeless(job) ? Json::object() : Json{{"time", number(times[t])}};
    if (t < p.train_loss.size()) row["train_loss"] = number(p.train_loss[t]);
    if (t < p.scores.size()) {
      row[p.scores[t].classes ? "accuracy" : "rmse"] = number(p.scores[t].value);
      if (p.scores[t].nll) row["nll"] = number(*p.scores[t].nll);
    }
    rows.push_back(std::move(row));
  }
  out["predictions"] = std::move(rows);
  return out.dump(2) + "\n";
}

}  // namespace ntkc::driver
