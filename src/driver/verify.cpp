#include "driver/verify.hpp"

#include <algorithm>

#include "driver/describe.hpp"
#include "engine/engine.hpp"
#include "finite/parameters.hpp"

namespace ntkc::driver {
namespace {

constexpr std::size_t kSamples = 5, kUnnamed = 8;  // of random inputs: rows, and the size of a dimension that only data know

}  // namespace

bool Verification::agrees() const {
  return std::ranges::all_of(evaluators, &EvaluatorCheck::agrees) && std::ranges::all_of(limits, &LimitCheck::agrees) &&
         outputs_are_normal();
}

io::Matrix random_inputs(const Compilation& c, std::size_t i, std::uint64_t seed) {
  io::Matrix x;
  for (const graph::Shape& shape : c.plans[i].input_shapes) x.columns += shape.channels.size.value_or(kUnnamed);
  x.rows = kSamples;
  x.sample = {x.columns};
  x.name = "the random inputs";
  const Eigen::MatrixXd z = finite::normal(kSamples + 1, x.columns, finite::stream({seed, 0}));
  for (Eigen::Index r = 1; r < z.rows(); ++r)
    for (Eigen::Index k = 0; k < z.cols(); ++k) x.values.push_back((z(0, k) + z(r, k)) * std::sqrt(0.5));
  return x;
}

Kernels engine_kernels(const Compilation& c, std::size_t i, const io::Matrix& x, unsigned threads) {
  Kernels out(c.plans[i].outputs.size(), std::vector<double>(x.rows * x.rows));
  std::vector<::ntk::MatrixView<double>> views;
  for (auto& k : out) views.emplace_back(k.data(), x.rows, x.rows);
  const engine::Evaluator evaluator(c.plans[i], {}, {.threads = threads});
  evaluator.gram({x.values.data(), x.rows, x.columns}, views, engine::Half::full);
  return out;
}

std::optional<Verification> verify(const Compilation& c, std::size_t i, const io::Matrix& x, const VerifyOptions& options,
                                   Diagnostics& diagnostics) {
  Verification result;
  result.network = c.graphs[i].name;
  result.samples = x.rows;
  result.options = options;
  if (!finite::make_model(c.graphs[i], engine::input_sizes(c.plans[i], x.columns), {}, values(c.graphs[i]), diagnostics) ||
      !check_evaluators(c, i, x, result, diagnostics) ||
      !check_networks(c, i, x, engine_kernels(c, i, x, options.threads), result, diagnostics))
    return std::nullopt;
  for (const EvaluatorCheck& check : result.evaluators)
    if (!check.agrees())
      diagnostics.report_global(
          Code::disagreement, check.evaluator, "the recursion in 100 digits",
          fmt::format("the {} of `{}` is off by {:.1e}, and {:.1e} is allowed", check.kernel, result.network, check.error, check.allowed));
  for (const LimitCheck& check : result.limits)
    if (!check.agrees())
      diagnostics.report_global(
          Code::disagreement, "finite networks", "the evaluator",
          fmt::format(
              "the {} of samples {} and {} of `{}` tends to {:.6g} +- {:.2g}, {:.1f} standard errors from {:.6g}, and {:.1f} are allowed",
              check.kernel, check.i, check.j, result.network, check.value, check.error, check.deviations, check.expected, check.critical));
  if (!result.outputs_are_normal())
    diagnostics.report_global(
        Code::disagreement, "finite networks", "the evaluator",
        fmt::format("the outputs of `{}` are not normal with its covariance (p = {:.1e})", result.network, *result.normality));
  return result;
}

}  // namespace ntkc::driver
