#include "driver/predict_tune.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "driver/gradient.hpp"
#include "ntk/inference/gaussian_process.hpp"
#include "ntk/inference/maximise.hpp"

namespace ntkc::driver {
namespace {

using inference::Index;

constexpr double kSpan = 100;  // of a param without a range, either way
constexpr const char* kNoise = "noise";

// One coordinate of the search: the logarithm of a positive number, or the number itself.
struct Coordinate {
  std::string name;
  bool logarithmic = true;
  double low = 0, high = 0, start = 0;
  double value(double at) const { return logarithmic ? std::exp(at) : at; }
  double slope(double at) const { return logarithmic ? std::exp(at) : 1; }  // dvalue / dat
};

Coordinate positive(const std::string& name, double value, double low, double high) {
  return {name, true, std::log(low), std::log(high), std::log(value)};
}

Coordinate coordinate(const graph::Param& p) {
  const double infinite = std::numeric_limits<double>::infinity();
  const double low = p.low.value_or(-infinite), high = p.high.value_or(infinite);
  if (p.value > 0 && (low > 0 || !p.low)) return positive(p.name, p.value, p.low ? low : p.value / kSpan, p.high ? high : p.value * kSpan);
  const double reach = kSpan * std::max(1.0, std::abs(p.value));
  return {p.name, false, std::max(low, p.value - reach), std::min(high, p.value + reach), p.value};
}

class Likelihood {
 public:
  Likelihood(const PredictJob& job, std::vector<Coordinate> coordinates, std::vector<plan::Plan> slopes)
      : job_(job), coordinates_(std::move(coordinates)), slopes_(std::move(slopes)) {}

  // The values of a point in the plan, and the noise.
  double set(inference::VectorIn at, plan::Plan& plan, double noise) const {
    for (Index i = 0; i < at.size(); ++i) {
      const Coordinate& c = coordinates_[static_cast<std::size_t>(i)];
      if (c.name == kNoise) noise = c.value(at(i));
      for (graph::Param& p : plan.params)
        if (p.name == c.name) p.value = c.value(at(i));
    }
    return noise;
  }

  double operator()(inference::VectorIn at, inference::VectorOut gradient) const {
    plan::Plan plan = job_.plan;
    const double noise = set(at, plan, job_.options.ridge);
    try {
      const inference::Regression fit(matrix(plan), job_.targets.values, noise);
      const inference::LikelihoodGradient along(fit);
      std::size_t next = 0;
      for (Index i = 0; i < at.size(); ++i) {
        const Coordinate& c = coordinates_[static_cast<std::size_t>(i)];
        if (c.name == kNoise) {
          gradient(i) = along.noise() * c.slope(at(i));
          continue;
        }
        plan::Plan slope = slopes_[next++];
        set(at, slope, 0);
        gradient(i) = along.along(matrix(slope)) * c.slope(at(i));
      }
      return inference::log_marginal_likelihood(fit);
    } catch (const inference::Error&) {  // no likelihood at this point
      return -std::numeric_limits<double>::infinity();
    }
  }

  const std::vector<Coordinate>& coordinates() const { return coordinates_; }

 private:
  inference::Matrix matrix(const plan::Plan& plan) const {
    const auto nngp = std::ranges::find(plan.outputs, "nngp", &plan::Plan::Output::name);
    return std::move(KernelMatrices(plan, job_.options.threads).gram(job_.train)[static_cast<std::size_t>(nngp - plan.outputs.begin())]);
  }

  const PredictJob& job_;
  std::vector<Coordinate> coordinates_;
  std::vector<plan::Plan> slopes_;  // of the params among the coordinates, in order
};

// The noise starts at the ridge, or at a hundredth of the kernel's mean diagonal.
Coordinate noise(const PredictJob& job) {
  const auto diagonals = KernelMatrices(job.plan, job.options.threads).diag(job.train);
  const double scale = diagonals[0].mean(), start = job.options.ridge > 0 ? job.options.ridge : scale / kSpan;
  return positive(kNoise, start, std::min(start, scale * 1e-8), std::max(start, scale * 10));
}

}  // namespace

std::optional<Tuned> tune(const Compilation& compilation, const std::vector<std::string>& names, PredictJob& job,
                          Diagnostics& diagnostics) {
  std::vector<Coordinate> coordinates;
  std::vector<plan::Plan> slopes;
  for (const std::string& name : names) {
    if (name == kNoise) {
      coordinates.push_back(noise(job));
      continue;
    }
    auto slope = gradient(compilation, 0, name, {true, false}, diagnostics);
    if (!slope) return std::nullopt;
    slopes.push_back(std::move(*slope));
    coordinates.push_back(coordinate(*std::ranges::find(job.plan.params, name, &graph::Param::name)));
  }
  const Likelihood likelihood(job, std::move(coordinates), std::move(slopes));
  const auto count = static_cast<Index>(names.size());
  inference::Vector low(count), high(count), start(count);
  for (Index i = 0; i < count; ++i) {
    const Coordinate& c = likelihood.coordinates()[static_cast<std::size_t>(i)];
    low(i) = c.low, high(i) = c.high, start(i) = c.start;
  }
  inference::Maximum best;
  try {
    best = inference::maximise(std::cref(likelihood), low, high, start);
  } catch (const inference::OutOfRange&) {
    diagnostics.report_global(Code::singular_kernel, "nngp", "it has no likelihood at the values to begin with")
        .suggest("--tune ...,noise, or a --ridge to begin with");
    return std::nullopt;
  }
  Tuned tuned{{}, best.value, best.evaluations, best.converged};
  for (Index i = 0; i < count; ++i) {
    const Coordinate& c = likelihood.coordinates()[static_cast<std::size_t>(i)];
    const auto k = static_cast<std::size_t>(i);
    tuned.params.push_back({c.name, c.value(best.at(i)), best.at_lower[k] || best.at_upper[k]});
  }
  plan::Plan plan = job.plan;
  const double found = likelihood.set(best.at, plan, job.options.ridge);
  job.plan = std::move(plan);
  if (job.options.method == Method::gp) job.options.ridge = found;
  return tuned;
}

}  // namespace ntkc::driver
