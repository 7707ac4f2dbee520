#include "driver/predict.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "driver/predict_methods.hpp"
#include "ntk/inference/errors.hpp"

namespace ntkc::driver {
namespace {

using Way = std::optional<Prediction> (*)(Work&);

// Bytes of matrices that a factorisation holds at once, against half of the memory there is.
bool fits_memory(const PredictJob& job) {
  constexpr double kMatrices = 2.5;
  const double n = static_cast<double>(job.train.samples.rows), m = static_cast<double>(job.test.samples.rows);
  const double memory = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  return 8 * n * (kMatrices * n + 2 * m) <= memory / 2;
}

Way way_of(const PredictJob& job) {
  const PredictOptions& o = job.options;
  if (o.cross_entropy) return train_by_integration;
  const bool at_end =
      o.method == Method::gp || (o.method == Method::ntk && std::ranges::all_of(o.times, [](double t) { return std::isinf(t); }));
  if (o.method != Method::gp && (!at_end || o.to_loss || o.solver == Solver::eigen)) return train_by_spectrum;
  if (o.solver == Solver::cg || (o.solver == Solver::automatic && !o.leave_one_out && !o.covariance && !fits_memory(job)))
    return regress_iteratively;
  return regress;
}

}  // namespace

lower::Kernels kernels_of(Method method, bool tuned) {
  return {method == Method::gp || method == Method::ensemble || tuned, method != Method::gp};
}

std::size_t Work::number(std::string_view kernel) const {
  const auto& outputs = job.plan.outputs;
  const auto at = std::ranges::find(outputs, kernel, &plan::Plan::Output::name);
  if (at == outputs.end()) throw std::logic_error("a kernel that was not compiled");
  return static_cast<std::size_t>(at - outputs.begin());
}

void warn_of_digits(Work& work, std::size_t kernel, double condition, double digits, double jitter) {
  constexpr double kFew = 4;
  const std::string& name = work.job.plan.outputs[kernel].name;
  if (jitter > 0) work.diagnostics.report_global(Code::jitter_added, name, jitter);
  if (digits < kFew)
    work.diagnostics.report_global(Code::few_digits, name, condition, std::lround(digits)).suggest("--ridge R adds R to the diagonal");
}

std::optional<Prediction> predict(const PredictJob& job, Diagnostics& diagnostics) {
  Work work{job, KernelMatrices(job.plan, job.options.threads), diagnostics};
  if (!work.kernels.finite(job.train, diagnostics) || !work.kernels.finite(job.test, diagnostics)) return std::nullopt;
  const std::string& kernel = job.plan.outputs[work.own()].name;
  const auto singular = [&](const std::string& why) {
    diagnostics.report_global(Code::singular_kernel, kernel, why).suggest("--ridge R adds R to the diagonal");
  };
  try {
    auto prediction = way_of(job)(work);
    if (prediction) score(job, *prediction);
    return prediction;
  } catch (const inference::ConflictingDuplicates& e) {
    singular(fmt::format("samples {} and {} are equal and have different targets", e.first, e.second));
  } catch (const inference::SingularKernel& e) {
    singular(fmt::format("its leading {0} x {0} part has no factor, even with {1:.1e} on the diagonal", e.order, e.jitter));
  } catch (const inference::NotPositiveSemidefinite& e) {
    singular(fmt::format("its eigenvalues go from {:.3g} to {:.3g}", e.smallest, e.largest));
  } catch (const inference::IntegrationFailed& e) {
    diagnostics.report_global(Code::not_converged, "gradient flow", e.what());
  } catch (const inference::NoConvergence& e) {
    diagnostics.report_global(Code::not_converged, "the eigendecomposition", e.what());
  } catch (const inference::FileError& e) {
    diagnostics.report_global(Code::cannot_open, e.path, e.reason);
  } catch (const inference::Error& e) {
    diagnostics.report_global(Code::not_converged, "the solver", e.what());
  }
  return std::nullopt;
}

void standardize(Data& train, Data& test) {
  const std::size_t rows = train.samples.rows, columns = train.samples.columns;
  for (std::size_t j = 0; j < columns; ++j) {
    double mean = 0, square = 0;
    for (std::size_t i = 0; i < rows; ++i) mean += train.samples.row(i)[j] / static_cast<double>(rows);
    for (std::size_t i = 0; i < rows; ++i) square += std::pow(train.samples.row(i)[j] - mean, 2) / static_cast<double>(rows);
    const double factor = square > 0 ? 1 / std::sqrt(square) : 1;
    for (Data* data : {&train, &test})
      for (std::size_t i = 0; i < data->samples.rows; ++i) {
        double& value = data->samples.values[i * columns + j];
        value = (value - mean) * factor;
      }
  }
}

}  // namespace ntkc::driver
